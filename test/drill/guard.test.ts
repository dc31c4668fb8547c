/** A drill that is killed leaves a guard behind, which heals. Real processes on this machine. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import t from 'tap';
import { createJournal } from '../../src/drill/journal.ts';
import { eventually } from '../serve/raw.ts';

const source = resolve(import.meta.dirname, '../../src/drill');

t.test('a drill that gets SIGKILL is healed by its guard', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'nodemend-drill-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const healed = join(folder, 'healed');
  const journal = createJournal(folder);
  journal.write({ target: 'local', failure: 'drilled', heal: [['false'], ['touch', healed]] });
  const program = `
    const { startGuard } = await import(${JSON.stringify(`${source}/guard.ts`)});
    startGuard(${JSON.stringify(`${source}/main.ts`)}, ${JSON.stringify(folder)});
    process.stdout.write('guarded');
    setInterval(() => undefined, 1000);`;
  const drill = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(drill.stdout, 'data');
  t.notOk(existsSync(healed), 'while the drill runs its guard does nothing');
  drill.kill('SIGKILL');
  await eventually(() => existsSync(healed) && journal.read() === null);
  t.pass('what it had broken is healed, and the journal says so');
});
