/** `nodemend etcd verify [FILE]`: restores a snapshot on trial; exit 1 when it is not proven, also when it could not be tried. */
import type { Verification } from '../core/etcd/backup.ts';
import { cleanText } from '../markup/clean.ts';
import { tellFailure } from './etcd-snapshot.ts';
import { exitStatus, type Io } from './io.ts';

export async function etcdVerify(
  options: { readonly json?: boolean | undefined },
  io: Io,
  verify: () => Promise<{ readonly path: string; readonly verification: Verification } | null>,
): Promise<number> {
  const proof = await verify();
  if (proof === null) {
    io.err('there is no snapshot to verify: nodemend etcd snapshot takes one\n');
    return exitStatus.no;
  }
  const { path, verification } = proof;
  if (options.json === true) io.out(`${JSON.stringify({ path, ...verification }, null, 2)}\n`);
  else if (verification.ok) io.out(`${path}: restored on trial, ${cleanText(verification.detail)}\n`);
  else io.err(`${path}: ${tellFailure(verification)}`);
  return verification.ok ? exitStatus.fine : exitStatus.no;
}
