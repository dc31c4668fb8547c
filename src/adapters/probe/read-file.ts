/** Reads small files of the node, bounded: /proc, certificates, what containerd leaves in its state folder. */
import { open } from 'node:fs/promises';

/** At most `mostBytes` from the beginning of a file. Rejects with the file system's errors. */
export async function readStart(path: string, mostBytes: number): Promise<Buffer> {
  const file = await open(path);
  try {
    const chunks: Buffer[] = [];
    let bytes = 0;
    // Files below /proc give their content piece by piece.
    while (bytes < mostBytes) {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.min(mostBytes - bytes, 65_536)));
      if (bytesRead === 0) break;
      chunks.push(buffer.subarray(0, bytesRead));
      bytes += bytesRead;
    }
    return Buffer.concat(chunks);
  } finally {
    await file.close();
  }
}
