import { mock } from 'node:test';
import t, { type Test } from 'tap';
import { createSchedule } from '../../../src/adapters/schedule/schedule.ts';

const hourMs = 3_600_000;

/** The clock of the whole process stands still until it is told to go on. */
function stopClock(t: Test, now: Date): (ms: number) => Promise<void> {
  mock.timers.enable({ apis: ['Date', 'setTimeout'], now });
  t.teardown(() => mock.timers.reset());
  return async (ms) => {
    mock.timers.tick(ms);
    await new Promise((resolve) => setImmediate(resolve));
  };
}

t.test('daily work is done at 04:17, every day, until it is stopped', async (t) => {
  const pass = stopClock(t, new Date(2026, 10, 23, 4, 16, 0));
  const schedule = createSchedule();
  let times = 0;
  schedule.daily(() => {
    times += 1;
  });
  await pass(59_000);
  t.equal(times, 0);
  await pass(2_000);
  t.equal(times, 1);
  await pass(23 * hourMs);
  t.equal(times, 1);
  await pass(hourMs);
  t.equal(times, 2);
  await schedule.stop();
  await pass(48 * hourMs);
  t.equal(times, 2);
});

t.test('a loop that was late does it late, and writes no line of its own', async (t) => {
  const written = t.capture(process.stdout, 'write', process.stdout.write);
  const complained = t.capture(process.stderr, 'write', process.stderr.write);
  const pass = stopClock(t, new Date(2026, 10, 23, 4, 16, 0));
  const schedule = createSchedule();
  let times = 0;
  schedule.daily(() => {
    times += 1;
  });
  mock.timers.setTime(new Date(2026, 10, 23, 4, 40, 0).getTime());
  await pass(1);
  await schedule.stop();
  mock.timers.reset();
  const lines = [...written(), ...complained()].map(({ args }) => String(args[0])).filter((line) => /cron/i.test(line));
  t.equal(times, 1);
  t.same(lines, []);
});
