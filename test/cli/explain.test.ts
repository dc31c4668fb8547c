import t from 'tap';
import { explain } from '../../src/cli/explain.ts';
import { reasons } from '../../src/core/reason.ts';
import { record } from './recorder.ts';

t.test('a reason is explained: what it means, what nodemend does, what you should do', async (t) => {
  const io = record();
  t.equal(explain({ reason: 'restart.budget-spent' }, io), 0);
  t.equal(
    io.said.out,
    `restart.budget-spent (error)
means      the budget of actions is spent; only slow half-open retries are left;
           look at the evidence
nodemend   goes on with one retry per longest back-off, for ever
you        mend the cause: nodemend history COMPONENT shows what was tried, the
           evidence what it looked like; then nodemend restart COMPONENT
`,
  );
});

t.test('for programs', async (t) => {
  const one = record();
  t.equal(explain({ reason: 'pause.set', json: true }, one), 0);
  t.same(JSON.parse(one.said.out), {
    reason: 'pause.set',
    severity: 'info',
    meaning: 'an operator paused supervision',
    does: 'does nothing until the pause ends; goes on looking',
    advice: 'nodemend resume ends it sooner',
  });
  const all = record();
  t.equal(explain({ reason: null, json: true }, all), 0);
  t.same(
    JSON.parse(all.said.out).map(({ reason }: { reason: string }) => reason),
    Object.keys(reasons),
  );
});

t.test('without a reason all are listed, a line each', async (t) => {
  const io = record();
  t.equal(explain({ reason: null }, io), 0);
  const lines = io.said.out.trimEnd().split('\n');
  t.equal(lines.length, Object.keys(reasons).length + 1);
  t.match(lines[0], /^REASON +SEVERITY +MEANING$/);
  for (const line of lines) t.ok(line.length <= 80, line);
});

t.test('an unknown reason is wrong usage, and the nearest one is named', async (t) => {
  for (const [given, meant] of [
    ['restart.budget-spend', 'restart.budget-spent'],
    ['budget-spent', 'reboot.budget-spent'],
    ['store.lots', 'store.lost'],
    ['constructor', 'store.ok'],
  ] as const) {
    const io = record();
    t.equal(explain({ reason: given }, io), 2);
    t.equal(io.said.out, '');
    t.equal(io.said.err, `there is no reason "${given}": did you mean ${meant}? nodemend explain lists all\n`);
  }
});

t.test('every reason says what nodemend does and what you should do, in one sentence each', async (t) => {
  for (const [reason, { meaning, does, advice }] of Object.entries(reasons)) {
    for (const text of [meaning, does, advice]) {
      t.match(text, /^[a-z].{3,}[^.;,\s]$/, `${reason}: ${text}`);
      t.ok(text.length <= 200, `${reason}: ${text}`);
    }
  }
});
