/** Which ids etcd gives to the members of a cluster that begins: made of addresses and token alone (etcd: computeMemberID, genID). */
import { createHash } from 'node:crypto';
import type { DataOnDisk, Place } from '../../core/etcd/work/scene.ts';

const first64 = (...parts: readonly (string | Buffer)[]): bigint => {
  const hash = createHash('sha1');
  for (const part of parts) hash.update(part);
  return hash.digest().readBigUInt64BE(0);
};

/** `name` has to be one of the places. */
export function idsOf(places: readonly Place[], token: string, name: string): DataOnDisk {
  const idOf = ({ peerUrl }: Place): bigint => first64(peerUrl, token);
  const ids = places.map(idOf).toSorted((one, other) => (one < other ? -1 : 1));
  const all = Buffer.alloc(8 * ids.length);
  ids.forEach((id, index) => {
    all.writeBigUInt64BE(id, 8 * index);
  });
  const own = places.find((place) => place.name === name);
  return { clusterId: String(first64(all)), memberId: own === undefined ? '0' : String(idOf(own)) };
}
