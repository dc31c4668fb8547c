/** Which API servers are looked at, and how: plain data, durations in milliseconds. */
export interface ApiServersPolicy {
  /** Always looked at. */
  readonly urls: readonly string[];
  /** Whether those are looked at too that the API names. */
  readonly find: boolean;
  readonly kubeconfig: string | null;
  /** File with the certificates to trust where the kubeconfig does not say. */
  readonly ca: string | null;
  /** Certificates are not checked; then no token is sent. */
  readonly insecure: boolean;
  readonly everyMs: number;
  readonly timeoutMs: number;
  /** Looks in a row that make one good or bad. */
  readonly rise: number;
  readonly fall: number;
}
