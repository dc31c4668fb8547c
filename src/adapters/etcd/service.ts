/** The service that runs a member, as systemd knows it; and its jobs, through systemctl, which an operator's command may use. */
import { readFile, realpath, stat } from 'node:fs/promises';
import type { Here } from '../../core/etcd/work/scene.ts';
import { runCommand } from '../exec/run.ts';

const limits = { timeoutMs: 30_000, maxBytes: 256 * 1024 };
/** A member that gets SIGTERM writes what it has and ends; systemd kills it after 90 s. */
const stopMs = 120_000;

export interface Service {
  readonly process: Here['process'];
  readonly program: string;
  /** Names as flags have them, without dashes. */
  readonly flags: ReadonlyMap<string, string>;
  /** Those of the flags that stand on the command line, and not in the environment. */
  readonly fixed: ReadonlySet<string>;
  /** The last of its environment files; null where it reads none. */
  readonly environmentFile: string | null;
  /** Older than this file is what runs; null where nothing is. */
  readonly changedSince: string | null;
}

async function systemctl(words: readonly string[], timeoutMs = limits.timeoutMs): Promise<string> {
  const result = await runCommand(['systemctl', ...words], { ...limits, timeoutMs });
  if (result.exitCode === 0) return result.stdout;
  const why = result.failedToStart ?? (result.stderr.trim() || result.stdout.trim() || `status ${result.exitCode}`);
  throw new Error(`systemctl ${words.join(' ')}: ${why.slice(0, 400)}`);
}

/** Properties that come several times have their values on lines of their own. */
function parseProperties(text: string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const [, name, value = ''] = /^(\w+)=(.*)$/.exec(line) ?? [];
    if (name !== undefined && value !== '') found.set(name, [...(found.get(name) ?? []), value]);
  }
  return found;
}

const processes: Readonly<Record<string, Here['process']>> = {
  active: 'running',
  reloading: 'running',
  deactivating: 'running',
  activating: 'starting',
  failed: 'failed',
};

function processOf(property: (name: string) => string): Here['process'] {
  // A start that was asked for and has not begun.
  if (!['', '0'].includes(property('Job'))) return 'starting';
  return processes[property('ActiveState')] ?? (property('Result') === 'success' ? 'stopped' : 'failed');
}

const wordsOf = (text: string): string[] =>
  [...text.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)].map(
    ([, quoted, plain]) => quoted?.replace(/\\(.)/g, '$1') ?? plain ?? '',
  );

/** NAME=value words or lines; those of etcd's flags have the prefix ETCD_. */
function environmentOf(pairs: readonly string[]): Map<string, string> {
  return new Map(
    pairs.flatMap((pair) => {
      const [, name = '', value = ''] = /^\s*(?:export\s+)?([A-Z_][A-Z0-9_]*)=(.*)$/.exec(pair) ?? [];
      return name === '' ? [] : [[name, value.trim().replace(/^(["'])(.*)\1$/, '$2')] as const];
    }),
  );
}

function flagsOfWords(words: readonly string[]): Map<string, string> {
  const found = new Map<string, string>();
  words.forEach((word, index) => {
    const [, name, value] = /^--?([a-z][a-z0-9-]*)(?:=(.*))?$/s.exec(word) ?? [];
    if (name !== undefined) found.set(name, value ?? words[index + 1] ?? '');
  });
  return found;
}

/** Files of the service that changed after its process was started. Of a package's file the contents are older than the file. */
async function changed(paths: readonly string[], startedWallMs: number | null): Promise<string | null> {
  if (startedWallMs === null) return null;
  for (const path of paths) {
    const found = await stat(path).catch(() => null);
    if (found !== null && found.ctimeMs > startedWallMs) return path;
  }
  return null;
}

const asked = [
  'Job',
  'LoadState',
  'ActiveState',
  'SubState',
  'Result',
  'MainPID',
  'ExecMainStartTimestampMonotonic',
  'ExecStart',
];
const askedFiles = ['Environment', 'EnvironmentFiles', 'FragmentPath', 'DropInPaths'];

/** Rejects with a sentence where there is no such service. */
export async function readService(unit: string, wallMs: () => number): Promise<Service> {
  const found = parseProperties(await systemctl(['show', unit, `--property=${[...asked, ...askedFiles].join(',')}`]));
  const property = (name: string): string => found.get(name)?.[0] ?? '';
  if (property('LoadState') !== 'loaded')
    throw new Error(`${unit} is ${property('LoadState') || 'not known'} to systemd`);
  const [, program = '', argv = ''] = /path=(\S+) ; argv\[\]=(.*?) ;/.exec(property('ExecStart')) ?? [];
  const files = (found.get('EnvironmentFiles') ?? []).map((text) => text.replace(/ \(ignore_errors=\w+\)$/, ''));
  const texts = await Promise.all(files.map((path) => readFile(path, 'utf8').catch(() => '')));
  const environment = new Map([
    ...environmentOf(wordsOf(property('Environment'))),
    ...texts.flatMap((text) => [...environmentOf(text.split('\n'))]),
  ]);
  const words = wordsOf(argv).flatMap((word) => {
    const variable = /^\$\{?([A-Z_][A-Z0-9_]*)\}?$/.exec(word)?.[1];
    return variable === undefined ? [word] : wordsOf(environment.get(variable) ?? '');
  });
  const fixed = flagsOfWords(words.slice(1));
  const ofEnvironment = [...environment].flatMap(([name, value]) =>
    name.startsWith('ETCD_') ? [[name.slice(5).toLowerCase().replaceAll('_', '-'), value] as const] : [],
  );
  const startedMs = Number(property('ExecMainStartTimestampMonotonic')) / 1_000;
  const runs = Number(property('MainPID')) > 0 && startedMs > 0;
  const startedWallMs = runs ? wallMs() - (Number(process.hrtime.bigint()) / 1e6 - startedMs) : null;
  const ofUnit = [property('FragmentPath'), ...wordsOf(property('DropInPaths'))].filter((path) => path !== '');
  const binary = await realpath(program).catch(() => program);
  return {
    process: processOf(property),
    program,
    flags: new Map([...ofEnvironment, ...fixed]),
    fixed: new Set(fixed.keys()),
    environmentFile: files.at(-1) ?? null,
    changedSince: await changed([binary, ...files, ...ofUnit], startedWallMs),
  };
}

export async function stopService(unit: string): Promise<void> {
  await systemctl(['stop', unit], stopMs);
}

/** Not waited for: a member tells that it is ready only once its cluster has a leader, which may take another node's command. */
export async function startService(unit: string, verb: 'start' | 'restart'): Promise<void> {
  await systemctl(['daemon-reload']);
  // What failed too often is not started any more without this.
  await systemctl(['reset-failed', unit]).catch(() => undefined);
  await systemctl([verb, '--no-block', unit]);
}
