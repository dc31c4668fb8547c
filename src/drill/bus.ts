/**
 * The witness's ears: busctl on the target writes down every call that changes a unit or the node, whoever makes it. The drill's own systemctl is
 * root's and talks to systemd through a private socket, so what is heard is somebody else's doing.
 */
import type { Deed } from './observed.ts';
import { scriptArgv } from './steps.ts';
import type { Target } from './target.ts';

export const earsUnit = 'nodemend-drill-witness.service';
const file = '/run/nodemend-drill-witness.json';
const managers = ['systemd1', 'login1'].map((name) => `org.freedesktop.${name}.Manager`);

const deedWords =
  /^(Start|Stop|Restart|TryRestart|Reload|ReloadOr\w+|Kill|ResetFailed|Freeze|Thaw|Mask|Enable|Disable)Unit|^(Reboot|PowerOff|Halt)/;

const listening = [
  'systemd-run',
  ...['--quiet', '--collect', `--unit=${earsUnit}`],
  // Of a bus that is killed the ears come back with the next one.
  ...['--property=Restart=always', '--property=RestartSec=200ms', '--property=StartLimitIntervalSec=0'],
  `--property=StandardOutput=append:${file}`,
  ...['busctl', 'monitor', '--json=short'],
  ...managers.map((manager) => `--match=type='method_call',interface='${manager}'`),
];

/** Safe to call when they listen already. Resolves to false when they cannot. */
export async function openEars(target: Target): Promise<boolean> {
  const start = scriptArgv('systemctl is-active --quiet "$1" || { shift; exec "$@"; }', earsUnit, ...listening);
  const { status } = await target.run(start);
  if (status !== 0) return false;
  // busctl does not say when it has begun to listen: harmless calls are made until it has written one down.
  const call =
    'busctl call org.freedesktop.systemd1 /org/freedesktop/systemd1 org.freedesktop.systemd1.Manager GetUnit s';
  const script = `n=0; until [ -s "$1" ]; do ${call} "$2" >/dev/null 2>&1; n=$((n + 1)); [ $n -lt 100 ] || exit 1; sleep 0.1; done`;
  return (await target.run(scriptArgv(script, file, earsUnit), { timeoutMs: 60_000 })).status === 0;
}

/** Forgets what was heard so far. */
export const clearEars = (target: Target) => target.run(['truncate', '-s', '0', file]);

export async function closeEars(target: Target): Promise<void> {
  await target.run(['systemctl', 'stop', earsUnit]);
  await target.run(['rm', '-f', file]);
}

/** Pure: the calls of others than `foreign` among busctl's lines. */
export function parseDeeds(text: string, foreign: ReadonlySet<string>): readonly Deed[] {
  return text.split('\n').flatMap((line): Deed[] => {
    if (!line.startsWith('{')) return [];
    const call = parseLine(line);
    if (call === null || !deedWords.test(call.member) || foreign.has(call.sender)) return [];
    return [{ atMs: Number(call['timestamp-realtime'] ?? 0) / 1_000, member: call.member, unit: unitOf(call) }];
  });
}

interface Call {
  readonly member: string;
  readonly sender: string;
  readonly 'timestamp-realtime'?: number;
  readonly payload?: { readonly data?: readonly unknown[] };
}

function parseLine(line: string): Call | null {
  try {
    return JSON.parse(line) as Call;
  } catch {
    // The last line of a monitor that was killed may be half a line.
    return null;
  }
}

const unitOf = ({ payload }: Call): string => (typeof payload?.data?.[0] === 'string' ? payload.data[0] : '');

/** Callers that are known to be of another unit than nodemend's. Who has gone meanwhile is not known, and counts as nodemend. */
export async function readForeign(target: Target): Promise<ReadonlySet<string>> {
  const { stdout, status } = await target.run(['timeout', '5', 'busctl', 'list', '--json=short']);
  if (status !== 0) return new Set();
  const list = JSON.parse(stdout) as readonly { readonly name: string; readonly unit: string | null }[];
  const others = list.filter(({ name, unit }) => name.startsWith(':') && unit !== null && unit !== 'nodemend.service');
  return new Set(others.map(({ name }) => name));
}

export async function readDeeds(target: Target, foreign: ReadonlySet<string>): Promise<readonly Deed[]> {
  const { stdout } = await target.run(['cat', file]);
  return parseDeeds(stdout, foreign);
}
