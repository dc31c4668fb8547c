import t, { type Test } from 'tap';
import { createBackups } from '../../../src/adapters/backups/backups.ts';
import { createProber } from '../../../src/adapters/probe/prober.ts';
import { plentyMs } from '../probe/stage.ts';

const clock = { nowMs: () => performance.now(), wallMs: () => 1_790_000_000_000 };

function createLook(t: Test) {
  const prober = createProber({ clock, mainPid: () => 0 });
  const backups = createBackups({ clock, prober });
  t.teardown(() => prober.close());
  t.teardown(() => backups.close());
  return (argv: readonly string[], timeoutMs = plentyMs) =>
    backups.look({ type: 'backups.look', check: 'off-site', target: { kind: 'command', argv }, timeoutMs });
}

t.test('a command judges by its exit status', async (t) => {
  const look = createLook(t);
  const wallMs = 1_790_000_000_000;
  t.match(await look(['/bin/sh', '-c', 'echo 3 h old']), {
    known: true,
    wallMs,
    found: { ok: true, detail: '3 h old' },
  });
  t.match(await look(['/bin/sh', '-c', 'echo 40 h old; exit 2']), {
    known: true,
    found: { ok: false, detail: '/bin/sh ended with 2: 40 h old' },
  });
});

t.test('one that cannot be run, does not end or is killed says nothing of backups', async (t) => {
  const look = createLook(t);
  t.match(await look(['/no/such']), { known: false, detail: /^probe.no-command: cannot run \/no\/such/ });
  t.match(await look(['/bin/sh', '-c', 'kill -9 $$']), { known: false, detail: /^probe.failed/ });
  t.match(await look(['/bin/sh', '-c', 'exit 127']), { known: false });
  t.match(await look(['/bin/sleep', '60'], 50), { known: false, detail: /^probe.timeout/ });
});
