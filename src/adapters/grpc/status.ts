/** What a gRPC status means for a look. Codes: grpc.io/docs/guides/status-codes. */
import { type Finding, finding, findingOfError } from '../probe/finding.ts';

const codes = {
  deadlineExceeded: 4,
  permissionDenied: 7,
  resourceExhausted: 8,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  dataLoss: 15,
  unauthenticated: 16,
} as const;

/** A restart mends no disk, and on a full one makes things worse, so nothing is concluded about the program itself. */
const diskTrouble = /no space left on device|read-only file system|input\/output error|disk quota exceeded/i;

/** grpc-js puts the cause of a failed connect into the text alone, among words of its own. */
const connectError =
  /\b(?:\w+ )?(ECONNREFUSED|ECONNRESET|ENOENT|EACCES|EPERM|EAGAIN|EPIPE|ETIMEDOUT)\b(?: \/\S*[^\s.])?/;

function findingOfUnavailable(details: string): Finding {
  if (/not initialized yet|is initializing/i.test(details)) return finding('probe.initializing', details);
  const [said, code] = connectError.exec(details) ?? [];
  if (code !== undefined) return findingOfError(Object.assign(new Error(said), { code }));
  if (/Protocol error|frame/i.test(details)) return finding('probe.bad-reply', details);
  return finding('probe.reset', details);
}

/** The finding of a call that ended with another status than OK. */
export function findingOfStatus(code: number, details: string): Finding {
  if (code === codes.unavailable) return findingOfUnavailable(details);
  if (code === codes.unimplemented) return finding('probe.unsupported', details);
  if (code === codes.permissionDenied || code === codes.unauthenticated) return finding('probe.denied', details);
  if (code === codes.deadlineExceeded) return finding('probe.timeout', details);
  // Of ours: a reply larger than we are ready to take.
  if (code === codes.resourceExhausted) return finding('probe.failed', details);
  if (code === codes.internal || code === codes.dataLoss) return finding('probe.bad-reply', details);
  if (diskTrouble.test(details)) return finding('probe.failed', details);
  return finding('probe.not-ready', details);
}
