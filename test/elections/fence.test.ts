/** The store of the elections' lab and its writers, without the lab: what they keep is what happened. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import t from 'tap';
import { waitFor } from '../lab/harness/wait.ts';
import { createFence } from './fence.ts';
import { faultsIn } from './history.ts';

const patienceMs = 30_000;

t.test('a higher token shuts out a lower one, and the history says so', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'fence-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const fence = createFence();
  t.teardown(() => fence.close());
  const path = join(folder, 'socket');
  await fence.listen(path);
  const lead = (token: number) => {
    const env = { ...process.env, NODEMEND_ELECTION: 'boss', NODEMEND_FENCING_TOKEN: String(token) };
    const child = spawn(process.execPath, [resolve(import.meta.dirname, 'writer.ts'), path], { env, stdio: 'inherit' });
    t.teardown(() => child.kill('SIGKILL'));
    return child;
  };
  const of = (token: number) => fence.history().filter((write) => write.token === token);

  const first = lead(5);
  await waitFor(() => of(5).filter(({ endedAtMs }) => endedAtMs !== null).length > 3, patienceMs, 'writes');
  const second = lead(9);
  await waitFor(() => of(9).length > 3 && of(5).at(-1)?.order === null, patienceMs, 'the first to be refused');
  second.kill('SIGKILL');
  const refused = of(5).filter(({ order }) => order === null).length;
  await waitFor(() => of(5).filter(({ order }) => order === null).length > refused, patienceMs, 'another refusal');
  first.kill('SIGKILL');
  t.same(faultsIn(fence.history()), []);
  t.match(fence.history()[0], { election: 'boss', writer: hostname(), token: 5, order: 1 });
  for (const { beganAtMs, endedAtMs } of fence.history()) t.ok(endedAtMs === null || endedAtMs > beganAtMs);
});
