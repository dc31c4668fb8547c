/**
 * The witness's eyes: systemd's own properties of the units, read by systemctl through its private socket, and one question to each program that
 * only a living one answers. nodemend is not needed for any of it.
 */
import { type Argv, agentUnit, properties, type UnitName } from './failure.ts';
import type { Sample, UnitState } from './observed.ts';
import { scriptArgv } from './steps.ts';
import type { Target } from './target.ts';

/** One question of each known program, with its own deadline. */
const questions: Readonly<Record<string, Argv>> = {
  'containerd.service': ['timeout', '3', 'ctr', 'version'],
  'docker.service': ['timeout', '3', 'docker', 'version'],
  'kubelet.service': [
    ...(['timeout', '3', 'bash', '-c'] as const),
    'exec 3<>/dev/tcp/127.0.0.1/10248; printf "GET /healthz HTTP/1.0\\r\\n\\r\\n" >&3; read -r line <&3; [[ $line == *" 200 "* ]]',
  ],
  // 1 is an answer, too: not all is well.
  [agentUnit]: scriptArgv('timeout 3 nodemend status --json >/dev/null || [ $? -eq 1 ]'),
};

const looking = [
  'cat /proc/sys/kernel/random/boot_id; date +%s%3N',
  'exec systemctl show --timestamp=us+utc -p "Id,$0" "$@"',
].join('; ');

/** systemd's "Tue 2026-11-24 17:30:34.789266 UTC" in milliseconds since 1970; null for none. */
export function parseTimestamp(text: string): number | null {
  const match = /(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2})(\.\d+)? UTC$/.exec(text);
  if (match === null) return null;
  const [, day, time, fraction = ''] = match;
  return Date.parse(`${day}T${time}Z`) + Number(`0${fraction || '.0'}`) * 1_000;
}

function parseUnit(block: string): [UnitName, UnitState] | null {
  const pairs = block.split('\n').map((line): [string, string] => {
    const at = line.indexOf('=');
    return [line.slice(0, at), line.slice(at + 1)];
  });
  const found = Object.fromEntries(pairs);
  const { Id: id } = found;
  if (id === undefined) return null;
  const state = Object.fromEntries(properties.map((name) => [name, found[name] ?? '']));
  return [id as UnitName, state as UnitState];
}

/** Pure: what the script above printed. null when it was not all there. */
export function parseLook(text: string): Pick<Sample, 'atMs' | 'bootId' | 'units'> | null {
  const [bootId = '', at = '', ...rest] = text.split('\n');
  const units = rest.join('\n').trim().split('\n\n').map(parseUnit);
  if (!/^\d+$/.test(at) || units.some((unit) => unit === null)) return null;
  return { bootId, atMs: Number(at), units: Object.fromEntries(units.filter((unit) => unit !== null)) };
}

export interface LookOptions {
  /** Units that are asked their question; the others count as not asked. */
  readonly ask: readonly UnitName[];
  /** Whether nodemend is asked what it says of the components. */
  readonly phases: boolean;
}

export async function nowOf(target: Target): Promise<number> {
  const { stdout } = await target.run(['date', '+%s%3N']);
  return Number(stdout.trim());
}

async function askPhases(target: Target): Promise<Sample['phases']> {
  const status = await readStatus(target);
  return status === null ? null : Object.fromEntries(status.components.map(({ name, phase }) => [name, phase]));
}

/** null when the node could not be looked at now. */
export async function look(
  target: Target,
  units: readonly UnitName[],
  { ask, phases }: LookOptions,
): Promise<Sample | null> {
  const words = properties.join(',');
  const ran = await target.run(['sh', '-c', looking, words, ...units]);
  const seen = ran.status === 0 ? parseLook(ran.stdout) : null;
  if (seen === null) return null;
  const isUp = (unit: UnitName) => seen.units[unit]?.ActiveState === 'active';
  const answered = ask.map(async (unit): Promise<[UnitName, boolean]> => {
    const question = questions[unit];
    if (!isUp(unit)) return [unit, false];
    return [unit, question === undefined || (await target.run(question)).status === 0];
  });
  const [answers, said] = await Promise.all([Promise.all(answered), phases ? askPhases(target) : null]);
  return { ...seen, answers: Object.fromEntries(answers), phases: said };
}

export interface AgentStatus {
  readonly version: string;
  readonly commit: string;
  readonly busConnected: boolean;
  readonly ready: { readonly ready: boolean; readonly reason: string };
  readonly upgrading: string | null;
  readonly components: readonly {
    readonly name: string;
    readonly unit: UnitName;
    readonly phase: string;
    readonly reason: string;
    readonly mainPid: number;
    readonly budget: { readonly remaining: number; readonly of: number };
  }[];
}

/** What nodemend says; null when it does not answer. */
export async function readStatus(target: Target): Promise<AgentStatus | null> {
  const { stdout } = await target.run(['timeout', '5', 'nodemend', 'status', '--json']);
  try {
    return JSON.parse(stdout) as AgentStatus;
  } catch {
    // Nothing, or the half of a reply: no answer either way.
    return null;
  }
}
