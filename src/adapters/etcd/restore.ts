/**
 * A snapshot becomes the data of this node's member: by etcdutl, beside where the data belongs, and moved there by one rename once it is whole and carries
 * the ids that it should. For Kubernetes the revision goes up by a billion and all before is marked as compacted: whoever watched sees that and reads anew.
 */
import { chown, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { initialClusterOf } from '../../core/etcd/work/found.ts';
import type { WorkStep } from '../../core/etcd/work/steps.ts';
import { runCommand } from '../exec/run.ts';
import { readDataHead } from './data-head.ts';
import { lastWords } from './throwaway.ts';

/** A database of 8 GiB takes a minute on a slow disk. */
const restoreMs = 1_800_000;
/** What Kubernetes' own instructions advise (kubernetes.io: operating etcd clusters). A week of 1,500 writes per second is less. */
export const bumpRevisions = 1_000_000_000;

/** As the folder belongs to the member's user, so does all in it. */
async function giveTo(path: string, { uid, gid }: { readonly uid: number; readonly gid: number }): Promise<void> {
  await chown(path, uid, gid);
  for (const entry of await readdir(path, { recursive: true })) await chown(join(path, entry), uid, gid);
}

export async function restoreData(
  { snapshot, directory, name, places, token, expected }: Extract<WorkStep, { do: 'restore' }>,
  etcdutl: string,
): Promise<void> {
  const owner = await stat(directory).catch(() => stat(dirname(directory)));
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await chown(directory, owner.uid, owner.gid);
  // What an earlier run left may still be written to by the etcdutl of that run.
  for (const name of (await readdir(directory)).filter((one) => one.startsWith('restoring-')))
    await rm(join(directory, name), { recursive: true, force: true });
  const scratch = join(directory, `restoring-${process.pid}`);
  const own = places.find((place) => place.name === name);
  const words = [
    `--data-dir=${scratch}`,
    `--name=${name}`,
    `--initial-cluster=${initialClusterOf(places)}`,
    `--initial-cluster-token=${token}`,
    `--initial-advertise-peer-urls=${own?.peerUrl ?? ''}`,
    `--bump-revision=${bumpRevisions}`,
    '--mark-compacted',
  ];
  const limits = { timeoutMs: restoreMs, maxBytes: 16_000 };
  const restored = await runCommand([etcdutl, 'snapshot', 'restore', snapshot.path, ...words], limits);
  if (restored.exitCode !== 0) throw new Error(`${etcdutl} snapshot restore: ${lastWords(restored)}`);
  const found = await readDataHead(scratch);
  if (found?.clusterId !== expected.clusterId || found.memberId !== expected.memberId)
    throw new Error(`what ${etcdutl} made is of another member than it should be; it stays in ${scratch}`);
  await giveTo(scratch, owner);
  await rename(join(scratch, 'member'), join(directory, 'member'));
  await rm(scratch, { recursive: true, force: true });
}

const statusMs = 300_000;

/** The last one that a snapshot holds. Rejects when its pages are not sound. */
export async function readLastRevision(path: string, etcdutl: string): Promise<number> {
  const limits = { timeoutMs: statusMs, maxBytes: 4_000 };
  const status = await runCommand([etcdutl, 'snapshot', 'status', path, '-w', 'json'], limits);
  const revision = /"revision":(\d+)/.exec(status.stdout)?.[1];
  if (status.exitCode !== 0 || revision === undefined)
    throw new Error(`${etcdutl} snapshot status ${path}: ${lastWords(status)}`);
  return Number(revision);
}
