/**
 * What one look comes to, before the prober adds its times. Every class of trouble has exactly one reason and every reason exactly one
 * verdict: the table below. Never decides what is done about it.
 */
import type { Verdict } from '../../core/mend/observation.ts';
import type { Reason } from '../../core/reason.ts';

type ProbeReason = Extract<Reason, `probe.${string}`>;

/** `unknown` where the look itself was not possible: it must never count against the component (S4). */
const verdicts = {
  'probe.ok': 'healthy',
  'probe.timeout': 'unhealthy',
  'probe.refused': 'unhealthy',
  'probe.reset': 'unhealthy',
  'probe.no-socket': 'unhealthy',
  'probe.http-status': 'unhealthy',
  'probe.bad-reply': 'unhealthy',
  'probe.exit-status': 'unhealthy',
  'probe.not-ready': 'unhealthy',
  'probe.shim-hung': 'unhealthy',
  'probe.container-hung': 'unhealthy',
  'probe.stopped': 'unhealthy',
  'probe.blocked': 'unhealthy',
  'probe.dispensable': 'unhealthy',
  'probe.no-quorum': 'unknown',
  'probe.initializing': 'unknown',
  'probe.denied': 'unknown',
  'probe.no-address': 'unknown',
  'probe.no-command': 'unknown',
  'probe.tls': 'unknown',
  'probe.unsupported': 'unknown',
  'probe.late': 'unknown',
  'probe.stuck': 'unknown',
  'probe.failed': 'unknown',
} as const satisfies Record<ProbeReason, Verdict>;

export interface Finding {
  readonly verdict: Verdict;
  readonly reason: ProbeReason;
  /** For a person; the prober cleans and cuts it. */
  readonly detail: string;
}

export const finding = (reason: ProbeReason, detail = ''): Finding => ({ verdict: verdicts[reason], reason, detail });

/** An error that knows its finding already, to be thrown from the depth of a look. */
export interface FindingError extends Error {
  readonly finding: Finding;
}

export const failWith = (reason: ProbeReason, detail: string): FindingError =>
  Object.assign(new Error(detail), { finding: finding(reason, detail) });

const byCode: Readonly<Record<string, ProbeReason>> = {
  ECONNREFUSED: 'probe.refused',
  // A unix socket whose queue is full because nobody accepts any more.
  EAGAIN: 'probe.refused',
  ECONNRESET: 'probe.reset',
  EPIPE: 'probe.reset',
  ECONNABORTED: 'probe.reset',
  ETIMEDOUT: 'probe.timeout',
  ENOENT: 'probe.no-socket',
  EACCES: 'probe.denied',
  EPERM: 'probe.denied',
  ENOTFOUND: 'probe.no-address',
  EAI_AGAIN: 'probe.no-address',
  EAI_FAIL: 'probe.no-address',
  EAI_NODATA: 'probe.no-address',
  EAI_NONAME: 'probe.no-address',
};

/** OpenSSL's and Node's codes of a handshake that did not succeed, a certificate's refusal among them. */
const tlsCode = /^ERR_(SSL|TLS|OSSL)_|CERT|^EPROTO$|^UNABLE_TO_|^(HOSTNAME_MISMATCH|INVALID_(CA|PURPOSE))$/;

export const codeOf = (error: unknown): string => {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : '';
};

const isFindingError = (error: unknown): error is FindingError => error instanceof Error && 'finding' in error;

/** The finding of anything a look rejected with. Total: what is not recognised is `probe.failed`. */
export function findingOfError(error: unknown): Finding {
  if (isFindingError(error)) return error.finding;
  const code = codeOf(error);
  const detail = error instanceof Error && error.message !== '' ? error.message : code || String(error);
  const reason = byCode[code];
  if (reason !== undefined) return finding(reason, detail);
  if (tlsCode.test(code)) return finding('probe.tls', `${code}: ${detail}`);
  if (code.startsWith('HPE_')) return finding('probe.bad-reply', `${code}: ${detail}`);
  return finding('probe.failed', detail);
}
