import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import t from 'tap';
import { fileLocks } from '../../../src/adapters/file-lock/lock.ts';
import { holdContract } from '../locks/contract.ts';
import { createCandidate, policyOn, tokenOf } from '../locks/stage.ts';
import { makeFolder } from '../probe/stage.ts';

const policyIn = (path: string) => (identity: string) => policyOn({ kind: 'file', path }, identity);

t.test('a file keeps the contract of a lock', async (t) => {
  await holdContract(t, fileLocks, policyIn(join(makeFolder(t), 'lock.db')));
});

t.test('a claim over what has changed meanwhile is refused', async (t) => {
  const policy = policyIn(join(makeFolder(t), 'lock.db'));
  const [a, b] = ['a', 'b'].map((identity) => createCandidate(fileLocks, policy(identity)));
  t.teardown(() => {
    a?.lock.close();
    b?.lock.close();
  });
  await a?.ask('look');
  await b?.ask('look');
  t.match(await a?.ask('claim'), { said: 'held' });
  t.match(await b?.lock.ask({ want: 'claim', over: null, timeoutMs: 1_000 }), {
    said: 'refused',
    sighting: { holder: 'a' },
  });
});

t.test('two of one identity do not take each other for themselves', async (t) => {
  const policy = policyIn(join(makeFolder(t), 'lock.db'));
  const [a, other] = [createCandidate(fileLocks, policy('a')), createCandidate(fileLocks, policy('a'))];
  t.teardown(() => {
    a.lock.close();
    other.lock.close();
  });
  await a.ask('look');
  await a.ask('claim');
  t.match(await other.ask('look'), { sighting: { holder: 'a', ours: false } });
  t.match(await other.ask('renew'), { said: 'refused' });
  await other.ask('release');
  t.match(await a.ask('renew'), { said: 'held' });
});

t.test('a holder that was killed leaves its lock as it was, and the next token is higher', async (t) => {
  const path = join(makeFolder(t), 'lock.db');
  const holder = spawn(process.execPath, [join(import.meta.dirname, 'holder.ts'), path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.teardown(() => holder.kill('SIGKILL'));
  const lines = createInterface({ input: holder.stdout })[Symbol.asyncIterator]();
  const first = Number((await lines.next()).value);
  holder.kill('SIGKILL');
  await once(holder, 'exit');
  const next = createCandidate(fileLocks, policyIn(path)('b'));
  t.teardown(() => next.lock.close());
  t.match(await next.ask('look'), { sighting: { holder: 'killed', ours: false, durationMs: 15_000, token: first } });
  t.equal(tokenOf(await next.ask('claim')), first + 1);
});

t.test('a file that was removed is begun with a higher token, and one that is no lock is told of', async (t) => {
  const path = join(makeFolder(t), 'lock.db');
  const before = createCandidate(fileLocks, policyIn(path)('a'));
  await before.ask('look');
  const first = tokenOf(await before.ask('claim'));
  before.lock.close();
  for (const side of ['', '-wal', '-shm']) rmSync(path + side, { force: true });
  const after = fileLocks.open({
    policy: policyIn(path)('b'),
    nowMs: () => 0,
    wallMs: () => Date.now() + 5_000,
    sighted: () => undefined,
  });
  t.teardown(() => after.close());
  await after.ask({ want: 'look', over: null, timeoutMs: 1_000 });
  t.ok(tokenOf(await after.ask({ want: 'claim', over: null, timeoutMs: 1_000 })) > first);

  const text = join(makeFolder(t), 'text');
  writeFileSync(text, 'this is no database, and long enough to be taken for one if nobody looked');
  t.match(await createCandidate(fileLocks, policyIn(text)('a')).ask('look'), {
    said: 'failed',
    reason: 'election.misconfigured',
    detail: /text: file is not a database/,
  });
  t.match(await createCandidate(fileLocks, policyIn('/nonexistent/lock')('a')).ask('look'), {
    said: 'failed',
    reason: 'election.misconfigured',
  });
});
