import t, { type Test } from 'tap';
import { createClock } from '../../../src/adapters/clock/clock.ts';

/** A clock, and the next time it wakes somebody. */
function stage(t: Test) {
  let woken = 0;
  let next = Promise.withResolvers<void>();
  const clock = createClock(() => {
    woken += 1;
    next.resolve();
    next = Promise.withResolvers<void>();
  });
  t.teardown(() => clock.wakeAt(null));
  return { clock, woken: () => woken, waking: () => next.promise };
}

t.test('time is monotonic, since boot and in milliseconds, as systemd has it', async (t) => {
  const { clock } = stage(t);
  const before = Number(process.hrtime.bigint()) / 1e6;
  const [first, second] = [clock.nowMs(), clock.nowMs()];
  t.ok(before <= first && first <= second && second <= Number(process.hrtime.bigint()) / 1e6);
  const wallBefore = Date.now();
  const wall = clock.wallMs();
  t.ok(wallBefore <= wall && wall <= Date.now());
});

t.test('wakes once, not before its time', async (t) => {
  const { clock, waking, woken } = stage(t);
  const atMs = clock.nowMs() + 20;
  clock.wakeAt(atMs);
  await waking();
  t.ok(clock.nowMs() >= atMs - 1, 'a timer of Node’s may be a fraction early');
  await new Promise((resolve) => setTimeout(resolve, 5));
  t.equal(woken(), 1);
});

t.test('a time that is past is now, but never within the call', async (t) => {
  const { clock, waking, woken } = stage(t);
  for (const atMs of [clock.nowMs() - 60_000, 0, Number.NEGATIVE_INFINITY]) {
    const before = woken();
    clock.wakeAt(atMs);
    t.equal(woken(), before);
    await waking();
  }
});

t.test('a new wish replaces the one before; null is none', async (t) => {
  const { clock, waking, woken } = stage(t);
  clock.wakeAt(clock.nowMs() + 5);
  clock.wakeAt(clock.nowMs() + 30);
  await waking();
  t.equal(woken(), 1);
  clock.wakeAt(clock.nowMs() + 5);
  clock.wakeAt(null);
  await new Promise((resolve) => setTimeout(resolve, 20));
  t.equal(woken(), 1);
});

t.test('waits of months do not end at once, as those of Node’s timers do', async (t) => {
  const { clock, woken } = stage(t);
  const warnings: Error[] = [];
  const note = (warning: Error): void => void warnings.push(warning);
  process.on('warning', note);
  t.teardown(() => process.off('warning', note));
  for (const atMs of [clock.nowMs() + 2 ** 31, clock.nowMs() + 1e15, Number.POSITIVE_INFINITY]) {
    clock.wakeAt(atMs);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  t.equal(woken(), 0);
  t.same(warnings, []);
});
