/** What the checks of API servers hear, ask for and tell. */
import type { Reason } from '../reason.ts';
import type { ApiServersPolicy } from './policy.ts';
import type { ServerSeen } from './state.ts';

export type ApiServersEvent =
  | { readonly type: 'apiservers.loaded'; readonly policy: ApiServersPolicy | null }
  | { readonly type: 'apiserver.observed'; readonly url: string; readonly seen: ServerSeen }
  /** null: the API did not tell; what was known stands. */
  | { readonly type: 'apiservers.found'; readonly urls: readonly string[] | null };

export interface ServerLook {
  readonly type: 'apiserver.look';
  readonly url: string;
  readonly kubeconfig: string | null;
  readonly ca: string | null;
  readonly insecure: boolean;
  readonly timeoutMs: number;
}

/** Which API servers there are, by the endpoints of the service kubernetes. */
export interface ServersFind {
  readonly type: 'apiservers.find';
  readonly kubeconfig: string;
  readonly timeoutMs: number;
}

export type ApiServersAction = ServerLook | ServersFind;

export interface RotationChanged {
  readonly type: 'apiserver.rotation';
  readonly server: string;
  readonly rotates: boolean;
  readonly reason: Reason;
  readonly detail: string;
}
