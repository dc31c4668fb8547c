/** Writes a key after another to a cluster, at whichever of the given endpoints answers, and tells of each that was acknowledged: its number and revision. */

import { setTimeout as wait } from 'node:timers/promises';
import { createReach } from '../../../src/adapters/etcd/access.ts';
import { put } from '../../../src/adapters/grpc/protos/etcd.ts';
import { clientFiles } from './etcd.ts';

const endpoints = process.argv.slice(2);
const reach = createReach();
let at = 0;

for (let number = 1; ; number += 1) {
  const endpoint = endpoints[at % endpoints.length] ?? '';
  const write = { key: Buffer.from(`/story/${number}`), value: Buffer.from(String(number)), lease: '0' };
  try {
    const { header } = await reach(endpoint, clientFiles, 2_000, (remote, signal) => remote.call(put, write, signal));
    process.stdout.write(`${number} ${header.revision}\n`);
    await wait(20);
  } catch {
    // It may have been written all the same; only what was acknowledged counts.
    at += 1;
    await wait(50);
  }
}
