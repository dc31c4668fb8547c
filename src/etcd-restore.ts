/** A snapshot is looked at closely before anything is planned with it: whole, of this cluster, and of the version that this node has. */
import { dirname, resolve } from 'node:path';
import { backupFailure } from './adapters/etcd/backup-error.ts';
import { idsOf } from './adapters/etcd/ids.ts';
import { type Known, readKnown, writeKnown } from './adapters/etcd/known.ts';
import { minorOf, versionOf } from './adapters/etcd/program-version.ts';
import { bumpRevisions, readLastRevision } from './adapters/etcd/restore.ts';
import { demandRoom, readRecord } from './adapters/etcd/shelf.ts';
import { checkSnapshot } from './adapters/etcd/snapshot-file.ts';
import type { BackupRecord } from './core/etcd/backup.ts';
import type { Here, Place, Scene } from './core/etcd/work/scene.ts';
import type { Wish } from './core/etcd/work/wish.ts';
import type { Policies } from './etcd-commands.ts';
import { oddCount } from './etcd-wish.ts';

type RestoreWish = Extract<Wish, { command: 'restore' }>;

export interface RestorePlan {
  readonly wish: RestoreWish;
  /** What to know before it is done. */
  readonly notices: readonly string[];
  /** What to know after it. */
  readonly told: string;
  /** Kept on this node from the beginning on: later snapshots of the old cluster stay known as its own. */
  readonly keep: () => Promise<void>;
}

const hex = (id: string): string => BigInt(id).toString(16);
/** --bump-revision came with it (etcd-io/etcd: CHANGELOG-3.5). */
const leastPatchOf35 = 10;

async function demandVersions(etcdutl: string, { installedVersion }: Here, record: BackupRecord | null): Promise<void> {
  const own = await versionOf(etcdutl, 'version');
  const [, minor, patch] = own.split('.').map(Number);
  if (minor === 5 && (patch ?? 0) < leastPatchOf35)
    throw new Error(
      `${etcdutl} has version ${own}, which cannot raise the revision: take 3.5.${leastPatchOf35} or later`,
    );
  for (const [what, version] of [
    ['the etcd of this node has', installedVersion],
    ['the snapshot is of', record?.etcdVersion ?? null],
  ] as const)
    if (version !== null && minorOf(version) !== minorOf(own))
      throw new Error(`${etcdutl} has version ${own}, ${what} ${version}: all have to be of one minor version`);
}

function demandSameCluster(record: BackupRecord | null, known: Known | null): void {
  if (record === null || known === null || known.lineage.includes(record.clusterId)) return;
  throw new Error(`the snapshot is of cluster ${hex(record.clusterId)}, this node belongs to ${hex(known.clusterId)}`);
}

/** Whom it is restored for: the configuration says, else who was there when it was last seen. */
function placesOf(configured: readonly Place[], known: Known | null): readonly Place[] {
  const places = configured.length > 0 ? configured : (known?.places ?? []);
  if (places.length === 0)
    throw new Error('whom to restore for is not known: list the members below etcd.members in the configuration');
  const even = oddCount(places.length);
  if (even !== null) throw new Error(`${even} (etcd.members in the configuration says whom)`);
  return places;
}

function noticesOf(record: BackupRecord | null, known: Known | null): string[] {
  if (record === null)
    return ['no record lies beside the snapshot: of which cluster and version it is, nobody can say'];
  return known === null
    ? [
        `nothing is known on this node of an earlier cluster: that the snapshot of ${hex(record.clusterId)} is the right one, you have to know`,
      ]
    : [];
}

async function examine(file: string, here: Here, { etcd, backup, directory }: Policies): Promise<RestorePlan> {
  const path = resolve(file);
  const { sha256, bytes } = await checkSnapshot(path);
  const record = await readRecord(path);
  if (record !== null && record.sha256 !== sha256)
    throw new Error(`${path}: its hash is not the one in the record beside it`);
  const known = await readKnown(directory, etcd.unit);
  demandSameCluster(record, known);
  const { etcdutl } = backup.verify;
  await demandVersions(etcdutl, here, record);
  await demandRoom(dirname(here.dataDirectory), 2 * bytes);
  const revision = await readLastRevision(path, etcdutl);
  const places = placesOf(etcd.places, known);
  // Of the file alone, so that every node has the same one, and no two files do.
  const token = `restored-${sha256.slice(0, 16)}`;
  const expected = idsOf(places, token, here.name);
  const former = [...(known?.lineage ?? []), ...(record === null ? [] : [record.clusterId])];
  const lineage = [...new Set([expected.clusterId, ...former])];
  const taken = record === null ? '' : `, taken ${new Date(record.takenWallMs).toISOString()}`;
  return {
    wish: { command: 'restore', snapshot: { path, sha256, revision }, places, token, expected },
    notices: noticesOf(record, known),
    told: `restored from a snapshot that ends with revision ${revision}${taken}: what was written later is lost; revisions go on above ${revision + bumpRevisions}`,
    keep: () =>
      writeKnown(directory, etcd.unit, {
        version: 1,
        clusterId: expected.clusterId,
        lineage,
        places,
        clientUrls: known?.clientUrls ?? [],
      }),
  };
}

/** A sentence where it cannot be. */
export async function planRestore(
  file: string,
  { here, hereTrouble }: Scene,
  policies: Policies,
): Promise<RestorePlan | string> {
  if (here === null) return hereTrouble;
  return examine(file, here, policies).catch(
    (error: unknown) => `cannot restore: ${backupFailure(error, 'backup.failed').detail}`,
  );
}
