import t from 'tap';
import type { Action } from '../../../src/core/action.ts';
import type { LockAnswer } from '../../../src/core/elect/lock.ts';
import { faultIn } from '../../../src/core/elect/rules.ts';
import { type Elections, initialElections } from '../../../src/core/elect/state.ts';
import { stepElect } from '../../../src/core/elect/step.ts';
import type { Event } from '../../../src/core/event.ts';
import { policyOf } from './world.ts';

/** One candidate, whose lock answers as the test says. */
function stage(changes = {}) {
  let state: Elections = initialElections();
  let nowMs = 1_000_000;
  let asked: Extract<Action, { type: 'lock.ask' }> | null = null;
  const actions: string[] = [];
  const reasons: string[] = [];
  const send = (event: Event): void => {
    const step = stepElect(state, event, nowMs);
    state = step.elections;
    for (const action of step.actions) {
      if (action.type === 'lock.ask') asked = action;
      actions.push(action.type === 'lock.ask' ? action.want : `${action.type} ${'hook' in action ? action.hook : ''}`);
    }
    for (const { type, reason } of step.transitions) if (type === 'election.changed') reasons.push(reason);
  };
  const start = (): void => {
    send({ type: 'agent.started', bootId: 'b00t', seed: 1, store: 'ok' });
    send({ type: 'elections.loaded', policies: [policyOf('me', { onLost: ['/bin/lost'], ...changes })] });
  };
  const answer = (said: LockAnswer): void =>
    send({ type: 'lock.answered', election: 'boss', id: asked?.id ?? 0, answer: said });
  const election = () => state.byName['boss'];
  const held = (token = 5): LockAnswer => ({ said: 'held', token, version: '1' });
  const win = (): void => {
    start();
    answer({ said: 'sighted', sighting: null });
    answer(held());
  };
  const lostEnds = (): void => {
    const result = { ok: true, reason: 'action.done', detail: '' } as const;
    send({ type: 'hook.finished', election: 'boss', id: election()?.hook?.id ?? '', result });
  };
  /** Lets time pass in steps, as the loop does, without an answer of the lock. */
  const pass = (ms: number): void => {
    for (const untilMs = nowMs + ms; nowMs < untilMs; ) {
      nowMs = Math.min(untilMs, Math.max(nowMs, state.wakeAtMs ?? untilMs));
      send({ type: 'tick' });
    }
  };
  const jump = (ms: number): void => {
    nowMs += ms;
    send({ type: 'tick' });
  };
  const role = () => election()?.role;
  const restart = (): void => {
    state = JSON.parse(JSON.stringify(state)) as Elections;
    send({ type: 'agent.started', bootId: 'b00t', seed: 2, store: 'ok' });
  };
  return { send, start, answer, held, win, lostEnds, pass, jump, role, election, actions, reasons, restart };
}

const other = (version: string, durationMs: number | null = 15_000, holder = 'other') => ({
  said: 'sighted' as const,
  sighting: { holder, version, ours: false, durationMs, token: 3, sinceWallMs: null },
});

t.test('durations have to keep the rules of client-go', async (t) => {
  const durations = (leaseDurationMs: number, renewDeadlineMs: number, retryPeriodMs: number) =>
    faultIn({ leaseDurationMs, renewDeadlineMs, retryPeriodMs })?.key ?? null;
  t.equal(durations(15_000, 10_000, 2_000), null);
  t.equal(durations(10_000, 10_000, 2_000), 'leaseDurationMs');
  t.equal(durations(15_000, 2_400, 2_000), 'renewDeadlineMs', 'not longer than 1.2 times');
  t.equal(durations(15_000, 2_401, 2_000), null);
});

t.test('a free lock is claimed at once, and a term begins', async (t) => {
  const one = stage();
  one.win();
  t.equal(one.role(), 'leading');
  t.same(one.actions, ['look', 'claim']);
});

t.test('leadership that cannot be renewed is given up at the deadline, before anybody else may lead', async (t) => {
  const one = stage();
  one.win();
  one.pass(9_999);
  t.equal(one.role(), 'leading');
  one.pass(1);
  t.equal(one.role(), 'resigning');
  t.ok(one.reasons.includes('election.renew-deadline'));
});

t.test('at the end of a term its command runs, then the lock is let go, then it may be claimed again', async (t) => {
  const one = stage();
  one.win();
  one.actions.length = 0;
  one.send({ type: 'agent.stopping' });
  t.equal(one.role(), 'resigning', 'at once');
  t.same(one.actions, ['hook.run lost'], 'the lock waits for the command');
  one.lostEnds();
  t.same(one.actions, ['hook.run lost', 'release']);
  one.answer({ said: 'released' });
  t.equal(one.role(), 'stopped');
  one.pass(60_000);
  t.same(one.actions, ['hook.run lost', 'release'], 'and nobody stands any more');
});

t.test('a gap in time ends a term, and so does a suspension of the machine', async (t) => {
  const frozen = stage();
  frozen.win();
  frozen.jump(2_000 + 1_999);
  t.equal(frozen.role(), 'leading', 'less than 2 s late');
  const late = stage();
  late.win();
  late.jump(2_000 + 2_000);
  t.match([late.role(), late.reasons.at(-1)], ['resigning', 'clock.gap']);
  const sample = { pressure: 0, loopLagMs: 0, packageManager: null };
  const suspended = stage();
  suspended.win();
  suspended.send({ type: 'host.sampled', sample: { ...sample, suspendedMs: 100 } });
  t.equal(suspended.role(), 'leading');
  suspended.send({ type: 'host.sampled', sample: { ...sample, suspendedMs: 5_100 } });
  t.equal(suspended.role(), 'resigning');
});

t.test('a holder is alive as long as the lock changes, whatever the clocks say', async (t) => {
  const one = stage();
  one.start();
  one.answer(other('1'));
  one.actions.length = 0;
  for (let second = 0; second < 60; second += 1) {
    one.pass(1_000);
    if (one.actions.at(-1) === 'look') one.answer(other(`v${second}`));
  }
  t.notOk(one.actions.includes('claim'));
  for (let second = 0; second < 30 && !one.actions.includes('claim'); second += 1) {
    one.pass(1_000);
    if (one.actions.at(-1) === 'look') one.answer(other('v-last'));
  }
  t.ok(one.actions.includes('claim'), 'a silent one is gone after its own duration');
});

t.test('one whose life the lock itself watches is never judged', async (t) => {
  const one = stage();
  one.start();
  for (let second = 0; second < 120; second += 1) {
    if (one.actions.at(-1) === 'look') one.answer(other('1', null));
    one.pass(1_000);
  }
  t.notOk(one.actions.includes('claim'));
});

t.test('an identity that another live process has is told of, and the lock is let be', async (t) => {
  const one = stage();
  one.start();
  one.answer(other('1', 15_000, 'me'));
  one.pass(5_000);
  one.answer(other('2', 15_000, 'me'));
  t.match([one.role(), one.election()?.reason], ['standby', 'election.identity-in-use']);
  t.notOk(one.actions.includes('claim'));
});

t.test('what is not an election is never claimed', async (t) => {
  const one = stage();
  one.start();
  for (let times = 0; times < 10; times += 1) {
    one.answer({ said: 'barred', reason: 'election.not-an-election', detail: 'a heartbeat' });
    one.pass(10_000);
  }
  t.same([...new Set(one.actions)], ['look']);
  t.equal(one.election()?.reason, 'election.not-an-election');
});

t.test('a token that has not grown is no term', async (t) => {
  const one = stage({ onLost: null });
  one.win();
  one.pass(2_000);
  one.answer({ said: 'refused', sighting: null });
  one.answer({ said: 'released' });
  one.answer({ said: 'sighted', sighting: null });
  one.answer(one.held(5));
  t.match([one.role(), one.reasons.at(-1)], ['resigning', 'election.token-stale']);
});

t.test('a term that a killed agent has left open is brought to its end by the next', async (t) => {
  const one = stage();
  one.win();
  one.actions.length = 0;
  one.restart();
  t.match([one.role(), one.reasons.at(-1)], ['resigning', 'election.interrupted']);
  t.same(one.actions, ['hook.run lost']);
});

t.test('hundreds of elections do not ask all at once, neither at the start nor later', async (t) => {
  const policies = Array.from({ length: 300 }, (_, at) => ({ ...policyOf('me'), name: `boss-${at}` }));
  let state: Elections = initialElections();
  const asked = new Map<number, number>();
  for (let nowMs = 0; nowMs < 12_000; nowMs += 25) {
    const events: Event[] =
      nowMs === 0
        ? [
            { type: 'agent.started', bootId: 'b00t', seed: 1, store: 'ok' },
            { type: 'elections.loaded', policies },
          ]
        : [{ type: 'tick' }];
    for (let event = events.shift(); event !== undefined; event = events.shift()) {
      const step = stepElect(state, event, nowMs);
      state = step.elections;
      for (const action of step.actions) {
        if (action.type !== 'lock.ask') continue;
        asked.set(nowMs, (asked.get(nowMs) ?? 0) + 1);
        const answer: LockAnswer =
          action.want === 'look' ? { said: 'sighted', sighting: null } : { said: 'held', token: 1, version: '1' };
        events.push({ type: 'lock.answered', election: action.election, id: action.id, answer });
      }
    }
  }
  t.ok(Object.values(state.byName).every(({ role }) => role === 'leading'));
  t.ok(Math.max(...asked.values()) <= 30, `${Math.max(...asked.values())} within 25 ms at most`);
});
