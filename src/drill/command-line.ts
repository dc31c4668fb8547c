/** The drill's words: pure, with every mistake named at once. */
import { parseArgs } from 'node:util';
import { type Load, loads } from './load.ts';
import type { Wish } from './select.ts';

export const usage = `nodemend-drill COMMAND

Breaks a node on purpose, by ordinary means from outside, and shows that nodemend mends it.

  list [--json]                what can be broken, and what is expected
  run [NAME...] --target T     breaks it; the names of "list", or:
      --category C             all of a category
      --pairs                  all combinations of two
      --all                    everything, combinations included
      --target T               lab (a disposable node, from a checkout), local, or ssh:HOST (root, with a key)
      --load L                 what the node has to do besides: idle (default), cpu, disk
      --seed N                 the order, 1 by default
      --report DIR             where report.html, junit.xml and report.json go: drill-report by default
      --yes                    do not ask before a target that is not the lab is broken
  heal [--report DIR]          heals what a drill that was killed has left broken
  --help                       this text

Whatever ends a drill, Ctrl-C or a crash, the node is healed. Never drill a node that matters: drill one like it.

Exit status: 0 all passed, 1 something failed or proved nothing, 2 wrong usage, or a node that cannot be drilled.
`;

export type Words =
  | { readonly command: 'help' }
  | { readonly command: 'list'; readonly json: boolean }
  | { readonly command: 'heal'; readonly report: string; readonly whenAlone: boolean }
  | {
      readonly command: 'run';
      readonly wish: Wish;
      readonly target: string;
      readonly load: Load;
      readonly seed: number;
      readonly report: string;
      readonly yes: boolean;
    };

export type Read =
  | { readonly ok: true; readonly words: Words }
  | { readonly ok: false; readonly problems: readonly string[] };

/** A host's name never begins with a dash: ssh would take it for an option. */
export const targetShape = /^(lab|local|ssh:[A-Za-z0-9_][A-Za-z0-9_.@:%-]*)$/;

const options = {
  json: { type: 'boolean' },
  help: { type: 'boolean' },
  category: { type: 'string' },
  pairs: { type: 'boolean' },
  all: { type: 'boolean' },
  target: { type: 'string' },
  load: { type: 'string' },
  seed: { type: 'string' },
  report: { type: 'string' },
  yes: { type: 'boolean' },
  // Said by the drill to its own guard.
  'when-alone': { type: 'boolean' },
} as const;

type Values = ReturnType<typeof parseArgs<{ options: typeof options; allowPositionals: true }>>['values'];

function readRun(names: readonly string[], values: Values): Read {
  const { target = '', load = 'idle', seed = '1', report = 'drill-report' } = values;
  const known = loads.find((one) => one === load);
  const problems = [
    target === '' ? 'where? --target lab, local or ssh:HOST' : '',
    target !== '' && !targetShape.test(target) ? `there is no target "${target}": lab, local or ssh:HOST` : '',
    known === undefined ? `there is no load "${load}": there are ${loads.join(', ')}` : '',
    /^\d{1,9}$/.test(seed) ? '' : `the seed "${seed}" is not a whole number from 0 to 999999999`,
  ].filter((problem) => problem !== '');
  if (problems.length > 0 || known === undefined) return { ok: false, problems };
  const wish = { names, category: values.category ?? null, all: values.all ?? false, pairs: values.pairs ?? false };
  const yes = values.yes ?? false;
  return { ok: true, words: { command: 'run', wish, target, load: known, seed: Number(seed), report, yes } };
}

export function readWords(argv: readonly string[]): Read {
  let parsed: { values: Values; positionals: string[] };
  try {
    parsed = parseArgs({ args: [...argv], options, allowPositionals: true });
  } catch (error) {
    return { ok: false, problems: [(error as Error).message] };
  }
  const { values, positionals } = parsed;
  const [command, ...names] = positionals;
  if (values.help === true || command === 'help') return { ok: true, words: { command: 'help' } };
  const tooMany = command !== 'run' && names.length > 0;
  if (tooMany) return { ok: false, problems: [`"${names.join(' ')}" is too much after "${command}"`] };
  switch (command) {
    case 'list':
      return { ok: true, words: { command, json: values.json ?? false } };
    case 'heal': {
      const { report = 'drill-report', 'when-alone': whenAlone = false } = values;
      return { ok: true, words: { command, report, whenAlone } };
    }
    case 'run':
      return readRun(names, values);
    default:
      return {
        ok: false,
        problems: [command === undefined ? 'what? list, run or heal' : `there is no command "${command}"`],
      };
  }
}
