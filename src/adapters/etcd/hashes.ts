/** The hash of all that each member holds at one revision. A member reads its whole database for it: hours lie between two comparisons. */
import type { Comparison } from '../../core/etcd/event.ts';
import { type ClusterView, nameOf } from '../../core/etcd/view.ts';
import * as protos from '../grpc/protos/etcd.ts';
import type { AccessFiles, Reach } from './access.ts';

/** A member takes a second for each GiB. */
const timeoutMs = 120_000;

interface Hashed {
  readonly member: string;
  readonly hash: number;
  readonly compactRevision: string;
}

/** Never rejects. Hashes compare only between members that have compacted alike; the others are told without one. */
export async function hashMembers(reach: Reach, files: AccessFiles, view: ClusterView): Promise<Comparison> {
  const members = view.members.flatMap((member) =>
    member.endpoint === null || member.status === null || member.learner
      ? []
      : [{ name: nameOf(member), endpoint: member.endpoint, revision: member.status.revision }],
  );
  const revision = Math.min(...members.map((member) => member.revision));
  const found = await Promise.all(
    members.map(async ({ name, endpoint }): Promise<Hashed | null> => {
      const reply = await reach(endpoint, files, timeoutMs, (remote, signal) =>
        remote.call(protos.hashKeys, { revision }, signal),
      ).catch(() => null);
      return reply === null ? null : { member: name, hash: reply.hash, compactRevision: reply.compactRevision };
    }),
  );
  const compact = found.find((one) => one !== null)?.compactRevision;
  return {
    revision: Number.isFinite(revision) ? revision : 0,
    hashes: members.map(({ name }) => {
      const own = found.find((one) => one?.member === name);
      return { member: name, hash: own?.compactRevision === compact ? (own?.hash ?? null) : null };
    }),
  };
}
