/** Clusters as a look finds them, from a few words. */
import type { ClusterView, MemberStatus, MemberView } from '../../../src/core/etcd/view.ts';

export const nowWallMs = Date.parse('2026-11-24T12:00:00Z');

export const status: MemberStatus = {
  version: '3.5.16',
  leaderId: '1',
  revision: 1_000,
  raftTerm: 2,
  raftIndex: 500,
  raftAppliedIndex: 500,
  dbBytes: 20_000_000,
  dbBytesInUse: 19_000_000,
  errors: [],
};

export function member(id: number, more: Partial<MemberView> = {}): MemberView {
  return {
    id: String(id),
    name: `m${id}`,
    peerUrls: [`https://10.0.0.${id}:2380`],
    clientUrls: [`https://10.0.0.${id}:2379`],
    learner: false,
    endpoint: `https://10.0.0.${id}:2379`,
    status,
    figures: { fsync: [], commit: [], leaderChanges: 1, quotaBytes: 2_147_483_648, compactRevision: -1 },
    trouble: null,
    answeredBy: null,
    certificateEndsWallMs: null,
    ...more,
  };
}

export const away = (id: number): MemberView =>
  member(id, {
    endpoint: null,
    status: null,
    figures: null,
    trouble: { reason: 'etcd.unreachable', detail: 'no answer within 5 s' },
  });

export const cluster = (members: readonly MemberView[], more: Partial<ClusterView> = {}): ClusterView => ({
  takenWallMs: nowWallMs,
  clusterId: '77',
  strangers: [],
  members,
  silent: [],
  certificates: [],
  ...more,
});
