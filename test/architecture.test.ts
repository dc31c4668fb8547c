/**
 * The shape of the source, held by a test: which way imports point, where each library lives, what the core must not touch, how large files and
 * functions may be. Prints one line of figures.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import t from 'tap';

const top = resolve(import.meta.dirname, '..');
const mostLines = 300;
const mostFunctionLines = 60;

const files = readdirSync(join(top, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
  .map((name) => {
    const text = readFileSync(join(top, 'src', name), 'utf8');
    return { name, text, lines: text.split('\n').length - 1, code: withoutComments(text) };
  });

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1');
}

interface Import {
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
  /** By import(), when it is wanted. */
  readonly later: boolean;
}

const imports: readonly Import[] = files.flatMap(({ name, code }) => {
  const still = [...code.matchAll(/(?:import|export)\s+(type\s)?[^;'"]*?from\s*'([^']+)'/g)];
  const bare = [...code.matchAll(/import\(\s*'([^']+)'\s*\)|import\s+'([^']+)'/g)];
  return [
    ...still.map(([, type, to]) => ({
      from: name,
      to: resolved(name, to ?? ''),
      typeOnly: type !== undefined,
      later: false,
    })),
    ...bare.map(([, lazy, plain]) => ({
      from: name,
      to: resolved(name, lazy ?? plain ?? ''),
      typeOnly: false,
      later: lazy !== undefined,
    })),
  ];
});

function resolved(from: string, to: string): string {
  return to.startsWith('.') ? relative(join(top, 'src'), resolve(top, 'src', dirname(from), to)) : to;
}

const area = (name: string): string => (name.includes('/') ? (name.split('/')[0] ?? '') : name);
const isOurs = (to: string): boolean => to.endsWith('.ts');

/** What each part of the tree may import of the others. Anything may import types of the core and of the ports. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  core: ['core'],
  'ports.ts': ['core'],
  adapters: ['adapters', 'core', 'ports.ts'],
  store: ['store', 'core', 'ports.ts'],
  config: ['config', 'core', 'ports.ts'],
  // Text and markup that are safe to show, whatever they come from.
  markup: ['markup'],
  serve: ['serve', 'core', 'ports.ts', 'config', 'markup', 'report/record.ts'],
  // Figures of a period and how they are shown.
  report: ['report', 'core', 'ports.ts', 'markup', 'serve/duration.ts'],
  // Of the virtual world only what plays a scenario, for `simulate`.
  cli: ['cli', 'serve', 'config', 'core', 'ports.ts', 'lint', 'markup', 'report', 'sim/simulation.ts'],
  // Reads files and judges them; the daemon does without.
  lint: ['lint', 'config', 'core/go-duration.ts'],
  'loop.ts': ['core', 'ports.ts'],
  'etcd-work.ts': ['core'],
  'perform.ts': ['core', 'ports.ts'],
  'log.ts': ['core'],
  'view.ts': ['core', 'serve', 'elections-view.ts'],
  'elections-view.ts': ['core', 'serve'],
  'resign.ts': ['core'],
  'asks.ts': ['core', 'ports.ts', 'serve'],
  // A program of its own, which takes from the daemon what it says and how programs are run, and never the other way round.
  drill: ['drill', 'markup', 'adapters/exec/run.ts', 'cli/io.ts', 'cli/terminal.ts', 'core/random.ts'],
  // The virtual world runs what the daemon runs, over ports of its own; it touches nothing real.
  sim: [
    'sim',
    'core',
    'ports.ts',
    'loop.ts',
    'perform.ts',
    'publish.ts',
    'configure.ts',
    'asks.ts',
    'store',
    'config',
    'adapters/systemd/job-follower.ts',
    'serve/view.ts',
  ],
};

/** Everything that is loaded with a file: what it imports, and what that imports, but for what is loaded later. */
function loadedWith(first: string): ReadonlySet<string> {
  const found = new Set<string>();
  const follow = (name: string): void => {
    if (found.has(name)) return;
    found.add(name);
    for (const { from, to, typeOnly, later } of imports)
      if (from === name && isOurs(to) && !typeOnly && !later) follow(to);
  };
  follow(first);
  return found;
}

const homes: Readonly<Record<string, RegExp>> = {
  execa: /^adapters\/exec\/process\.ts$/,
  fastify: /^serve\//,
  'prom-client': /^serve\//,
  pino: /^log\.ts$/,
  nodemailer: /^adapters\/alert\/mail\.ts$/,
  'node-cron': /^adapters\/schedule\//,
  systeminformation: /^adapters\/host\//,
  // Configurations, and kubeconfig files.
  yaml: /^(config|adapters\/kubernetes)\//,
  zod: /^config\//,
  '@homebridge/dbus-native': /^adapters\/systemd\//,
  '@grpc/grpc-js': /^adapters\/grpc\//,
  protobufjs: /^adapters\/grpc\//,
  'node:sqlite': /^(store|adapters\/file-lock)\//,
  commander: /^(main\.ts$|commands)/,
  esbuild: /^package\//,
};

/** Words that have one place each, or none. */
const banned: readonly { readonly word: RegExp; readonly except: RegExp }[] = [
  { word: /process\.exit\(/, except: /^main\.ts$/ },
  { word: /\bconsole\./, except: /^$/ },
  { word: /:\s*any\b|\bas any\b|<any>/, except: /^$/ },
  { word: /@ts-ignore|@ts-nocheck|@ts-expect-error/, except: /^$/ },
  { word: /export default/, except: /^$/ },
  { word: /\bTODO\b|\bFIXME\b/, except: /^$/ },
];

const clockWords =
  /Date\.now|new Date\(|setTimeout|setInterval|setImmediate|performance\.|hrtime|Math\.random|\bawait\b|\bPromise\b|\basync\b/;

t.test('imports point one way', async (t) => {
  for (const { from, to, typeOnly } of imports) {
    const may = allowed[area(from)];
    if (!isOurs(to) || may === undefined) continue;
    const typesOfPorts = typeOnly && (area(to) === 'core' || to === 'ports.ts');
    if (!typesOfPorts && !may.includes(area(to)) && !may.includes(to)) t.fail(`src/${from} imports src/${to}`);
  }
  t.ok(imports.length > 50, `${imports.length} imports were read`);
});

t.test('nothing that is installed on a node knows of the drill', async (t) => {
  const knowing = imports.filter(({ from, to }) => area(to) === 'drill' && area(from) !== 'drill');
  t.same(knowing, []);
});

t.test('the daemon loads nothing of the virtual world', async (t) => {
  for (const first of ['main.ts', 'daemon.ts', 'agent.ts', 'cli/check.ts']) {
    const loaded = [...loadedWith(first)];
    t.same(
      loaded.filter((name) => name.startsWith('sim/') || name.includes('scenario') || name.includes('simulat')),
      [],
      `of ${loaded.length} files that come with src/${first}`,
    );
  }
  t.ok(loadedWith('daemon.ts').has('core/step.ts'));
  t.ok(loadedWith('cli/simulate.ts').has('sim/world.ts'));
});

t.test('domains of the core do not import one another', async (t) => {
  const domain = (name: string) => (name.split('/').length > 2 ? name.split('/')[1] : null);
  const crossing = imports.filter(({ from, to }) => {
    const [a, b] = [from.startsWith('core/') ? domain(from) : null, to.startsWith('core/') ? domain(to) : null];
    return a !== null && b !== null && a !== b;
  });
  t.same(crossing, []);
});

t.test('the core knows no clock, no randomness, no promise and nothing outside itself', async (t) => {
  for (const { name, code } of files.filter((file) => file.name.startsWith('core/'))) {
    const word = clockWords.exec(code.replace(/clock\.ts/g, ''));
    if (word !== null) t.fail(`src/${name} says ${word[0]}`);
    const outside = imports.filter((one) => one.from === name && !one.to.startsWith('core/'));
    t.same(outside, [], `src/${name}`);
  }
});

t.test('each library has one home and is declared', async (t) => {
  const declared = JSON.parse(readFileSync(join(top, 'package.json'), 'utf8')) as Record<
    string,
    Record<string, string>
  >;
  const runtime = Object.keys(declared['dependencies'] ?? {});
  for (const { from, to } of imports) {
    if (
      isOurs(to) ||
      to.endsWith('.json') ||
      (builtinModules.includes(to.replace('node:', '')) && to !== 'node:sqlite')
    )
      continue;
    const name = to.startsWith('@') ? to.split('/').slice(0, 2).join('/') : (to.split('/')[0] ?? to);
    const home = homes[name];
    if (home === undefined) t.fail(`src/${from} imports ${to}, which has no home`);
    else if (!home.test(from)) t.fail(`src/${from} imports ${name}, whose home is ${home}`);
  }
  for (const name of runtime)
    t.ok(
      imports.some(({ to }) => to === name || to.startsWith(`${name}/`)),
      `${name} is used`,
    );
  t.ok(runtime.length <= 15, `${runtime.length} direct runtime dependencies`);
});

t.test('banned words stay out', async (t) => {
  for (const { name, code, text } of files) {
    if (/catch\s*(\([^)]*\))?\s*\{\s*\}/.test(text)) t.fail(`src/${name} swallows an error without a reason`);
    for (const { word, except } of banned)
      if (word.test(code) && !except.test(name)) t.fail(`src/${name} says ${word}`);
  }
  t.pass(`${files.length} files were read`);
});

/** Start and length of every function, by the indentation that the formatter keeps. */
function functionLengths(text: string): { readonly at: number; readonly length: number }[] {
  const lines = text.split('\n');
  return lines.flatMap((line, at) => {
    const opens = /^(\s*)(export )?(async )?function\b.*\{$|^(\s*)(export )?const \w+ = .*=> \{$/.exec(line);
    if (opens === null) return [];
    const indent = opens[1] ?? opens[4] ?? '';
    const end = lines.findIndex((later, index) => index > at && /^\}[;)]*$/.test(later.replace(indent, '')));
    return end < 0 ? [] : [{ at: at + 1, length: end - at + 1 }];
  });
}

/** The body of a factory (create, open, build) is the list of its functions, so only plain functions are measured. */
const isFactory = (text: string, at: number): boolean =>
  /function (create|open|build)/.test(text.split('\n')[at - 1] ?? '');

t.test('files and functions stay small', async (t) => {
  const sizes = files.map((file) => file.lines).sort((a, b) => a - b);
  const functions = files.flatMap(({ name, text }) =>
    functionLengths(text)
      .filter(({ at }) => !isFactory(text, at))
      .map((one) => ({ name, ...one })),
  );
  for (const { name, lines } of files) if (lines > mostLines) t.fail(`src/${name} has ${lines} lines`);
  for (const { name, at, length } of functions)
    if (length > mostFunctionLines) t.fail(`src/${name}:${at} has ${length} lines`);
  const share = (list: readonly number[], part: number) => list[Math.floor((list.length - 1) * part)] ?? 0;
  const lengths = functions.map((one) => one.length).sort((a, b) => a - b);
  t.comment(
    `files ${files.length}, lines ${sizes.reduce((a, b) => a + b, 0)}, median ${share(sizes, 0.5)}, p90 ${share(sizes, 0.9)}, ` +
      `longest ${sizes.at(-1)}; functions ${lengths.length}, p90 ${share(lengths, 0.9)}, longest ${lengths.at(-1)}`,
  );
  t.ok(share(sizes, 0.5) <= 130, 'the median file is short');
});

t.test('there are no grab-bags', async (t) => {
  const grabBags = files.filter(({ name }) =>
    /(^|\/)(util|utils|helper|helpers|common|misc|manager|index)(\.ts|\/)/.test(name),
  );
  t.same(
    grabBags.map(({ name }) => name),
    [],
  );
});
