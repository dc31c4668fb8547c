/** What the configuration asks of an election: plain data, durations in milliseconds. */

/** Where the lock lies. The core hands it through without reading it. */
export type LockPolicy =
  | { readonly kind: 'file'; readonly path: string }
  | {
      readonly kind: 'etcd';
      readonly endpoints: readonly string[];
      readonly prefix: string;
      readonly ca: string | null;
      readonly cert: string | null;
      readonly key: string | null;
    }
  | {
      readonly kind: 'kubernetes';
      /** null: the service account of the pod. */
      readonly kubeconfig: string | null;
      readonly context: string | null;
      readonly namespace: string | null;
      /** Of the Lease. */
      readonly name: string;
    };

/** client-go's three durations, which must differ for a reason: see rules.ts. */
export interface Durations {
  /** How long the others wait without a sign of the leader before they take its place. */
  readonly leaseDurationMs: number;
  /** How long the leader goes on without a renewal before it gives up. */
  readonly renewDeadlineMs: number;
  readonly retryPeriodMs: number;
}

export interface ElectionPolicy extends Durations {
  readonly name: string;
  /** Unique among all that stand for it. */
  readonly identity: string;
  /** false: only looks who leads. */
  readonly campaign: boolean;
  readonly lock: LockPolicy;
  readonly onElected: readonly string[] | null;
  readonly onLost: readonly string[] | null;
}
