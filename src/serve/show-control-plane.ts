/** Leader elections and API servers as the server shows them. Pure. */
import type { Server } from '../core/apiservers/state.ts';
import { localTarget, stateOf } from '../core/leaders/instance.ts';
import type { Leader } from '../core/leaders/state.ts';
import type { State } from '../core/state.ts';
import type { ApiServerView, ControlPlaneView, LeaderView } from './control-plane.ts';

function viewLeader(leader: Leader, nowMs: number): LeaderView {
  const { policy, verdict, reason, detail, sinceMs, record, seenAtMs, changedAtMs, instances } = leader;
  const here = localTarget(leader);
  return {
    name: policy.name,
    verdict,
    reason,
    detail,
    sinceMs,
    holder: record?.holder ?? '',
    transitions: record?.transitions ?? 0,
    silentMs: seenAtMs === null ? null : Math.max(0, Math.round(nowMs - changedAtMs)),
    here: here === null ? null : stateOf(leader, here, nowMs),
    instances: policy.instances.map((target) => ({
      url: target.url,
      state: stateOf(leader, target, nowMs),
      detail: instances[target.url]?.seen?.detail ?? '',
    })),
  };
}

function viewServer({ url, state, rotates, seen, reason, sinceMs }: Server): ApiServerView {
  return { server: url, state, rotates, live: seen?.live ?? null, reason, detail: seen?.detail ?? '', sinceMs };
}

export function viewControlPlane({ leaders, apiservers }: State, nowMs: number): ControlPlaneView {
  return {
    leaders: Object.values(leaders.byName).map((leader) => viewLeader(leader, nowMs)),
    apiservers: Object.values(apiservers.byUrl).map(viewServer),
  };
}
