/** Reads certificates and keys anew for every look, so that a renewed one is used at once. Bounded; contents are never shown. */
import { codeOf, failWith } from '../probe/finding.ts';
import { readStart } from '../probe/read-file.ts';

/** A bundle of all public authorities is about 220 KiB. */
const mostBytes = 1024 * 1024;

/** Rejects with a finding: without its certificates a look is not possible, which says nothing of the component. */
export async function readCredential(what: string, path: string | null): Promise<Buffer | undefined> {
  if (path === null) return undefined;
  const content = await readStart(path, mostBytes + 1).catch((error: unknown) => {
    const denied = codeOf(error) === 'EACCES' || codeOf(error) === 'EPERM';
    const cause = error instanceof Error ? error.message : String(error);
    throw failWith(denied ? 'probe.denied' : 'probe.tls', `cannot read the ${what} ${path}: ${cause}`);
  });
  if (content.length > mostBytes) throw failWith('probe.tls', `the ${what} ${path} is larger than ${mostBytes} bytes`);
  return content;
}
