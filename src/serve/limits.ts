/** The bounds of a server. Data, so that a test can ask for smaller ones. */
export interface Limits {
  /** A connection on which nothing moves for this long is closed. */
  readonly connectionTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly headersTimeoutMs: number;
  /** Above the 60 s at which common load balancers give up idle connections: the side that reuses them should close them. */
  readonly keepAliveTimeoutMs: number;
  /** How often Node looks for connections beyond the limits above. */
  readonly checkingIntervalMs: number;
  readonly maxRequestsPerSocket: number;
  readonly maxHeaderBytes: number;
  readonly maxBodyBytes: number;
  readonly maxConnections: number;
  readonly maxStreams: number;
  readonly maxStreamBufferBytes: number;
  readonly heartbeatMs: number;
}

export const defaultLimits: Limits = {
  connectionTimeoutMs: 90_000,
  requestTimeoutMs: 10_000,
  headersTimeoutMs: 5_000,
  keepAliveTimeoutMs: 75_000,
  checkingIntervalMs: 1_000,
  maxRequestsPerSocket: 10_000,
  maxHeaderBytes: 8_192,
  maxBodyBytes: 4_096,
  maxConnections: 512,
  maxStreams: 200,
  maxStreamBufferBytes: 65_536,
  heartbeatMs: 15_000,
};
