/**
 * What was last known of the cluster, kept on this node: how its members are reached when the one here does not answer, and which cluster is meant. Told anew
 * by every look that finds something else.
 */
import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ClusterView } from '../../core/etcd/view.ts';
import type { Place } from '../../core/etcd/work/scene.ts';
import { writeDurably } from './snapshot-file.ts';

export interface Known {
  readonly version: 1;
  readonly clusterId: string;
  /** Itself and the clusters that it was restored from, by way of their snapshots. */
  readonly lineage: readonly string[];
  readonly places: readonly Place[];
  readonly clientUrls: readonly string[];
}

export const workFolder = (directory: string): string => join(directory, 'etcd');
const fileOf = (directory: string, unit: string): string => join(workFolder(directory), `${unit}.cluster.json`);

const isId = (value: unknown): boolean => typeof value === 'string' && /^\d{1,20}$/.test(value);
const isText = (value: unknown): boolean => typeof value === 'string';
const isPlace = ({ name, peerUrl }: Place): boolean => isText(name) && isText(peerUrl);

/** Throws at what is no object. */
function isKnown({ version, clusterId, lineage, places, clientUrls }: Known): boolean {
  return version === 1 && isId(clusterId) && lineage.every(isId) && places.every(isPlace) && clientUrls.every(isText);
}

/** null where nothing is known, or nothing that can be understood. */
export async function readKnown(directory: string, unit: string): Promise<Known | null> {
  try {
    const value = JSON.parse(await readFile(fileOf(directory, unit), 'utf8')) as Known;
    return isKnown(value) ? value : null;
  } catch {
    // Said by the null: it is made again by the next look.
    return null;
  }
}

export async function writeKnown(directory: string, unit: string, known: Known): Promise<void> {
  const file = fileOf(directory, unit);
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await writeDurably(file, `${JSON.stringify(known, null, 2)}\n`);
}

const all = (urls: readonly string[]): readonly string[] => [...new Set(urls)].toSorted();

/** What a look adds to what was known; null where that is nothing. */
export function learn(known: Known | null, { clusterId, members }: ClusterView): Known | null {
  if (clusterId === null) return null;
  const now: Known = {
    version: 1,
    clusterId,
    lineage: known?.lineage.includes(clusterId) === true ? known.lineage : [clusterId],
    places: members
      .flatMap(({ name, peerUrls: [peerUrl = ''] }) => (name === '' ? [] : [{ name, peerUrl }]))
      .toSorted((one, other) => (one.name < other.name ? -1 : 1)),
    clientUrls: all(members.flatMap(({ clientUrls }) => clientUrls)),
  };
  return JSON.stringify(now) === JSON.stringify(known) ? null : now;
}
