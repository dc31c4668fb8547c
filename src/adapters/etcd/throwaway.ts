/** An etcd of one member on loopback that lives for one look at a restored snapshot. Ended by its own process group, its folder removed. */
import { rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { CommandResult } from '../exec/process.ts';
import { startCommand } from '../exec/run.ts';
import * as protos from '../grpc/protos/etcd.ts';
import type { Remote } from '../grpc/remote.ts';
import type { Reach } from './access.ts';
import { BackupError } from './backup-error.ts';

/** A database of 8 GiB takes a minute to restore and open on a slow disk. */
const restoreMs = 600_000;
const startMs = 120_000;
const pollMs = 100;
const mostBytes = 4_000;
const plain = { ca: null, cert: null, key: null };

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** The last thing that a program said is why it ended. */
export const lastWords = ({ stdout, stderr, failedToStart, timedOut }: CommandResult): string => {
  if (failedToStart !== null) return failedToStart;
  const said = (stderr.trim() || stdout.trim()).split('\n').at(-1)?.slice(0, 400) ?? '';
  return timedOut ? `not ended in time; ${said}` : said;
};

export interface Programs {
  readonly etcd: string;
  readonly etcdutl: string;
}

/** `folder` must not be there yet. Rejects with `backup.unproven` when the file cannot be restored or what was restored does not start. */
export async function withRestored<Result>(
  {
    snapshot,
    folder,
    programs,
    reach,
  }: {
    readonly snapshot: string;
    readonly folder: string;
    readonly programs: Programs;
    readonly reach: Reach;
  },
  work: (remote: Remote, signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const [client, peer] = [`http://127.0.0.1:${await freePort()}`, `http://127.0.0.1:${await freePort()}`];
  const data = join(folder, 'data');
  const own = [
    '--name=trial',
    `--initial-cluster=trial=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--data-dir=${data}`,
  ];
  const ending = new AbortController();
  const limits = { timeoutMs: restoreMs, maxBytes: mostBytes, signal: ending.signal };
  try {
    const restored = await startCommand([programs.etcdutl, 'snapshot', 'restore', snapshot, ...own], limits).result;
    if (restored.exitCode !== 0)
      throw new BackupError('backup.unproven', `it cannot be restored: ${lastWords(restored)}`);
    const urls = [`--listen-client-urls=${client}`, `--advertise-client-urls=${client}`, `--listen-peer-urls=${peer}`];
    // What it writes is thrown away: a disk beside a live member is spared its syncs.
    const flags = ['--unsafe-no-fsync', '--log-level=error', '--auto-compaction-retention=0'];
    const running = startCommand([programs.etcd, ...own, ...urls, ...flags], limits);
    const ended = running.result.then((result) => {
      throw new BackupError('backup.unproven', `the restored etcd ended: ${lastWords(result)}`);
    });
    try {
      return await Promise.race([ended, untilReady(reach, client).then(() => reach(client, plain, startMs, work))]);
    } finally {
      ended.catch(() => undefined);
      ending.abort();
      await running.gone;
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function untilReady(reach: Reach, endpoint: string): Promise<void> {
  const untilMs = performance.now() + startMs;
  for (;;) {
    const leader = await reach(endpoint, plain, 5_000, (remote, signal) =>
      remote.call(protos.readStatus, {}, signal),
    ).then(
      (status) => status.leader,
      () => '0',
    );
    if (leader !== '0') return;
    if (performance.now() > untilMs) throw new BackupError('backup.unproven', 'the restored etcd did not become ready');
    await wait(pollMs);
  }
}
