/** Whether a node is well: before it is broken, or the drill would prove nothing, and after it was healed. */
import type { DrillClock } from './clock.ts';
import { agentUnit, type Failure, type UnitName } from './failure.ts';
import type { Target } from './target.ts';
import { type AgentStatus, look, readStatus } from './witness.ts';

const lookEveryMs = 500;

/** nodemend leaves crashes to systemd, which will restart the unit anyway, while its budget is at or below this. */
const reserve = 2;

/** The units that nodemend supervises on this node and that run now, and its own. */
export const unitsOf = ({ components }: AgentStatus): readonly UnitName[] => [
  ...components.filter(({ phase }) => phase !== 'absent').map(({ unit }) => unit),
  agentUnit,
];

function findTrouble(status: AgentStatus | null, units: readonly UnitName[]): string | null {
  if (status === null) return 'nodemend does not answer';
  if (!status.busConnected) return 'nodemend is not connected to the bus';
  if (status.upgrading !== null) return `${status.upgrading} is at work`;
  const sick = status.components.filter(({ unit, phase }) => units.includes(unit) && phase !== 'healthy');
  if (sick.length > 0) return sick.map(({ name, phase, reason }) => `${name} is ${phase} (${reason})`).join(', ');
  return status.ready.ready ? null : `the node is not ready: ${status.ready.reason}`;
}

/** null when all is well, else what is not. */
export async function examine(target: Target, units: readonly UnitName[]): Promise<string | null> {
  const trouble = findTrouble(await readStatus(target), units);
  if (trouble !== null) return trouble;
  const seen = await look(target, units, { ask: units, phases: false });
  if (seen === null) return 'the node cannot be looked at';
  const silent = units.filter((unit) => seen.answers[unit] !== true);
  return silent.length === 0 ? null : `${silent.join(', ')} does not answer`;
}

/** Resolves to null once the node is well, or to what still is not when the time is over. */
export async function awaitWell(
  target: Target,
  clock: DrillClock,
  units: readonly UnitName[],
  withinMs: number,
  signal?: AbortSignal,
): Promise<string | null> {
  const endMs = clock.nowMs() + withinMs;
  for (;;) {
    const trouble = await examine(target, units);
    if (trouble === null || clock.nowMs() >= endMs || signal?.aborted === true) return trouble;
    await clock.wait(lookEveryMs, signal);
  }
}

/** Why nodemend would be right not to act now; null when its budgets allow what is expected of it. */
export function lacksBudget(status: AgentStatus, { expect }: Failure): string | null {
  const wanted = expect.flatMap((one) => (one.kind === 'mended' && one.by === 'nodemend' ? [one.unit] : []));
  const short = status.components.filter(
    ({ unit, budget }) => wanted.includes(unit) && budget.remaining <= Math.min(reserve, budget.of - 1),
  );
  if (short.length === 0) return null;
  const told = short.map(({ name, budget }) => `${name} has ${budget.remaining} of ${budget.of} restarts left`);
  return `${told.join(', ')}: wait until its budget is whole, or give it a larger one for the drill`;
}
