import t, { type Test } from 'tap';
import { type AgentCheckLimits, createAgentCheck } from '../../src/serve/agent-check.ts';
import { openRaw } from './raw.ts';
import { createStandIn, notReady } from './stand-in.ts';

async function setUp(t: Test, limits?: AgentCheckLimits) {
  const source = createStandIn();
  const check = createAgentCheck(source, limits);
  const port = await check.listen('127.0.0.1:0');
  t.teardown(() => check.close());
  return { source, check, port, ask: async () => (await openRaw({ port })).closed() };
}

t.test('each connection gets one line, of how things are now, and is ended', async (t) => {
  const { source, ask } = await setUp(t);
  t.equal(await ask(), 'up ready 100%\n');
  source.show({ ready: notReady });
  t.equal(await ask(), 'down #node.not-ready kubelet\n');
  source.show({ pause: { untilMs: 2_000_000, text: 'new disk' } });
  t.equal(await ask(), 'maint\n');
  source.show({ stopping: true });
  t.equal(await ask(), 'drain\n');
});

t.test('what HAProxy sends first does not cost it the answer', async (t) => {
  const { port } = await setUp(t);
  const answers = await Promise.all(
    Array.from({ length: 50 }, async () => {
      const raw = await openRaw({ port });
      raw.send(`worker-1 ${'x'.repeat(4_000)}\n`);
      return raw.closed();
    }),
  );
  t.same([...new Set(answers)], ['up ready 100%\n']);
});

t.test('a client that never ends its side is ended', async (t) => {
  const { port } = await setUp(t, { maxConnections: 10, patienceMs: 50 });
  const raw = await openRaw({ port });
  // Sends for as long as it is let.
  const timer = setInterval(() => raw.socket.writable && raw.send('x'), 5);
  t.teardown(() => clearInterval(timer));
  raw.socket.allowHalfOpen = true;
  t.equal(await raw.closed(), 'up ready 100%\n');
});

t.test('an answer takes less than 1 ms', async (t) => {
  const { port } = await setUp(t);
  const tookMs: number[] = [];
  for (let one = 0; one < 200; one += 1) {
    const raw = await openRaw({ port });
    const beganMs = performance.now();
    await raw.closed();
    tookMs.push(performance.now() - beganMs);
  }
  // The quickest of many, so that a busy machine tells the same.
  t.ok(Math.min(...tookMs) < 1, `${Math.min(...tookMs)} ms`);
});

t.test('a taken or impossible address is told in one sentence', async (t) => {
  const { port, source } = await setUp(t);
  const other = createAgentCheck(source);
  t.teardown(() => other.close());
  await t.rejects(other.listen(`127.0.0.1:${port}`), {
    message: `cannot listen on 127.0.0.1:${port}: it is taken; stop who has it, or choose another`,
  });
  await t.rejects(other.listen('here'), { message: /^cannot listen on "here": write HOST:PORT/ });
});
