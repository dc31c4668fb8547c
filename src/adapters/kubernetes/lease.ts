/** A Lease of an election, as client-go reads and writes it (tools/leaderelection/resourcelock). Pure. */
import type { KubernetesObject } from './answer.ts';

export interface LeaseRecord {
  readonly holder: string;
  readonly durationMs: number;
  /** As it is written, in microseconds; null where there is none. */
  readonly acquireTime: string | null;
  readonly transitions: number;
  readonly resourceVersion: string;
  /** Of a term of ours or another nodemend's: see writeToken. */
  readonly token: number | null;
}

type Fields = Readonly<Record<string, unknown>>;

const fieldsIn = (object: Fields, key: string): Fields => {
  const value = object[key];
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
};

const textIn = (fields: Fields, key: string): string => {
  const value = fields[key];
  return typeof value === 'string' ? value : '';
};

export const tokenAnnotation = 'nodemend/fencing-token';

/**
 * The fencing token of a term is the resourceVersion of the write that began it: it grows over everything, even over a Lease that was deleted and made
 * anew. It is known only after that write, so it stands in an annotation from the first renewal on, with the term's acquireTime: client-go keeps
 * annotations, so one may outlive its term.
 */
export const writeToken = (acquireTime: string, token: number): string => `${acquireTime} ${token}`;

function readToken(metadata: Fields, acquireTime: string): number | null {
  const [time = '', token = ''] = textIn(fieldsIn(metadata, 'annotations'), tokenAnnotation).split(' ');
  return time !== '' && time === acquireTime && /^\d{1,15}$/.test(token) ? Number(token) : null;
}

/** Names of the two kinds of Lease that a cluster keeps for itself, or why the fields are not an election's. */
function whyNotElection(metadata: Fields, spec: Fields): string | null {
  if (textIn(metadata, 'namespace') === 'kube-node-lease') return 'it is the heartbeat of a node';
  const labels = fieldsIn(metadata, 'labels');
  if (labels['apiserver.kubernetes.io/identity'] !== undefined) return 'it is the identity of an API server';
  if (textIn(spec, 'strategy') !== '') return 'its holder is chosen by coordinated leader election';
  if (textIn(spec, 'holderIdentity') === '') return null;
  const duration = spec['leaseDurationSeconds'];
  if (typeof duration !== 'number' || duration <= 0) return 'it has a holder and no leaseDurationSeconds';
  if (textIn(spec, 'acquireTime') === '' || typeof spec['leaseTransitions'] !== 'number')
    return 'it has a holder but no acquireTime and leaseTransitions, as a heartbeat has';
  return null;
}

/** What the object says; a sentence when it is no election's and must be let be. */
export function parseLease(object: KubernetesObject): LeaseRecord | string {
  const metadata = fieldsIn(object, 'metadata');
  const spec = fieldsIn(object, 'spec');
  const name = textIn(metadata, 'name');
  const resourceVersion = textIn(metadata, 'resourceVersion');
  if (!/^\d{1,15}$/.test(resourceVersion)) return `the Lease ${name} has no usable resourceVersion`;
  const why = whyNotElection(metadata, spec);
  if (why !== null) return `the Lease ${name} is not an election's: ${why}`;
  const acquireTime = textIn(spec, 'acquireTime');
  return {
    holder: textIn(spec, 'holderIdentity'),
    durationMs: Number(spec['leaseDurationSeconds'] ?? 0) * 1_000,
    acquireTime: acquireTime === '' ? null : acquireTime,
    transitions: Number(spec['leaseTransitions'] ?? 0),
    resourceVersion,
    token: readToken(metadata, acquireTime),
  };
}

/** metav1.MicroTime: always six digits. `micros` are those that the clock does not have, 0 to 999. */
export const microTime = (wallMs: number, micros = 0): string =>
  new Date(wallMs).toISOString().replace('Z', `${String(micros).padStart(3, '0')}Z`);

export interface LeaseSpec {
  readonly holderIdentity: string;
  readonly leaseDurationSeconds: number;
  readonly acquireTime: string;
  readonly renewTime: string;
  readonly leaseTransitions: number;
}

/** For a lock that nobody has made yet. */
export const newLease = (namespace: string, name: string, spec: LeaseSpec): KubernetesObject => ({
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  metadata: { name, namespace },
  spec,
});

/** The object as it was read with another spec, as client-go does; and the token, once it is known. */
export function withSpec(object: KubernetesObject, spec: LeaseSpec, token: number | null): KubernetesObject {
  if (token === null) return { ...object, spec };
  const metadata = fieldsIn(object, 'metadata');
  const annotations = {
    ...fieldsIn(metadata, 'annotations'),
    [tokenAnnotation]: writeToken(spec.acquireTime, token),
  };
  return { ...object, metadata: { ...metadata, annotations }, spec };
}
