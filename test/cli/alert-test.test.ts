import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { alertTest } from '../../src/cli/alert-test.ts';
import { createControl } from '../../src/serve/control.ts';
import { createMetrics } from '../../src/serve/metrics.ts';
import { createStandIn } from '../serve/stand-in.ts';
import { record } from './recorder.ts';

t.test('alert test asks the daemon: 0 when it arrived, 1 when not, 2 for a target that is not there', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'nodemend-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const source = createStandIn({ alerts: [{ name: 'oncall', waiting: 0, failures: 0, lost: 0, detail: '' }] });
  const control = createControl(source, createMetrics());
  const socket = join(folder, 'control.sock');
  await control.listen(socket);
  t.teardown(() => control.close());
  const io = record();
  t.equal(await alertTest({ socket, target: null }, io), 0);
  source.setAnswer({ ok: false, message: 'not every target took the test message: oncall: refused' });
  t.equal(await alertTest({ socket, target: 'oncall' }, io), 1);
  t.equal(await alertTest({ socket, target: 'nobody' }, io), 2);
  t.same(source.asked, [
    { type: 'alert-test', target: null },
    { type: 'alert-test', target: 'oncall' },
  ]);
  t.equal(io.said.out, 'done\n');
  t.equal(
    io.said.err,
    'not every target took the test message: oncall: refused\nthere is no target "nobody": known are oncall\n',
  );
});
