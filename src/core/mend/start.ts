/**
 * The agent has come up with the state it saved last: what was under way is verified and never repeated (S1), what was known of the world
 * is known no more.
 */
import type { StoreHealth } from '../event.ts';
import { beginVerifying, dropPlan, endDeed } from './deed.ts';
import { climb } from './incident.ts';
import { freshProbes } from './looks.ts';
import type { Component, Deed, NodeState, ReadyState, State } from './state.ts';
import { type Turn, tell, unsettleAll } from './turn.ts';

/** As long as the wider of the two reboot budgets: until then what was done before the loss may still count. */
const forgetfulMs = 24 * 3_600_000;

/** Nothing of the earlier boot goes on. A reboot is done by having come about, and is not tried twice in an incident. */
function endByBoot(turn: Turn, component: Component, { remedy, stage }: Deed): Component {
  const detail = 'the node was booted anew';
  if (remedy !== 'reboot' || stage === 'preparing')
    return endDeed(turn, component, false, 'action.interrupted', detail);
  return climb(endDeed(turn, component, true, 'action.done', detail));
}

function takeUp(turn: Turn, component: Component, sameBoot: boolean): Component {
  const probes = Object.fromEntries(
    Object.entries(freshProbes(component, turn.nowMs)).map(([name, probe]) => [
      name,
      { ...probe, lookingSinceMs: null },
    ]),
  );
  const found: Component = {
    ...component,
    probes,
    freshFromMs: turn.nowMs,
    seen: false,
    job: null,
    deferred: null,
    wakeAtMs: turn.nowMs,
  };
  const { deed } = found;
  if (deed === null) return found;
  if (!sameBoot) return endByBoot(turn, found, deed);
  return deed.stage === 'preparing' ? dropPlan(found) : beginVerifying(turn, found, deed);
}

/** Nothing was there to load although something may have been stored once. */
function isForgetful(node: NodeState, store: StoreHealth): boolean {
  return store === 'lost' || (store === 'unwritable' && node.bootId === '');
}

/** The answer outlives the agent, so that its restart does not turn traffic away; it does not outlive the boot that it was given for. */
function readyAtStart({ node, nowMs }: Turn, sameBoot: boolean): ReadyState {
  const kept = { ...node.ready, turningSinceMs: null, blindSinceMs: null };
  if (sameBoot && kept.reason !== 'node.shutting-down') return kept;
  return { ...kept, ready: false, reason: 'node.unseen', detail: '', sinceMs: nowMs };
}

export function startAgent(
  turn: Turn,
  event: { readonly bootId: string; readonly seed: number; readonly store: StoreHealth },
): void {
  const { node } = turn;
  const sameBoot = node.bootId === event.bootId;
  turn.node = {
    ...node,
    bootId: event.bootId,
    seed: event.seed,
    // Unique within a boot: the clock of a boot never shows the same time to two starts.
    run: Math.round(turn.nowMs).toString(36),
    bus: 'unseen',
    shuttingDown: false,
    store: event.store,
    forgetfulUntilMs: isForgetful(node, event.store) ? turn.nowMs + forgetfulMs : node.forgetfulUntilMs,
    sample: null,
    suspendedMs: null,
    upgradeSinceMs: null,
    sampleDueAtMs: turn.nowMs,
    ready: readyAtStart(turn, sameBoot),
    wakeAtMs: null,
  };
  if (event.store !== 'ok') tell(turn, { type: 'node.changed', reason: storeReason[event.store], detail: '' });
  for (const [name, component] of Object.entries(turn.components))
    turn.components[name] = takeUp(turn, component, sameBoot);
  unsettleAll(turn);
}

export const storeReason = {
  ok: 'store.ok',
  fresh: 'store.fresh',
  lost: 'store.lost',
  unwritable: 'store.unwritable',
} as const;

/** Everything was learned on this boot's clock or is shifted to it by the caller. */
export function isOtherBoot(state: State, bootId: string): boolean {
  return state.node.bootId !== '' && state.node.bootId !== bootId;
}
