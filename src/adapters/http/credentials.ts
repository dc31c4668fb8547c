/** Reads certificates and keys anew for every look, so that a renewed one is used at once. Bounded; contents are never shown. */
import { codeOf, failWith, finding } from '../probe/finding.ts';
import type { LookContext } from '../probe/look.ts';
import { readStart } from '../probe/read-file.ts';

/** A bundle of all public authorities is about 220 KiB. */
const mostBytes = 1024 * 1024;

/** Rejects with a finding: without its certificates a look is not possible, which says nothing of the component. */
export async function readCredential(
  what: string,
  path: string | null,
  { signal, tell }: Pick<LookContext, 'signal' | 'tell'>,
): Promise<Buffer | undefined> {
  if (path === null) return undefined;
  // On a disk that does not answer the read goes on, and the look with it; the reason is the disk's all the same.
  const giveUp = (): void => tell(finding('probe.failed', `cannot read the ${what} ${path} in time`));
  signal.addEventListener('abort', giveUp);
  const content = await readStart(path, mostBytes + 1)
    .catch((error: unknown) => {
      const denied = codeOf(error) === 'EACCES' || codeOf(error) === 'EPERM';
      const cause = error instanceof Error ? error.message : String(error);
      throw failWith(denied ? 'probe.denied' : 'probe.tls', `cannot read the ${what} ${path}: ${cause}`);
    })
    .finally(() => signal.removeEventListener('abort', giveUp));
  if (content.length > mostBytes) throw failWith('probe.tls', `the ${what} ${path} is larger than ${mostBytes} bytes`);
  return content;
}
