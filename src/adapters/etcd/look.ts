/** The three looks at a member of etcd: what it says of itself, whether it serves, and what the others say of it. */
import type { Clock } from '../../ports.ts';
import { type Finding, finding } from '../probe/finding.ts';
import type { Look } from '../probe/look.ts';
import { createOpenRemote, createReach } from './access.ts';
import { lookHealth } from './health.ts';
import { lookOthers, type Peers } from './others.ts';
import { lookServes } from './serves.ts';

/** Silence where nothing was ever heard may be a wrong address as well as a hang, so nothing is concluded (S4). */
const unheard = (url: string, why: string): Finding =>
  finding('probe.failed', `it has not answered at ${url} since nodemend began: ${why}`);

export function createEtcdLook({ wallMs }: Pick<Clock, 'wallMs'>): Look<'etcd'> {
  const open = createOpenRemote();
  const reach = createReach();
  /** By the URL of the member. */
  const known = new Map<string, Peers>();
  return async (target, context) => {
    if (target.look === 'health') return lookHealth(target, context);
    if (target.look === 'others')
      return lookOthers({ reach, peers: known.get(target.url) ?? null, wallMs }, target, context);
    const { url } = target;
    const isKnown = known.has(url);
    if (!isKnown) context.signal.addEventListener('abort', () => context.tell(unheard(url, 'no reply in time')));
    const { found, peers } = await lookServes(open, target, context);
    if (peers !== null) known.set(url, peers);
    return isKnown || found.verdict !== 'unhealthy' ? found : unheard(url, found.detail);
  };
}
