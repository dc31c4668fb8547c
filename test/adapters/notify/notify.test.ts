import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { CommandResult } from '../../../src/adapters/exec/process.ts';
import type { CommandOptions } from '../../../src/adapters/exec/run.ts';
import { findDescriptor, writeDatagram } from '../../../src/adapters/notify/descriptor.ts';
import { createNotify, type NotifyParts } from '../../../src/adapters/notify/notify.ts';

const env = { NOTIFY_SOCKET: '/run/systemd/notify', WATCHDOG_USEC: '30000000', SECRET: 'x' };
const done: CommandResult = {
  exitCode: 0,
  signal: null,
  stdout: '',
  stderr: '',
  timedOut: false,
  failedToStart: null,
};

/** A systemd-notify whose messages are delivered when the test says so. */
function stage(environment: NodeJS.ProcessEnv = env, parts: Partial<NotifyParts> = {}) {
  const sent: { readonly argv: readonly string[]; readonly options: CommandOptions }[] = [];
  const waiting: (() => void)[] = [];
  const run = (argv: readonly string[], options: CommandOptions) => {
    sent.push({ argv, options });
    return new Promise<CommandResult>((resolve) => waiting.push(() => resolve(done)));
  };
  const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
  const deliver = async () => {
    await settle();
    waiting.shift()?.();
    await settle();
  };
  return {
    notify: createNotify({ run, env: environment, pid: 7, lastsMs: 60_000, ...parts }),
    words: () => sent.map(({ argv }) => argv[1]),
    sent,
    deliver,
    settle,
  };
}

t.test(
  'each message is one run of the program, which gets the socket and nothing else of our environment',
  async (t) => {
    const { notify, sent, deliver } = stage();
    for (const tell of [notify.ready, notify.watchdog, notify.stopping]) {
      const told = tell();
      await deliver();
      await told;
    }
    t.same(
      sent.map(({ argv }) => argv),
      [
        ['/usr/bin/systemd-notify', 'READY=1'],
        ['/usr/bin/systemd-notify', 'WATCHDOG=1'],
        ['/usr/bin/systemd-notify', 'STOPPING=1'],
      ],
    );
    for (const { options } of sent) {
      t.same(options.env, { NOTIFY_SOCKET: '/run/systemd/notify' });
      t.ok(options.timeoutMs <= 5_000);
    }
  },
);

const handedOver = { ...env, LISTEN_PID: '7', LISTEN_FDS: '2', LISTEN_FDNAMES: 'other:notify' };

t.test('what systemd has opened for us is written to, and no program is run', async (t) => {
  const written: (readonly [number, string])[] = [];
  const { notify, sent } = stage(handedOver, {
    write: async (descriptor, text) => written.push([descriptor, text]) > 0,
  });
  await notify.ready();
  await notify.watchdog();
  await notify.stopping();
  t.same(written, [
    [4, 'READY=1'],
    [4, 'WATCHDOG=1'],
    [4, 'STOPPING=1'],
  ]);
  t.same(sent, []);
});

t.test('a message that cannot be written goes by the program', async (t) => {
  const { notify, words, deliver } = stage(handedOver, { write: async () => false });
  const ready = notify.ready();
  await deliver();
  await ready;
  t.same(words(), ['READY=1']);
});

t.test('a descriptor that is not ours, not named or not there is none', async (t) => {
  t.equal(findDescriptor(handedOver, 7, 'notify'), 4);
  t.equal(findDescriptor(handedOver, 8, 'notify'), null, 'of the process before us');
  t.equal(findDescriptor({ ...handedOver, LISTEN_FDS: '1' }, 7, 'notify'), null);
  t.equal(findDescriptor({ ...handedOver, LISTEN_FDNAMES: 'other' }, 7, 'notify'), null);
  t.equal(findDescriptor({ LISTEN_PID: '7' }, 7, 'notify'), null);
  t.equal(findDescriptor({}, 7, 'notify'), null);
});

t.test('a write that fails is told as such', async (t) => {
  const read = openSync('/dev/null', 'r');
  t.teardown(() => closeSync(read));
  t.equal(await writeDatagram(read, 'READY=1'), false);
  const path = join(t.testdir(), 'socket');
  const file = openSync(path, 'w');
  t.teardown(() => closeSync(file));
  t.equal(await writeDatagram(file, 'READY=1'), true);
  t.equal(readFileSync(path, 'utf8'), 'READY=1');
});

t.test('the watchdog wants to hear of us twice in its time', async (t) => {
  t.equal(stage().notify.watchdogEveryMs, 15_000);
  t.equal(stage({ NOTIFY_SOCKET: '/run/x' }).notify.watchdogEveryMs, null, 'it is not asked for');
  t.equal(stage({ NOTIFY_SOCKET: '/run/x', WATCHDOG_USEC: 'x' }).notify.watchdogEveryMs, null);
  t.equal(stage({ WATCHDOG_USEC: '30000000' }).notify.watchdogEveryMs, null, 'there is nobody to tell');
});

t.test('outside of systemd nothing is run', async (t) => {
  for (const environment of [{}, { NOTIFY_SOCKET: '' }]) {
    const { notify, sent } = stage(environment);
    await Promise.all([notify.ready(), notify.watchdog(), notify.stopping()]);
    t.same(sent, []);
  }
});

t.test('while a message is under way watchdog messages are left out: nothing piles up', async (t) => {
  const { notify, words, deliver, settle } = stage();
  const first = notify.watchdog();
  for (let times = 0; times < 100; times += 1) void notify.watchdog();
  await settle();
  t.same(words(), ['WATCHDOG=1']);
  await deliver();
  await first;
  void notify.watchdog();
  await settle();
  t.same(words(), ['WATCHDOG=1', 'WATCHDOG=1']);
});

t.test('readiness is not left out: it waits for the message before it', async (t) => {
  const { notify, words, deliver, settle } = stage();
  void notify.watchdog();
  const ready = notify.ready();
  await settle();
  t.same(words(), ['WATCHDOG=1']);
  await deliver();
  t.same(words(), ['WATCHDOG=1', 'READY=1']);
  await deliver();
  await ready;
});

t.test('the end waits for no message, and for its own 1 s at most', async (t) => {
  const { notify, words, sent, settle } = stage();
  void notify.watchdog();
  await settle();
  void notify.stopping();
  await settle();
  t.same(words(), ['WATCHDOG=1', 'STOPPING=1']);
  t.equal(sent[1]?.options.timeoutMs, 1_000);
});

t.test('after a start that lasted, systemd forgets the ends before it', async (t) => {
  const named = { ...env, NODEMEND_UNIT: 'nodemend.service' };
  const lasted = stage(named, { lastsMs: 1 });
  const ready = lasted.notify.ready();
  await lasted.deliver();
  await ready;
  while (lasted.sent.length < 2) await lasted.settle();
  t.same(lasted.sent[1]?.argv, ['/usr/bin/systemctl', '--no-ask-password', 'reset-failed', 'nodemend.service']);

  const short = stage(named);
  const soon = short.notify.ready();
  await short.deliver();
  await soon;
  void short.notify.stopping();
  await short.settle();
  t.same(short.words(), ['READY=1', 'STOPPING=1']);
});
