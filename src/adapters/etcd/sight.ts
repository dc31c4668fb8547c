/** One look at all that a plan goes by: the cluster, this node's member, and the newest snapshot that lies here. */

import { newestGood } from '../../core/etcd/backup.ts';
import type { BackupPolicy, EtcdPolicy } from '../../core/etcd/policy.ts';
import type { Scene } from '../../core/etcd/work/scene.ts';
import { createFindHere, type FoundHere } from './here.ts';
import { lookAndLearn, type RememberParts } from './remember.ts';
import { readRecords } from './shelf.ts';

export interface SightParts extends RememberParts {
  readonly etcd: EtcdPolicy;
  readonly backup: BackupPolicy;
}

export interface Sight {
  readonly scene: Scene;
  readonly found: FoundHere;
}

/** What it makes never rejects. */
export function createSight({ etcd, backup, reach, directory, wallMs }: SightParts): () => Promise<Sight> {
  const find = createFindHere(etcd.unit, wallMs);
  return async () => {
    const [{ view, known }, found, records] = await Promise.all([
      lookAndLearn(etcd, [], { reach, directory, wallMs }),
      find(),
      readRecords(backup.directory),
    ]);
    const [newest] = newestGood(records.filter(({ clusterId }) => known?.lineage.includes(clusterId) === true));
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
