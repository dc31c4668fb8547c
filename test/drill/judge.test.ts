/** What the witness reads and hears, and what is made of it. */
import t from 'tap';
import { parseDeeds } from '../../src/drill/bus.ts';
import { findExpected, findForbidden } from '../../src/drill/judge.ts';
import type { Observed, Sample, UnitState } from '../../src/drill/observed.ts';
import { parseLook, parseTimestamp } from '../../src/drill/witness.ts';

const state = (parts: Partial<UnitState> = {}): UnitState => ({
  ...{ ActiveState: 'active', SubState: 'running', MainPID: '84', InvocationID: 'one', NRestarts: '0' },
  ...{ Result: 'success', UnitFileState: 'enabled', ActiveEnterTimestamp: '', ExecMainStartTimestamp: '' },
  ...parts,
});
const sample = (atMs: number, parts: Partial<UnitState> = {}, answers: boolean | null = null): Sample => ({
  ...{ atMs, bootId: 'boot', phases: null, units: { 'kubelet.service': state(parts) } },
  answers: answers === null ? {} : { 'kubelet.service': answers },
});
const observed = (samples: readonly Sample[], parts: Partial<Observed> = {}): Observed => ({
  ...{ before: sample(0), struckAtMs: 1_000, samples, deeds: [] },
  ...parts,
});

t.test("systemd's times are read to the microsecond", async (t) => {
  t.equal(parseTimestamp('Thu 1970-01-01 00:00:01.500250 UTC'), 1_500.25);
  t.equal(parseTimestamp('Thu 1970-01-01 00:00:02 UTC'), 2_000);
  t.equal(parseTimestamp(''), null);
  t.equal(parseTimestamp('n/a'), null);
});

t.test('a look is boot id, time and one block of properties per unit', async (t) => {
  const text = 'boot\n1795541565062\nId=a.service\nMainPID=84\nResult=success\n\nMainPID=0\nId=b.service\n';
  t.match(parseLook(text), {
    bootId: 'boot',
    atMs: 1_795_541_565_062,
    units: { 'a.service': { MainPID: '84', Result: 'success' }, 'b.service': { MainPID: '0', ActiveState: '' } },
  });
  t.equal(parseLook(''), null);
  t.equal(parseLook('boot\n1795541565062\nFailed to connect\n'), null);
});

t.test('of the bus only what changes something and is not known to be of another unit is counted', async (t) => {
  const call = (sender: string, member: string, unit: string) =>
    JSON.stringify({ sender, member, payload: { data: [unit, 'replace'] }, 'timestamp-realtime': 2_000_500 });
  const lines = [
    call(':1.9', 'RestartUnit', 'kubelet.service'),
    call(':1.3', 'StopUnit', 'session.scope'),
    call(':1.9', 'GetUnit', 'kubelet.service'),
    call(':1.9', 'Reboot', ''),
    '{"half a li',
  ];
  t.same(parseDeeds(lines.join('\n'), new Set([':1.3'])), [
    { atMs: 2_000.5, member: 'RestartUnit', unit: 'kubelet.service' },
    { atMs: 2_000.5, member: 'Reboot', unit: '' },
  ]);
});

const mended = { kind: 'mended', unit: 'kubelet.service', by: 'nodemend' } as const;
const entered = 'Thu 1970-01-01 00:00:01.250000 UTC';
const renewed = { InvocationID: 'two', ActiveEnterTimestamp: entered };
const restart = { atMs: 1_200, member: 'RestartUnit', unit: 'kubelet.service' };

t.test("the time of a recovery is systemd's when the first look found it well, else that of the look", async (t) => {
  const atOnce = observed([sample(1_100, { ActiveState: 'failed' }), sample(1_400, renewed, true)], {
    deeds: [restart],
  });
  t.match(findExpected(mended, atOnce), { answer: 'yes', afterMs: 250 });
  const slowly = observed([sample(1_400, renewed, false), sample(9_400, renewed, true)], { deeds: [restart] });
  t.match(findExpected(mended, slowly), { answer: 'yes', afterMs: 8_400 });
});

t.test('a process that runs and does not answer, the old run, and the deed of another are no recovery', async (t) => {
  const answerOf = (samples: readonly Sample[], deeds: Observed['deeds'] = [restart]) =>
    findExpected(mended, observed(samples, { deeds })).answer;
  t.equal(answerOf([sample(1_400, renewed, false)]), 'open');
  t.equal(answerOf([sample(1_400, {}, true)]), 'open');
  t.equal(answerOf([sample(1_400, renewed, true)], []), 'open', 'systemd brought it back');
  t.equal(answerOf([sample(1_400, renewed, true)]), 'yes');
});

t.test('what must not happen is found wherever it happened', async (t) => {
  const never = (
    kind: Parameters<typeof findForbidden>[0],
    parts: Partial<Observed>,
    samples: readonly Sample[] = [],
  ) => findForbidden(kind, observed(samples, parts)).answer;
  const restarted = { kind: 'restarted', units: ['kubelet.service'] } as const;
  t.equal(never(restarted, {}, [sample(1_100), sample(1_200, renewed), sample(1_300)]), 'no');
  t.equal(never(restarted, {}, [sample(1_100)]), 'yes');
  t.equal(never({ kind: 'starts', moreThan: 1 }, { deeds: [restart] }), 'yes');
  t.equal(never({ kind: 'starts', moreThan: 1 }, { deeds: [restart, restart] }), 'no');
  const kill = { ...restart, member: 'KillUnit' };
  t.equal(never({ kind: 'killed', units: ['kubelet.service'] }, { deeds: [kill] }), 'no');
  t.equal(never({ kind: 'killed', units: ['docker.service'] }, { deeds: [kill] }), 'yes');
  t.equal(never({ kind: 'down' }, { deeds: [{ atMs: 1, member: 'Reboot', unit: '' }] }), 'no');
  t.equal(never({ kind: 'down' }, {}, [{ ...sample(1_100), bootId: 'other' }]), 'no');
  t.equal(never({ kind: 'down' }, { deeds: [restart] }), 'yes');
});
