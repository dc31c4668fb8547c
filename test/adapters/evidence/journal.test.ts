import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { readJournal } from '../../../src/adapters/evidence/journal.ts';
import { startCommand } from '../../../src/adapters/exec/run.ts';
import { makeFolder, plentyMs, shortMs } from '../probe/stage.ts';

/** A journalctl that does as it is told. */
function makeStart(t: Test, script: string): typeof startCommand {
  const folder = makeFolder(t);
  writeFileSync(join(folder, 'journalctl'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return (argv, options) => startCommand(argv, { ...options, env: { PATH: `${folder}:/usr/bin:/bin` } });
}

t.test('the newest lines of the unit, and nothing else, are asked for', async (t) => {
  const { text, gone } = readJournal(makeStart(t, 'echo "$@"'), 'containerd.service', plentyMs);
  t.equal(await text, '--unit=containerd.service --lines=200 --reverse --output=short-monotonic --no-pager --quiet\n');
  await gone;
});

t.test('a journal that does not answer', async (t) => {
  const { text, gone } = readJournal(makeStart(t, 'echo begun; exec sleep 1000'), 'a.service', shortMs);
  t.match(await text, /cut short/);
  await gone;
});

t.test('a journal that says too much', async (t) => {
  const start = makeStart(t, 'exec head -c 1000000 /dev/zero');
  t.equal((await readJournal(start, 'a.service', plentyMs).text).length, 131_072);
});

t.test('a journal that cannot be read', async (t) => {
  const start = makeStart(t, 'echo "No journal files were opened due to insufficient permissions." >&2; exit 1');
  t.match(await readJournal(start, 'a.service', plentyMs).text, /insufficient permissions/);
  const missing: typeof startCommand = (argv, options) => startCommand(argv, { ...options, env: { PATH: '/no/such' } });
  t.equal(await readJournal(missing, 'a.service', plentyMs).text, 'cannot run journalctl: ENOENT');
});
