/** One look at all that a plan goes by: the cluster, this node's member, and the newest snapshot that lies here. */

import { newestGood } from '../../core/etcd/backup.ts';
import type { BackupPolicy, EtcdPolicy } from '../../core/etcd/policy.ts';
import type { Scene } from '../../core/etcd/work/scene.ts';
import type { Reach } from './access.ts';
import { createFindHere, type FoundHere } from './here.ts';
import { learn, readKnown, writeKnown } from './known.ts';
import { observeCluster } from './observe.ts';
import { readRecords } from './shelf.ts';

export interface SightParts {
  readonly etcd: EtcdPolicy;
  readonly backup: BackupPolicy;
  readonly reach: Reach;
  /** Of the agent's state. */
  readonly directory: string;
  readonly wallMs: () => number;
}

export interface Sight {
  readonly scene: Scene;
  readonly found: FoundHere;
}

/** What it makes never rejects. What is learned of the cluster is kept for the day on which the member here does not answer. */
export function createSight({ etcd, backup, reach, directory, wallMs }: SightParts): () => Promise<Sight> {
  const find = createFindHere(etcd.unit, wallMs);
  const { unit, timeoutMs } = etcd;
  return async () => {
    const known = await readKnown(directory, unit);
    const parts = { reach, timeoutMs, wallMs, known: known?.clientUrls ?? [] };
    const [view, found, records] = await Promise.all([
      observeCluster(etcd, [], parts),
      find(),
      readRecords(backup.directory),
    ]);
    const learned = learn(known, view);
    // Told by the next look when the disk does not take it now.
    if (learned !== null) await writeKnown(directory, unit, learned).catch(() => undefined);
    const lineage = (learned ?? known)?.lineage ?? [];
    const [newest] = newestGood(records.filter(({ clusterId }) => lineage.includes(clusterId)));
    return {
      found,
      scene: {
        view,
        here: 'here' in found ? found.here : null,
        hereTrouble: 'trouble' in found ? found.trouble : '',
        snapshotWallMs: newest?.takenWallMs ?? null,
      },
    };
  };
}
