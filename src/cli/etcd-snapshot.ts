/** `nodemend etcd snapshot [FILE]`: one snapshot now; exit 1 when none was taken. */
import type { Taken } from '../core/etcd/backup.ts';
import { reasons } from '../core/reason.ts';
import { cleanText } from '../markup/clean.ts';
import { exitStatus, type Io } from './io.ts';
import { formatBytes } from './show-etcd.ts';

/** For an operator: the reason, what it means here, what to do. */
export function tellFailure({
  reason,
  detail,
}: {
  readonly reason: keyof typeof reasons;
  readonly detail: string;
}): string {
  const { meaning, advice } = reasons[reason];
  return `${reason}: ${meaning} (${cleanText(detail, 600)}); ${advice}\n`;
}

export async function etcdSnapshot(
  options: { readonly json?: boolean | undefined },
  io: Io,
  take: () => Promise<Taken>,
): Promise<number> {
  const taken = await take();
  if (options.json === true) io.out(`${JSON.stringify(taken, null, 2)}\n`);
  else if (taken.ok) {
    const { path, record, notices } = taken;
    io.out(
      `${path}: ${formatBytes(record.bytes)}, ${record.keys} keys at revision ${record.revision}, sha256 ${record.sha256}\n`,
    );
    for (const notice of notices) io.err(`${cleanText(notice, 600)}\n`);
  } else io.err(tellFailure(taken));
  return taken.ok ? exitStatus.fine : exitStatus.no;
}
