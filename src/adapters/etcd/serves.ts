/**
 * Whether the member's gRPC server answers at all: the list of members, read by itself from memory. Any answer counts, a refusal too: a slow disk, an alarm, a
 * lost leader and a defragmentation leave it as it is, and none of them is a reason to restart.
 */
import { listMembers } from '../grpc/protos/etcd.ts';
import { isRemoteError } from '../grpc/remote.ts';
import { findingOfStatus } from '../grpc/status.ts';
import { type Finding, finding } from '../probe/finding.ts';
import type { LookContext, TargetOf } from '../probe/look.ts';
import { type OpenRemote, troubleOf } from './access.ts';
import type { Peers } from './others.ts';

const unavailable = 14;

function judgeError(error: unknown, timeoutMs: number): Finding {
  if (!isRemoteError(error)) throw error;
  if (error.status !== unavailable) return finding('probe.ok', `answers: ${error.message}`);
  const { reason, detail } = troubleOf(error, timeoutMs);
  return reason === 'etcd.tls' ? finding('probe.tls', detail) : findingOfStatus(error.status, error.message);
}

/** `peers`: null where it did not say. */
export async function lookServes(
  open: OpenRemote,
  target: TargetOf<'etcd'>,
  context: LookContext,
): Promise<{ readonly found: Finding; readonly peers: Peers | null }> {
  const remote = await open(target.url, target, context.signal, context.tell);
  try {
    const { header, members } = await remote.call(listMembers, { linearizable: false }, context.signal);
    const others = members.filter(({ id }) => id !== header.memberId);
    return {
      found: finding('probe.ok', `one of ${members.length} members`),
      peers: { ownId: header.memberId, urls: others.flatMap(({ clientUrls }) => clientUrls) },
    };
  } catch (error) {
    return { found: judgeError(error, context.timeoutMs), peers: null };
  } finally {
    remote.close();
  }
}
