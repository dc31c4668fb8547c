/** Reads certificates and keys anew for every look, so that a renewed one is used at once. Bounded; contents are never shown. */
import { open } from 'node:fs/promises';
import { codeOf, failWith } from '../probe/finding.ts';

/** A bundle of all public authorities is about 220 KiB. */
const mostBytes = 1024 * 1024;

async function readBounded(path: string): Promise<Buffer> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    if (size > mostBytes) throw new Error(`it has ${size} bytes, more than ${mostBytes}`);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(mostBytes + 1), 0, mostBytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** Rejects with a finding: without its certificates a look is not possible, which says nothing of the component. */
export async function readCredential(what: string, path: string | null): Promise<Buffer | undefined> {
  if (path === null) return undefined;
  return readBounded(path).catch((error: unknown) => {
    const denied = codeOf(error) === 'EACCES' || codeOf(error) === 'EPERM';
    const cause = error instanceof Error ? error.message : String(error);
    throw failWith(denied ? 'probe.denied' : 'probe.tls', `cannot read the ${what} ${path}: ${cause}`);
  });
}
