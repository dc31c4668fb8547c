/** A cluster of one and its backup, with everything that may be shown. */
import type { EtcdView } from '../../src/serve/view.ts';
import { cluster, member } from '../core/etcd/stage.ts';

const wallMs = 1_790_000_000_000;

export const etcdView: EtcdView = {
  cluster: cluster([member(1, { certificateEndsWallMs: wallMs })]),
  findings: [{ reason: 'etcd.slow-disk', member: 'm1', detail: '' }],
  canary: { ok: true, detail: '', durationMs: 12 },
  comparison: null,
  backup: {
    records: [
      {
        version: 1,
        file: 'a.db',
        takenWallMs: wallMs,
        clusterId: '1',
        memberId: '1',
        etcdVersion: '3.5.16',
        bytes: 24_608,
        sha256: '',
        revision: 1,
        toRevision: 1,
        keys: 1,
        canary: null,
        verified: { wallMs: wallMs + 1_000, ok: true, reason: 'backup.proven', detail: '' },
      },
    ],
    work: 'none',
    lastTaken: { ok: true, reason: 'backup.taken', detail: '' },
    lastProof: { ok: false, reason: 'backup.unproven', detail: '' },
  },
};
