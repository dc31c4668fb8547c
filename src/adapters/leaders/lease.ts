/** One look at a Lease through the Kubernetes API. */
import type { LeaseLook } from '../../core/leaders/messages.ts';
import type { LeaseRecord, LeaseSeen } from '../../core/leaders/state.ts';
import type { Accounts } from '../kubernetes/accounts.ts';
import type { KubernetesObject } from '../kubernetes/answer.ts';
import { leases, pathOf } from '../kubernetes/reference.ts';

const countOf = (value: unknown): number => (typeof value === 'number' && Number.isFinite(value) ? value : 0);

/** Any write that changes what client-go goes by changes the version; somebody's annotation does not. */
export function parseLease(object: KubernetesObject): LeaseRecord {
  const spec = typeof object['spec'] === 'object' && object['spec'] !== null ? object['spec'] : {};
  const fields = spec as Readonly<Record<string, unknown>>;
  const holder = fields['holderIdentity'];
  return {
    holder: typeof holder === 'string' ? holder.slice(0, 500) : '',
    durationMs: countOf(fields['leaseDurationSeconds']) * 1_000,
    transitions: countOf(fields['leaseTransitions']),
    version: JSON.stringify(spec).slice(0, 2_000),
  };
}

export async function lookAtLease(look: LeaseLook, accounts: Accounts, nowMs: () => number): Promise<LeaseSeen> {
  const startedAtMs = nowMs();
  const path = pathOf(leases, look.namespace, look.lease);
  const answer = await accounts.client(look.kubeconfig).get(path, look.timeoutMs);
  if (answer.ok) return { known: true, record: parseLease(answer.object), startedAtMs };
  if (answer.trouble === 'missing') return { known: true, record: null, startedAtMs };
  return { known: false, detail: answer.message, startedAtMs };
}
