/** What the configuration asks for, after presets and defaults: plain data, durations in milliseconds. */

/** Where a probe looks. The core hands it through without reading more than its kind. */
export type ProbeTarget =
  | { readonly kind: 'unit' }
  | {
      readonly kind: 'http';
      readonly url: string;
      readonly socket: string | null;
      readonly expect: readonly number[];
      readonly ca: string | null;
      readonly insecure: boolean;
    }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'exec'; readonly argv: readonly string[] }
  | { readonly kind: 'cri'; readonly socket: string; readonly look: 'version' | 'status' }
  | { readonly kind: 'containerd'; readonly socket: string; readonly look: 'version' | 'metadata' | 'shims' }
  | { readonly kind: 'docker'; readonly socket: string; readonly look: 'ping' | 'version' | 'inspect' }
  | {
      readonly kind: 'etcd';
      readonly url: string;
      readonly ca: string | null;
      readonly cert: string | null;
      readonly key: string | null;
      readonly look: 'health' | 'serves' | 'others';
    };

/**
 * vote: counts towards the verdict. witness: looked at only when a vote is bad, and must agree before a hang is acted on.
 * report: shown and counted in metrics, never a cause of action.
 */
export type ProbeRole = 'vote' | 'witness' | 'report';

export interface ProbePolicy {
  readonly target: ProbeTarget;
  readonly role: ProbeRole;
  readonly everyMs: number;
  readonly timeoutMs: number;
}

export interface Exec {
  readonly remedy: 'exec';
  readonly argv: readonly string[];
  readonly timeoutMs: number;
}

export type Rung = { readonly remedy: 'restart' } | { readonly remedy: 'kill' } | Exec | { readonly remedy: 'reboot' };

export type Remedy = Rung['remedy'];

export interface ComponentPolicy {
  readonly name: string;
  readonly unit: string;
  readonly preset: string | null;
  readonly critical: boolean;
  readonly after: readonly string[];
  /** By probe name. The `unit` probe is always there and needs no entry. */
  readonly probes: Readonly<Record<string, ProbePolicy>>;
  readonly hang: { readonly failures: number; readonly of: number; readonly forMs: number };
  readonly graceMs: number;
  readonly ladder: readonly Rung[];
  readonly budget: { readonly actions: number; readonly perMs: number };
  readonly backoff: {
    readonly firstMs: number;
    readonly factor: number;
    readonly maxMs: number;
    readonly jitter: number;
  };
  /** The containers live in the unit's control group or die with it, so a restart under KillMode=control-group ends them. */
  readonly hostsContainers: boolean;
  /** The program writes its goroutines on SIGUSR1 (dockerd, containerd); anything else might die of the signal. */
  readonly dumpsOnUsr1: boolean;
  /** Its start lasts until its peers are there, however long: a start under way is no hang of its own. */
  readonly startsWithPeers: boolean;
}

export interface ReadyPolicy {
  readonly downAfterMs: number;
  readonly upAfterMs: number;
  readonly staleAfterMs: number;
  readonly failOpen: boolean;
}

export interface NodePolicy {
  readonly node: string;
  readonly ready: ReadyPolicy;
  readonly components: readonly ComponentPolicy[];
}
