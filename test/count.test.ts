import t from 'tap';
import { countReport } from './count.ts';

const report = `TAP version 14
# Subtest: test/a.test.ts
    # Subtest: inner
        ok 1 - an assertion
        not ok 2 - another
    not ok 1 - inner # time=1ms
    ok 2 - fine
    ok 3 - left out # SKIP no root
    1..3
not ok 1 - test/a.test.ts # time=2ms
# Subtest: test/b.test.ts
    1..0
not ok 2 - test/b.test.ts # time=2ms
# Subtest: test/c.test.ts
    ok 1 - fine
ok 3 - test/c.test.ts # time=2ms
1..3
`;

t.test('tests are counted, not assertions; a file that fails without a test counts once', async (t) => {
  t.same(countReport(report), { passed: 2, failed: 2, skipped: 1 });
  t.same(countReport(''), { passed: 0, failed: 0, skipped: 0 });
});
