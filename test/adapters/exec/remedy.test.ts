import t from 'tap';
import { createRemedyCommand } from '../../../src/adapters/exec/remedy.ts';
import { runCommand } from '../../../src/adapters/exec/run.ts';
import { plentyMs, shortMs } from '../probe/stage.ts';

const run = createRemedyCommand(runCommand);
const shell = (script: string, timeoutMs = plentyMs) => run(['/bin/sh', '-c', script], timeoutMs);

t.test('exit status 0 is done', async (t) => {
  t.same(await shell('echo chatter; exit 0'), { ok: true, reason: 'action.done', detail: '' });
});

t.test('any other end is a failure that says why', async (t) => {
  t.same(await shell('echo broken >&2; exit 3'), {
    ok: false,
    reason: 'action.failed',
    detail: '/bin/sh: exit status 3 broken',
  });
  t.match(await shell('kill -TERM $$'), { ok: false, reason: 'action.failed', detail: '/bin/sh: SIGTERM' });
  t.match(await run(['/no/such/program'], plentyMs), {
    ok: false,
    reason: 'action.failed',
    detail: '/no/such/program: ENOENT',
  });
});

t.test('what does not end is ended, and is a timeout', async (t) => {
  t.same(await run(['/bin/sleep', '1000'], shortMs), {
    ok: false,
    reason: 'action.timeout',
    detail: '/bin/sleep did not end in 300 ms',
  });
});

t.test('what it says is one clean line of at most 200 characters', async (t) => {
  const { detail } = await shell(`printf '\\033[31mred\\n%0500d' 1 >&2; exit 1`);
  t.match(detail, /^\/bin\/sh: exit status 1 {2}\[31mred 0000/);
  t.equal(detail.length, 200);
});
