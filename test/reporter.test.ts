import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';

const report = `TAP version 14
# Subtest: test/a.test.ts
    ok 1 - fine
    ok 2 - a node boots # SKIP it takes root
ok 1 - test/a.test.ts # time=1ms
# Subtest: test/b.test.ts
    ok 1 - a node ends # SKIP it takes root
ok 2 - test/b.test.ts # time=1ms
# Subtest: test/c.test.ts
    not ok 1 - broken
not ok 3 - test/c.test.ts # time=1ms
1..3
`;

t.test('a line per file, all of what failed, and at the end what did not run and why', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'nodemend-reporter-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const kept = join(folder, 'kept/report.tap');
  const program = join(import.meta.dirname, 'reporter.ts');
  const { stdout } = spawnSync(process.execPath, [program, kept], { input: report, encoding: 'utf8' });
  t.equal(
    stdout,
    'passed  test/a.test.ts  (2 tests, 1 of them left out)\n' +
      '        left out: a node boots\n' +
      'NOT RUN test/b.test.ts  (1 test, 1 of them left out)\n' +
      '        left out: a node ends\n' +
      '# Subtest: test/c.test.ts\n' +
      '    not ok 1 - broken\n' +
      'not ok 3 - test/c.test.ts # time=1ms\n' +
      'FAILED  test/c.test.ts  (1 test)\n' +
      '\n' +
      '*** 2 tests did NOT run: it takes root\n',
  );
  t.equal(readFileSync(kept, 'utf8'), report);
});
