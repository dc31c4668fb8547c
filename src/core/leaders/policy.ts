/** What is checked of one leader election, and where: plain data, durations in milliseconds. */

/** Where one instance says how it is. */
export interface InstanceTarget {
  readonly url: string;
  /** On this machine, so that a holder of this host's name is this one. */
  readonly local: boolean;
}

export interface LeaderPolicy {
  readonly name: string;
  readonly namespace: string;
  readonly lease: string;
  /** client-go's identities begin with the host's name and an underscore. */
  readonly host: string;
  /** With what the API and the instances are asked. */
  readonly kubeconfig: string;
  readonly instances: readonly InstanceTarget[];
  readonly everyMs: number;
  readonly timeoutMs: number;
}
