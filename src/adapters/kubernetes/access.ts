/** How an API server is reached and by whom: the contents, as they were read last. */
export interface Access {
  /** http: or https:, without a path of its own. */
  readonly server: URL;
  /** Name in the server's certificate where it is not the one in the URL. */
  readonly serverName?: string;
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
  readonly insecure: boolean;
  /** Value of the Authorization header. */
  readonly authorization?: string;
  /** Of the context or the service account; where a configuration names none. */
  readonly namespace?: string;
}

/** Where the access is read from; each file anew when it is read, for tokens and certificates rotate. */
export type AccessSource =
  | { readonly kind: 'kubeconfig'; readonly path: string; readonly context?: string }
  | { readonly kind: 'service-account' };

/** A sentence for the operator: what cannot be used and why. */
export class AccessError extends Error {}
