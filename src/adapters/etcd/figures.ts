/** What a member's /metrics says of its disk, its elections and its quota. Read over its client port, with the same certificates. */
import type { Histogram, MemberFigures } from '../../core/etcd/view.ts';
import { exchange } from '../http/exchange.ts';
import { type AccessFiles, readKeys } from './access.ts';

/** A member of a large cluster has a page of about 200 KiB. */
const mostBytes = 4 * 1024 * 1024;

const figureOf = (text: string, name: string): number | null => {
  const found = new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1];
  const value = found === undefined ? Number.NaN : Number(found);
  return Number.isFinite(value) ? value : null;
};

function histogramOf(text: string, name: string): Histogram {
  const buckets = [...text.matchAll(new RegExp(`^${name}_bucket\\{le="([^"]+)"\\} (\\S+)$`, 'gm'))];
  return buckets.map(([, le = '', count = '']) => ({ le: le === '+Inf' ? null : Number(le), count: Number(count) }));
}

export function parseFigures(text: string): MemberFigures {
  return {
    fsync: histogramOf(text, 'etcd_disk_wal_fsync_duration_seconds'),
    commit: histogramOf(text, 'etcd_disk_backend_commit_duration_seconds'),
    leaderChanges: figureOf(text, 'etcd_server_leader_changes_seen_total'),
    quotaBytes: figureOf(text, 'etcd_server_quota_backend_bytes'),
    compactRevision: figureOf(text, 'etcd_debugging_mvcc_compact_revision'),
  };
}

/** null where the page is not to be had: the figures are missing then, and nothing is concluded. */
export async function readFigures(
  endpoint: string,
  files: AccessFiles,
  signal: AbortSignal,
): Promise<MemberFigures | null> {
  try {
    const { ca, cert, key } = await readKeys(files, signal);
    const url = new URL('/metrics', endpoint);
    const tls = { insecure: false, ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) };
    const { status, body } = await exchange({ url: url.href, socket: null, tls, maxBytes: mostBytes, signal });
    return status === 200 ? parseFigures(body) : null;
  } catch {
    // Said by the null: a member may serve its metrics elsewhere.
    return null;
  }
}
