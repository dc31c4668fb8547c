/**
 * Whose data lies in a member's folder: the ids at the head of its write-ahead log. A log is a row of frames, each 8 bytes of length (the upper byte tells of
 * padding) and a record {type 1, crc 2, data 3}; of the first file the first frame is a checksum and the second the metadata {member 1, cluster 2}.
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { DataOnDisk } from '../../core/etcd/work/scene.ts';
import { readStart } from '../probe/read-file.ts';

const headBytes = 4_096;
const metadataType = 1n;
/** Neither a member nor a cluster has it. */
const unknown: DataOnDisk = { clusterId: '0', memberId: '0' };

function slice(bytes: Buffer, at: number, length: number): Buffer {
  if (at + length > bytes.length) throw new RangeError('it is cut off');
  return bytes.subarray(at, at + length);
}

/** Fields of a message, by their numbers: varints and byte strings are all there is. Throws at what is cut off. */
function fieldsOf(bytes: Buffer): Map<number, bigint | Buffer> {
  const found = new Map<number, bigint | Buffer>();
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes.readUInt8(at);
      at += 1;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    if ((tag & 7) === 0) found.set(tag >> 3, varint());
    else {
      const length = Number(varint());
      found.set(tag >> 3, slice(bytes, at, length));
      at += length;
    }
  }
  return found;
}

export function parseHead(bytes: Buffer): DataOnDisk {
  try {
    for (let at = 0; ; ) {
      const field = bytes.readBigUInt64LE(at);
      const length = Number(field & 0xff_ffff_ffff_ffffn);
      const padding = field >> 63n === 1n ? Number((field >> 56n) & 7n) : 0;
      const record = fieldsOf(slice(bytes, at + 8, length));
      const data = record.get(3);
      if (record.get(1) === metadataType && Buffer.isBuffer(data)) {
        const ids = fieldsOf(data);
        return { memberId: String(ids.get(1) ?? 0), clusterId: String(ids.get(2) ?? 0) };
      }
      at += 8 + length + padding;
    }
  } catch {
    // Cut off or no log at all: said by the ids.
    return unknown;
  }
}

/** null where a member would begin empty. What cannot be understood is somebody's all the same. */
export async function readDataHead(directory: string): Promise<DataOnDisk | null> {
  const names = await readdir(join(directory, 'member')).catch(() => null);
  if (names === null || names.length === 0) return null;
  const logs = await readdir(join(directory, 'member/wal')).catch(() => [] as string[]);
  const [first] = logs.filter((name) => name.endsWith('.wal')).toSorted();
  if (first === undefined) return unknown;
  return readStart(join(directory, 'member/wal', first), headBytes).then(parseHead, () => unknown);
}
