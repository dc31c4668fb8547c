/** What is on the node before anything is touched: nodemend and its units, and the versions for the report. */
import type { UnitName } from './failure.ts';
import { unitsOf } from './health.ts';
import type { Target } from './target.ts';
import { readStatus } from './witness.ts';

export interface Survey {
  readonly units: readonly UnitName[];
  readonly versions: Readonly<Record<string, string>>;
}

const figures = [
  'systemctl --version | head -1',
  'uname -sr',
  '. /etc/os-release; echo "$PRETTY_NAME"',
  'nproc',
  'awk \'/^MemTotal/ { printf "%.1f GiB\\n", $2 / 1048576 }\' /proc/meminfo',
  'hostname',
];

/** Throws with one sentence when the node cannot be drilled. */
export async function survey(target: Target): Promise<Survey> {
  const reached = await target.run(['systemctl', '--version']);
  if (reached.status !== 0) {
    throw new Error(`cannot reach systemd on ${target.name}: ${reached.stderr.trim() || `status ${reached.status}`}`);
  }
  const who = await target.run(['id', '-u']);
  if (who.stdout.trim() !== '0') throw new Error(`cannot break anything on ${target.name}: the drill has to be root`);
  const status = await readStatus(target);
  if (status === null) throw new Error(`cannot drill ${target.name}: no nodemend answers there (nodemend status)`);
  const lines = await Promise.all(figures.map(async (text) => (await target.run(['sh', '-c', text])).stdout.trim()));
  const [systemd = '', kernel = '', system = '', processors = '', memory = '', node = ''] = lines;
  return {
    units: unitsOf(status),
    versions: { nodemend: `${status.version} (${status.commit})`, node, systemd, kernel, system, processors, memory },
  };
}
