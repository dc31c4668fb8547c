/** How an instance stands: leading, ready to take over, down, or not to be told. */
import type { InstanceTarget } from './policy.ts';
import type { Instance, InstanceSeen, InstanceState, Leader } from './state.ts';

/** As kubeadm's probes have it: one bad look is no proof. */
const badLooks = 3;
/** What was seen so long ago says nothing of now. */
export const staleMs = 30_000;

export function observeInstance(instance: Instance, seen: InstanceSeen): Instance {
  // That we may not look says nothing of it.
  if (seen.health === 'unknown') return instance;
  if (seen.health === 'healthy') return { ...instance, seen, badInARow: 0 };
  const badInARow = instance.badInARow + 1;
  // Until it is proven bad the last good word holds.
  const doubted = badInARow < badLooks && instance.seen?.health === 'healthy';
  return { ...instance, badInARow, seen: doubted ? instance.seen : seen };
}

/** client-go: the host's name, an underscore and a number that is never given twice. */
export function holdsHere({ record, policy }: Leader): boolean {
  return record?.holder === policy.host || record?.holder.startsWith(`${policy.host}_`) === true;
}

/** By its own word where that can be had; else by the Lease, which names the host. null: cannot be told. */
export function leads(leader: Leader, target: InstanceTarget): boolean | null {
  const own = leader.instances[target.url]?.seen?.leads ?? null;
  if (own !== null) return own;
  return target.local && leader.seenAtMs !== null ? holdsHere(leader) : null;
}

export function stateOf(leader: Leader, target: InstanceTarget, nowMs: number): InstanceState {
  const instance = leader.instances[target.url];
  const seen = instance?.seen ?? null;
  if (seen === null || nowMs - seen.startedAtMs > staleMs) return 'unknown';
  if (seen.health === 'unhealthy') return (instance?.badInARow ?? 0) >= badLooks ? 'down' : 'unknown';
  const leading = leads(leader, target);
  if (leading === null) return 'unknown';
  return leading ? 'leader' : 'standby';
}

/** The one on this machine; null where none is looked at. */
export const localTarget = ({ policy }: Leader): InstanceTarget | null =>
  policy.instances.find((target) => target.local) ?? null;
