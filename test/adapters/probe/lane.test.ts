import t from 'tap';
import { failWith, finding } from '../../../src/adapters/probe/finding.ts';
import { createLanes } from '../../../src/adapters/probe/lane.ts';
import { realClock } from './stage.ts';

const never = (): Promise<never> => new Promise(() => undefined);
const ok = async () => finding('probe.ok', 'fine');

t.test('an answer is handed on with its times', async (t) => {
  let nowMs = 5_000;
  const lanes = createLanes({ nowMs: () => nowMs });
  const seen = await lanes.run('a', 60_000, async () => {
    nowMs = 5_040;
    return finding('probe.not-ready', 'no');
  });
  t.same(seen, {
    verdict: 'unhealthy',
    reason: 'probe.not-ready',
    detail: 'no',
    startedAtMs: 5_000,
    durationMs: 40,
  });
});

t.test('a look that rejects becomes a finding', async (t) => {
  const lanes = createLanes(realClock);
  const known = await lanes.run('a', 60_000, () => Promise.reject(failWith('probe.tls', 'no such file')));
  t.match(known, { verdict: 'unknown', reason: 'probe.tls', detail: 'no such file' });
  const thrown = await lanes.run('a', 60_000, () => {
    throw new TypeError('a defect');
  });
  t.match(thrown, { verdict: 'unknown', reason: 'probe.failed', detail: 'a defect' });
  const odd = await lanes.run('a', 60_000, () => Promise.reject(null));
  t.match(odd, { verdict: 'unknown', reason: 'probe.failed' });
});

t.test('no answer by the deadline is a timeout, and the look is told to stop', async (t) => {
  const lanes = createLanes(realClock);
  let aborted = false;
  const seen = await lanes.run('a', 20, (signal) => {
    signal.addEventListener('abort', () => {
      aborted = true;
    });
    return never();
  });
  t.match(seen, { verdict: 'unhealthy', reason: 'probe.timeout', detail: 'no reply within 20 ms' });
  t.ok(aborted);
});

t.test('a look that does not come back keeps its lane, and its lane alone, until it does', async (t) => {
  const lanes = createLanes(realClock);
  let comeBack = (): void => undefined;
  const back = new Promise<void>((resolve) => {
    comeBack = resolve;
  });
  let begun = 0;
  const stubborn = async () => {
    begun += 1;
    await back;
    return finding('probe.ok');
  };
  t.equal((await lanes.run('a', 20, stubborn)).reason, 'probe.timeout');
  const stuck = await lanes.run('a', 20, stubborn);
  t.match(stuck, { verdict: 'unknown', reason: 'probe.stuck', detail: /begun \d+ ms ago/ });
  t.equal(begun, 1, 'no second look is begun');
  t.equal((await lanes.run('b', 60_000, ok)).reason, 'probe.ok');
  comeBack();
  await back;
  await new Promise((resolve) => setImmediate(resolve));
  t.equal((await lanes.run('a', 60_000, ok)).reason, 'probe.ok');
});

t.test('a look that ends when it is told to frees its lane', async (t) => {
  const lanes = createLanes(realClock);
  const obedient = (signal: AbortSignal) =>
    new Promise<never>((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason));
    });
  t.equal((await lanes.run('a', 20, obedient)).reason, 'probe.timeout');
  await new Promise((resolve) => setImmediate(resolve));
  t.equal((await lanes.run('a', 60_000, ok)).reason, 'probe.ok');
});

t.test('a look that tells its finding before it has ended keeps its lane until then', async (t) => {
  const lanes = createLanes(realClock);
  let end = (): void => undefined;
  const seen = await lanes.run('a', 60_000, async (_signal, tell) => {
    tell(finding('probe.not-ready', 'no'));
    await new Promise<void>((resolve) => {
      end = resolve;
    });
    return finding('probe.ok');
  });
  t.match(seen, { verdict: 'unhealthy', reason: 'probe.not-ready', detail: 'no' });
  t.equal((await lanes.run('a', 60_000, ok)).reason, 'probe.stuck');
  end();
  await new Promise((resolve) => setImmediate(resolve));
  t.equal((await lanes.run('a', 60_000, ok)).reason, 'probe.ok');
});

t.test('a look that is told to stop may still say why it was not able to look', async (t) => {
  const lanes = createLanes(realClock);
  const seen = await lanes.run('a', 20, async (signal) => {
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    return finding('probe.no-command', 'its file was not read in time');
  });
  t.match(seen, { verdict: 'unknown', reason: 'probe.no-command' });
});

t.test('a second look while one is under way is not begun', async (t) => {
  const lanes = createLanes(realClock);
  let end = (): void => undefined;
  const first = lanes.run('a', 60_000, async () => {
    await new Promise<void>((resolve) => {
      end = resolve;
    });
    return finding('probe.ok');
  });
  t.equal((await lanes.run('a', 60_000, ok)).reason, 'probe.stuck');
  end();
  t.equal((await first).reason, 'probe.ok');
});

t.test('when the deadline itself is served more than 1 s late nothing bad is concluded', async (t) => {
  let nowMs = 0;
  const lanes = createLanes({ nowMs: () => nowMs });
  const asleep = lanes.run('a', 20, never);
  nowMs = 1_021;
  t.match(await asleep, { verdict: 'unknown', reason: 'probe.late', detail: 'the deadline was served 1001 ms late' });

  nowMs = 0;
  const slow = lanes.run('b', 20, never);
  nowMs = 1_020;
  t.match(await slow, { verdict: 'unhealthy', reason: 'probe.timeout' }, 'one second is still ours to bear');

  nowMs = 0;
  const bad = await lanes.run('c', 20, async () => {
    nowMs = 5_000;
    return finding('probe.reset', 'the server gave us up');
  });
  t.equal(bad.reason, 'probe.late', 'trouble that came while we slept is ours');

  nowMs = 0;
  const good = await lanes.run('d', 20, async () => {
    nowMs = 5_000;
    return finding('probe.ok');
  });
  t.equal(good.reason, 'probe.ok', 'life is life, however late we read of it');
});

t.test('a reply that is there already counts, though our timer came first', async (t) => {
  const lanes = createLanes(realClock);
  const seen = lanes.run('a', 10, async () => {
    await new Promise((resolve) => setTimeout(resolve, 10));
    return finding('probe.ok');
  });
  // The look is begun; then our loop is busy beyond the deadline. Both timers are due when this turn ends, the deadline's first.
  await Promise.resolve();
  await Promise.resolve();
  const until = performance.now() + 30;
  while (performance.now() < until) Math.sqrt(until);
  t.equal((await seen).reason, 'probe.ok');
});

t.test('what comes from outside is one clean line of at most 200 characters', async (t) => {
  const lanes = createLanes(realClock);
  const said = async (detail: string) => (await lanes.run('a', 60_000, async () => finding('probe.ok', detail))).detail;
  t.equal(await said('a\u001b[31mred\u0007\r\nb\u202e\u2028c'), 'a [31mred b c');
  const long = await said('x'.repeat(100_000));
  t.equal(long.length, 200);
  t.equal(long.at(-1), '…');
  t.notMatch(await said('😀'.repeat(150)), /\p{Cs}/u, 'never half a character');
  t.equal(await said(''), '');
});

t.test('close tells every look to stop and does not wait for ever', async (t) => {
  const lanes = createLanes(realClock);
  let aborted = 0;
  const run = (lane: string, work: Promise<never>) =>
    lanes.run(lane, 200, (signal) => {
      signal.addEventListener('abort', () => {
        aborted += 1;
      });
      return work;
    });
  const looks = [run('a', never()), run('b', never())];
  await new Promise((resolve) => setImmediate(resolve));
  await lanes.close(20);
  t.equal(aborted, 2);
  await Promise.all(looks);
  await createLanes(realClock).close(60_000);
});
