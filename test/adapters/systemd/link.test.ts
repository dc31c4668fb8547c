/** Loss and return of the bus, on a fake bus. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { openConnection, type Reply } from '../../../src/adapters/systemd/connection.ts';
import { createSystemBus } from '../../../src/adapters/systemd/system-bus.ts';
import type { Event } from '../../../src/core/event.ts';
import { createFakeBus } from './fake-bus.ts';
import { createStage } from './stage.ts';

t.test('a lost connection is told once, and everything is read before the next one counts', async (t) => {
  const stage = await createStage(t, ['a.service', 'b.service']);
  await stage.connected();
  stage.events.length = 0;
  stage.fake.drop();
  await stage.connected();
  t.same(
    stage.events.map((event) => (event.type === 'unit.changed' ? event.unit.id : event.type)),
    ['bus.lost', 'a.service', 'b.service', 'bus.connected'],
  );
  t.ok(
    [...stage.fake.rules].some((rule) => rule.includes("'a.service'")),
    'the rules stand again',
  );
});

t.test('a bus that is not there yet', async (t) => {
  const events: Event[] = [];
  let lost: () => void = () => {};
  const told = new Promise<void>((resolve) => {
    lost = resolve;
  });
  const bus = createSystemBus({
    address: 'unix:path=/nonexistent/bus',
    clock: { nowMs: () => performance.now() },
    firstRetryMs: 1,
    maxRetryMs: 1,
    callTimeoutMs: 50,
    emit(event) {
      events.push(event);
      lost();
    },
  });
  bus.watch(['a.service']);
  bus.open();
  await told;
  t.equal(await bus.read('a.service'), null, 'a read waits, then gives up');
  t.same(
    events.map((event) => event.type),
    ['bus.lost'],
    'many attempts, one event',
  );
  t.match(events[0], { detail: /nonexistent/ });
  await bus.close();
});

t.test('an address that is none', async (t) => {
  const lost = await new Promise<string>((resolve) => {
    openConnection({ address: 'tcp:host=x', onSignal: () => {}, onLost: resolve });
  });
  t.match(lost, /tcp:host=x/);
});

t.test('a systemd that is not on the bus is no connection', async (t) => {
  const stage = await createStage(t, []);
  stage.fake.owners.delete('org.freedesktop.systemd1');
  await stage.until('the loss', () => stage.of('bus.lost').length === 1);
  t.match(stage.of('bus.lost')[0]?.detail, /systemd is not on the bus/);
  stage.fake.owners.set('org.freedesktop.systemd1', ':1.0');
  await stage.connected();
});

t.test('a refused Subscribe is no connection either', async (t) => {
  const stage = await createStage(t, []);
  stage.fake.answers.set('Subscribe', () => ({ error: 'org.freedesktop.DBus.Error.AccessDenied', message: 'no' }));
  await stage.until('the loss', () => stage.of('bus.lost').length === 1);
  t.match(stage.of('bus.lost')[0]?.detail, /Subscribe.*AccessDenied/);
});

t.test('a bus that hangs: noticed by the ping, nothing piles up, in sync when it is back', async (t) => {
  const stage = await createStage(t, ['a.service'], { callTimeoutMs: 40, pingMs: 5, reconcileMs: 2 });
  await stage.connected();
  stage.fake.freeze(true);
  const before = stage.fake.calls.length;
  await stage.until('the loss', () => stage.of('bus.lost').length === 1);
  const asked = stage.fake.calls.slice(before).map((call) => call.member);
  t.ok(asked.length <= 2, `one read and one ping at most, not ${asked.join(' ')}`);
  t.match(stage.of('bus.lost')[0]?.detail, /does not answer/);
  t.equal(await stage.bus.read('a.service'), null);
  stage.fake.freeze(false);
  await stage.until('the return', () => stage.of('bus.connected').length === 2);
  await stage.until('the end of the frozen connections', () => stage.fake.connections() === 1);
});

t.test('a systemd that reloads may be silent, and is read afterwards', async (t) => {
  const stage = await createStage(t, ['a.service'], { callTimeoutMs: 300, pingMs: 5, reconcileMs: 10 });
  await stage.connected();
  stage.fake.answers.set('GetAll', () => 'nothing');
  stage.fake.answers.set('Ping', () => 'nothing');
  const manager = { path: '/org/freedesktop/systemd1', interface: 'org.freedesktop.systemd1.Manager' };
  stage.fake.signal({ ...manager, member: 'Reloading', signature: 'b', body: [true] });
  const reads = () => stage.fake.calls.filter((call) => call.member === 'GetAll').length;
  const before = reads();
  await stage.until('three reads that ran into their deadline', () => reads() > before + 3);
  t.same(stage.of('bus.lost'), []);
  stage.fake.signal({ ...manager, member: 'Reloading', signature: 'b', body: [false] });
  await stage.until('the loss', () => stage.of('bus.lost').length === 1);
});

t.test('garbage ends the connection, not the process', async (t) => {
  const huge = Buffer.from('6c01000100000000ffffff7fffffff7f', 'hex');
  const wrong = Buffer.concat([Buffer.from('6c0401010800000001000000100000000101', 'hex'), Buffer.alloc(64, 0xff)]);
  for (const [name, bytes] of [
    ['noise', randomBytes(4096)],
    ['a message of two gigabytes', huge],
    ['a header that lies', wrong],
    ['zeros', Buffer.alloc(256)],
    ['text', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'.repeat(20))],
  ] as const) {
    // Noise may begin a long message that never ends: the ping finds that.
    const stage = await createStage(t, ['a.service'], { callTimeoutMs: 100, pingMs: 10 });
    await stage.connected();
    stage.fake.babble(bytes);
    await stage.until(`${name}: the loss`, () => stage.of('bus.lost').length >= 1);
    await stage.until(`${name}: the return`, () => stage.of('bus.connected').length >= 2);
    t.pass(name);
  }
});

t.test('garbage instead of a greeting', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'rude-bus-'));
  t.teardown(() => rmSync(directory, { recursive: true, force: true }));
  const path = join(directory, 'socket');
  for (const greeting of ['REJECTED EXTERNAL\r\n', 'OK\r\n', '\r\n', 'no\n'.repeat(1000)]) {
    const server = createServer((socket) => {
      // The client leaves in the middle of our rudeness.
      socket.on('error', () => socket.destroy());
      socket.resume();
      socket.write(greeting);
    });
    await new Promise<void>((resolve) => server.listen(path, resolve));
    const detail = await new Promise<string>((resolve) => {
      const connection = openConnection({ address: `unix:path=${path}`, onSignal: () => {}, onLost: resolve });
      connection.call({ destination: 'a.b', path: '/', interface: 'a.b', member: 'C' }, 5_000, () => {});
    });
    t.ok(detail.length > 0, JSON.stringify(greeting.slice(0, 20)));
    await new Promise((resolve) => server.close(resolve));
  }
});

t.test('a call is answered exactly once: by its reply, its deadline or the loss', async (t) => {
  const fake = await createFakeBus();
  t.teardown(() => fake.close());
  const hello = { destination: 'org.freedesktop.DBus', path: '/', interface: 'org.freedesktop.DBus', member: 'Hello' };
  fake.answers.set('Never', () => 'nothing');
  const connection = openConnection({ address: fake.address, onSignal: () => {}, onLost: () => {} });
  const answers: string[] = [];
  const ask = (member: string, timeoutMs: number): Promise<Reply> =>
    new Promise((resolve) =>
      connection.call({ ...hello, member }, timeoutMs, (reply) => {
        answers.push(`${member} ${reply.kind}`);
        resolve(reply);
      }),
    );
  await ask('Hello', 5_000);
  await ask('Never', 10);
  const last = ask('Never', 60_000);
  connection.close();
  await last;
  await ask('Hello', 5_000);
  t.same(answers, ['Hello reply', 'Never timeout', 'Never lost', 'Hello lost']);
});

t.test('a closed adapter leaves nothing behind', async (t) => {
  const stage = await createStage(t, ['a.service']);
  await stage.connected();
  await stage.bus.close();
  await stage.bus.close();
  const count = stage.events.length;
  stage.fake.drop();
  t.equal(stage.events.length, count);
  t.equal(await stage.bus.read('a.service'), null);
});
