import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { lookExec } from '../../../src/adapters/exec/look.ts';
import { lookOnce, makeFolder, makeHangingFile, plentyMs, shortMs } from '../probe/stage.ts';

const look = (argv: readonly string[], timeoutMs = plentyMs) =>
  lookOnce((context) => lookExec({ kind: 'exec', argv }, context), timeoutMs);
const shell = (script: string) => look(['/bin/sh', '-c', script]);

t.test('the exit status decides', async (t) => {
  t.match(await shell('echo all well'), { verdict: 'healthy', reason: 'probe.ok', detail: 'all well' });
  for (const status of [1, 2, 125]) {
    t.match(await shell(`echo broken >&2; exit ${status}`), {
      verdict: 'unhealthy',
      reason: 'probe.exit-status',
      detail: `/bin/sh ended with ${status}: broken`,
    });
  }
});

t.test('what could not be run says nothing of the component', async (t) => {
  const plain = join(makeFolder(t), 'plain');
  writeFileSync(plain, '', { mode: 0o644 });
  const unknown = { verdict: 'unknown', reason: 'probe.no-command' };
  t.match(await look(['/no/such/program']), { ...unknown, detail: 'cannot run /no/such/program: ENOENT' });
  t.match(await look([plain]), unknown, 'no right to run it');
  t.match(await shell('/no/such/program'), unknown, 'a shell says 127');
  t.match(await shell(plain), unknown, 'a shell says 126');
  t.match(await look([]), unknown);
});

t.test('what a signal ended was not able to say anything', async (t) => {
  t.match(await shell('kill -SEGV $$'), { verdict: 'unknown', reason: 'probe.failed', detail: /SIGSEGV/ });
  t.match(await shell('exit 137'), { verdict: 'unknown', reason: 'probe.failed' });
});

t.test('what does not end is a timeout', async (t) => {
  t.match(await look(['/bin/sleep', '1000'], shortMs), { verdict: 'unhealthy', reason: 'probe.timeout' });
});

t.test('a program on a disk that does not answer says nothing of the component', async (t) => {
  t.match(await look([makeHangingFile(t)], shortMs), {
    verdict: 'unknown',
    reason: 'probe.no-command',
    detail: /its file was not read in time/,
  });
});
