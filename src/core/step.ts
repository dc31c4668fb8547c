/**
 * The whole core as one function: the same state, event and time give the same result. No clock, no I/O, no randomness but the seed in
 * the state. The caller performs the actions, brings their results back as events, and calls again at `wakeAtMs`.
 */
import type { Action } from './action.ts';
import { stepApiServers } from './apiservers/step.ts';
import { stepBackups } from './backups/step.ts';
import { stepElect } from './elect/step.ts';
import type { EtcdEvent } from './etcd/event.ts';
import { type EtcdStep, stepEtcd } from './etcd/step.ts';
import type { Event } from './event.ts';
import { stepLeaders } from './leaders/step.ts';
import { isMendEvent, type MendStep, stepMend } from './mend/step.ts';
import type { State } from './state.ts';
import type { Transition } from './transition.ts';

export interface Step {
  readonly state: State;
  readonly actions: readonly Action[];
  readonly transitions: readonly Transition[];
  readonly wakeAtMs: number | null;
}

const unmoved = ({ node, components }: State): MendStep => ({
  node,
  components,
  actions: [],
  transitions: [],
  wakeAtMs: node.wakeAtMs,
});

const ofEtcd = (event: Event): event is EtcdEvent => /^(etcd|backup|proof)\./.test(event.type);

/** Hears its own events and the passing of time. */
function guardEtcd(
  { etcd, node, components }: State,
  event: Event,
  nowMs: number,
): EtcdStep & { readonly wakeAtMs: number | null } {
  const hears = ofEtcd(event) || event.type === 'tick';
  const ofUnit = Object.values(components).find(({ policy }) => policy.unit === etcd?.policy.unit);
  const handsOff = node.shuttingDown || node.upgradeSinceMs !== null || node.pause !== null || ofUnit?.pause != null;
  const guarded = hears
    ? stepEtcd(etcd, ofEtcd(event) ? event : null, nowMs, handsOff)
    : { state: etcd, actions: [], transitions: [] };
  return { ...guarded, wakeAtMs: guarded.state?.wakeAtMs ?? null };
}

/** Each domain hears what it knows; the next one to be called is the first that wants to be. */
export function step(state: State, event: Event, nowMs: number): Step {
  const mended = isMendEvent(event) ? stepMend(state, event, nowMs) : unmoved(state);
  const led = stepLeaders(state.leaders, event, nowMs);
  const served = stepApiServers(state.apiservers, event, nowMs);
  const checked = stepBackups(state.backups, event, nowMs);
  const guarded = guardEtcd(state, event, nowMs);
  const elected = stepElect(state.elections, event, nowMs);
  const domains = [mended, led, served, checked, guarded, elected];
  const wishes = domains.map(({ wakeAtMs }) => wakeAtMs).filter((wish) => wish !== null);
  return {
    state: {
      version: state.version,
      node: mended.node,
      components: mended.components,
      leaders: led.leaders,
      apiservers: served.apiservers,
      backups: checked.backups,
      ...(guarded.state === undefined ? {} : { etcd: guarded.state }),
      elections: elected.elections,
    },
    actions: domains.flatMap(({ actions }) => actions),
    transitions: domains.flatMap(({ transitions }) => transitions),
    wakeAtMs: wishes.length === 0 ? null : Math.min(...wishes),
  };
}
