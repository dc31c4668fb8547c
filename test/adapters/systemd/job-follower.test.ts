import t from 'tap';
import { createJobFollower, resultOfJob } from '../../../src/adapters/systemd/job-follower.ts';
import { parseUnit } from '../../../src/adapters/systemd/parse-unit.ts';
import type { Unit } from '../../../src/core/mend/unit.ts';

const before = 'a'.repeat(32);
const after = 'b'.repeat(32);
const unit = (change: Partial<Unit>): Unit => ({ ...parseUnit('x.service', {}), ...change });
const restart = () => createJobFollower({ unit: 'x.service', notInvocation: before });

t.test("systemd's words for the end of a job", async (t) => {
  for (const [word, reason] of [
    ['done', 'action.done'],
    ['canceled', 'action.canceled'],
    ['failed', 'action.failed'],
    ['dependency', 'action.failed'],
    ['timeout', 'action.failed'],
    ['skipped', 'action.failed'],
    ['invalid', 'action.failed'],
    ['frozen', 'action.failed'],
    ['', 'action.failed'],
  ] as const) {
    const result = resultOfJob('x.service', 7, word);
    t.match(result, { reason, ok: word === 'done' }, word);
    t.ok(result.detail.includes(word));
  }
});

t.test('only the very job counts', async (t) => {
  const follower = restart();
  t.equal(follower.queued(7, 0), null);
  t.equal(follower.removed(6, 'canceled'), null);
  t.equal(follower.removed(8, 'failed'), null);
  t.match(follower.removed(7, 'done'), { reason: 'action.done' });
});

t.test('the end may come before the reply that names the job', async (t) => {
  const follower = restart();
  t.equal(follower.removed(6, 'canceled'), null);
  t.equal(follower.removed(7, 'dependency'), null);
  t.match(follower.queued(7, 0), { reason: 'action.failed', detail: /dependency/ });
});

t.test('early ends are bounded', async (t) => {
  const follower = restart();
  for (let job = 1; job <= 1_000; job += 1) follower.removed(job, 'done');
  t.equal(follower.queued(1_000, 0), null, 'the flood is forgotten, the job is followed by reads');
  t.match(follower.seen(unit({ activeState: 'active', invocationId: after }), 1), { reason: 'action.done' });
});

t.test('a read that was asked for before the job says nothing of it', async (t) => {
  const follower = restart();
  t.equal(follower.seen(unit({}), 3), null, 'before the call was answered');
  follower.queued(7, 3);
  t.equal(follower.seen(unit({}), 3), null);
  t.equal(follower.seen(unit({ job: 7 }), 4), null, 'still queued');
  t.match(follower.seen(unit({ activeState: 'failed' }), 5), { reason: 'action.failed' });
});

t.test('a lost JobRemoved is made up for by what the next read shows', async (t) => {
  for (const [seen, reason] of [
    [{ activeState: 'active', invocationId: after }, 'action.done'],
    [{ activeState: 'active', invocationId: before }, 'action.failed'],
    [{ activeState: 'inactive', invocationId: after }, 'action.failed'],
    [{ activeState: 'activating', subState: 'auto-restart', invocationId: before }, 'action.failed'],
  ] as const) {
    const follower = restart();
    follower.queued(7, 0);
    t.match(follower.seen(unit(seen), 1), { reason, detail: /was not seen/ }, JSON.stringify(seen));
  }
});

t.test('a start of what runs needs no new invocation', async (t) => {
  const follower = createJobFollower({ unit: 'x.service', notInvocation: null });
  follower.queued(7, 0);
  t.match(follower.seen(unit({ activeState: 'active', invocationId: before }), 1), { reason: 'action.done' });
});

t.test('a lost reply: the job that is there afterwards is followed', async (t) => {
  const follower = restart();
  follower.lost(4);
  t.equal(follower.seen(unit({ job: 9 }), 4), null, 'too old');
  t.equal(follower.seen(unit({ job: 9 }), 5), null);
  t.match(follower.removed(9, 'done'), { reason: 'action.done' });
});
