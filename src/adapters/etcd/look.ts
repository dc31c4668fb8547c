/** The three looks at a member of etcd: what it says of itself, whether it serves, and what the others say of it. */
import type { Clock } from '../../ports.ts';
import type { Look } from '../probe/look.ts';
import { createOpenRemote, createReach } from './access.ts';
import { lookHealth } from './health.ts';
import { lookOthers, type Peers } from './others.ts';
import { lookServes } from './serves.ts';

export function createEtcdLook({ wallMs }: Pick<Clock, 'wallMs'>): Look<'etcd'> {
  const open = createOpenRemote();
  const reach = createReach();
  /** By the URL of the member. */
  const known = new Map<string, Peers>();
  return async (target, context) => {
    if (target.look === 'health') return lookHealth(target, context);
    if (target.look === 'others')
      return lookOthers({ reach, peers: known.get(target.url) ?? null, wallMs }, target, context);
    const { found, peers } = await lookServes(open, target, context);
    if (peers !== null) known.set(target.url, peers);
    return found;
  };
}
