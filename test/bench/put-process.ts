/** Puts a small key into a member of etcd fifty times a second over one connection, and tells of each when it began and how long it took, in milliseconds. */
import { setTimeout as wait } from 'node:timers/promises';
import { createReach } from '../../src/adapters/etcd/access.ts';
import { put } from '../../src/adapters/grpc/protos/etcd.ts';

const [, , endpoint = '', key = ''] = process.argv;
const files = { ca: null, cert: null, key: null };
const longestMs = 3_600_000;

await createReach()(endpoint, files, longestMs, async (remote, signal) => {
  const write = { key: Buffer.from(key), value: Buffer.alloc(100, 'x'), lease: '0' };
  for (;;) {
    const [atMs, begunMs] = [Date.now(), performance.now()];
    await remote.call(put, write, signal);
    process.stdout.write(`${atMs} ${performance.now() - begunMs}\n`);
    await wait(20);
  }
});
