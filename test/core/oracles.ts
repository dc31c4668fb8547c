/** What must hold in every turn of any story, told as one sentence per breach. Each goes by what the turn itself shows, not by the core's own gates. */
import type { Remedial } from '../../src/core/action.ts';
import type { Component } from '../../src/core/mend/state.ts';
import type { Turned } from './world.ts';

const isRemedial = (action: Turned['actions'][number]): action is Remedial => 'timeoutMs' in action && 'id' in action;

export const remedialOf = ({ actions }: Turned): Remedial[] => actions.filter(isRemedial);

function component(turn: Turned, name: string): Component {
  const found = turn.after.components[name];
  if (found === undefined) throw new Error(`${name} is not there`);
  return found;
}

/** S1 */
export function withoutIntent(turn: Turned): string[] {
  return remedialOf(turn)
    .filter(({ id, component: name }) => {
      const { deed } = component(turn, name);
      return deed?.id !== id || deed.stage !== 'acting';
    })
    .map(({ id }) => `${id} left without an intent`);
}

/** S2 */
export function crowded({ after }: Turned): string[] {
  const busy = Object.values(after.components).filter(({ deed }) => deed !== null && deed.stage !== 'verifying');
  const disruptive = busy.filter(({ deed }) => deed?.remedy !== 'start');
  return disruptive.length > 1 ? [`${disruptive.map(({ policy }) => policy.name)} are disrupted at once`] : [];
}

/** S2: nothing is done to a unit for which somebody's job is under way; only an endless start may be replaced. */
export function intoJobs(turn: Turned): string[] {
  return remedialOf(turn)
    .filter(({ component: name }) => {
      const { unit } = component(turn, name);
      const endless = unit?.activeState === 'activating' && unit.settings.timeoutStartMs === null;
      return unit !== null && unit.job !== 0 && !endless;
    })
    .map(({ type, component: name }) => `${type} of ${name} into a job`);
}

/** S3 and S4: hands off, and nothing is done blindly. */
export function handsOn(turn: Turned): string[] {
  const { node } = turn.after;
  return remedialOf(turn).flatMap(({ type, component: name }) => {
    const { unit, pause, seen } = component(turn, name);
    const why = [
      node.pause !== null || pause !== null ? 'paused' : '',
      node.shuttingDown ? 'shutting down' : '',
      node.bus !== 'connected' || !seen ? 'blind' : '',
      node.sample?.packageManager != null && turn.nowMs - (node.upgradeSinceMs ?? 0) < 1_800_000 ? 'upgrading' : '',
      unit?.loadState === 'not-found' ? 'absent' : '',
      unit?.unitFileState.startsWith('masked') === true ? 'masked' : '',
      unit?.freezerState === 'frozen' ? 'frozen' : '',
    ];
    return why.filter((word) => word !== '').map((word) => `${type} of ${name} although ${word}`);
  });
}

/** S9: a dependency that somebody wants and that does not run. */
export function forTheDependency(turn: Turned): string[] {
  return remedialOf(turn).flatMap(({ type, component: name, reason }) => {
    if (reason === 'restart.asked') return [];
    return component(turn, name).policy.after.flatMap((base) => {
      const { unit, phase } = component(turn, base);
      const whole = unit !== null && unit.loadState === 'loaded' && unit.unitFileState === 'enabled';
      const wanted = whole && phase !== 'paused' && phase !== 'unknown';
      return wanted && unit.activeState !== 'active' ? [`${type} of ${name} while ${base} is ${unit.activeState}`] : [];
    });
  });
}

/** S8: actions of our own in any window, beyond the budget, are the half-open ones: one per longest back-off, less its jitter. */
export function overBudget(turns: readonly Turned[]): string[] {
  const times = new Map<string, number[]>();
  const breaches: string[] = [];
  for (const turn of turns)
    for (const { component: name, reason } of remedialOf(turn)) {
      if (reason === 'restart.asked') continue;
      const { budget, backoff } = component(turn, name).policy;
      const earlier = times.get(name) ?? [];
      const within = earlier.filter((at) => turn.nowMs - at < budget.perMs).length;
      const sinceLast = turn.nowMs - (earlier.at(-1) ?? -Infinity);
      if (within >= budget.actions && sinceLast < backoff.maxMs * (1 - backoff.jitter))
        breaches.push(`${name}: action ${within + 1} in its window, ${Math.round(sinceLast)} ms after the last`);
      times.set(name, [...earlier, turn.nowMs]);
    }
  return breaches;
}

/** S12 */
export function tooManyReboots(turns: readonly Turned[]): string[] {
  const at = turns.flatMap((turn) => (remedialOf(turn).some(({ type }) => type === 'node.reboot') ? [turn.nowMs] : []));
  return at.slice(1).some((time, index) => time - (at[index] ?? 0) < 6 * 3_600_000) ? ['two reboots in 6 h'] : [];
}

/** S1: nothing is done to a component before the action that was open when the agent died is told as ended. */
export function repeatedBlindly(turns: readonly Turned[]): string[] {
  const open = new Map<string, string>();
  const breaches: string[] = [];
  for (const turn of turns) {
    if (turn.event.type === 'agent.started')
      for (const [name, { deed }] of Object.entries(turn.before.components))
        if (deed !== null && deed.stage !== 'preparing') open.set(name, deed.id);
    for (const told of turn.transitions)
      if (told.type === 'action.ended' && open.get(told.component) === told.action) open.delete(told.component);
    for (const { component: name } of remedialOf(turn)) if (open.has(name)) breaches.push(`${name} is acted on again`);
  }
  return breaches;
}

/** The loop is never asked to turn again at once: it would spin. */
export function inVain({ wakeAtMs, nowMs, event }: Turned): string[] {
  return wakeAtMs !== null && wakeAtMs <= nowMs ? [`after ${event.type} it wants to be woken at once`] : [];
}
