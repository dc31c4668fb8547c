import { marshall } from '@homebridge/dbus-native/lib/message.js';
import fc from 'fast-check';
import t from 'tap';
import { pathOfUnit } from '../../src/adapters/systemd/object-path.ts';
import type { Event } from '../../src/core/event.ts';
import { initialState, type State } from '../../src/core/state.ts';
import { step } from '../../src/core/step.ts';
import { asWritten, type Dict } from '../adapters/systemd/recorded.ts';
import { createStage, managerInterface, managerPath, unitDict } from '../adapters/systemd/stage.ts';
import { policy } from '../core/world.ts';
import { fuzz } from './fuzz.ts';
import { damageTo } from './mutate.ts';

const unit = 'containerd.service';
const signal = { type: 4, serial: 77, sender: ':1.0' };
const reply = { type: 2, serial: 78, sender: ':1.0' };
const properties = asWritten(unitDict(unit));
const some = asWritten({
  ActiveState: { type: 's', data: 'failed' },
  StateChangeTimestampMonotonic: { type: 't', data: 5_000_000 },
  Job: { type: '(uo)', data: [7, '/org/freedesktop/systemd1/job/7'] },
} satisfies Dict);

/** What systemd, logind and the bus say; replies to the calls that are made first, and to one that is not made. */
const messages: readonly Buffer[] = [
  {
    ...signal,
    path: pathOfUnit(unit),
    interface: 'org.freedesktop.DBus.Properties',
    member: 'PropertiesChanged',
    signature: 'sa{sv}as',
    body: ['org.freedesktop.systemd1.Unit', some, ['Conditions']],
  },
  {
    ...signal,
    path: managerPath,
    interface: managerInterface,
    member: 'JobNew',
    signature: 'uos',
    body: [7, '/job/7', unit],
  },
  {
    ...signal,
    path: managerPath,
    interface: managerInterface,
    member: 'JobRemoved',
    signature: 'uoss',
    body: [7, '/job/7', unit, 'done'],
  },
  { ...signal, path: managerPath, interface: managerInterface, member: 'Reloading', signature: 'b', body: [false] },
  {
    ...signal,
    sender: 'org.freedesktop.DBus',
    path: '/org/freedesktop/DBus',
    interface: 'org.freedesktop.DBus',
    member: 'NameOwnerChanged',
    signature: 'sss',
    body: ['org.freedesktop.systemd1', ':1.0', ':1.0'],
  },
  {
    ...signal,
    sender: ':1.1',
    path: '/org/freedesktop/login1',
    interface: 'org.freedesktop.login1.Manager',
    member: 'PrepareForShutdown',
    signature: 'b',
    body: [false],
  },
  ...[1, 5, 9, 12, 4_000_000].map((replySerial) => ({ ...reply, replySerial, signature: 'a{sv}', body: [properties] })),
  { ...reply, type: 3, replySerial: 9, errorName: 'org.freedesktop.DBus.Error.Failed', signature: 's', body: ['no'] },
].map((message) => marshall(message));

const patienceMs = 20_000;
const changing = ['StartUnit', 'RestartUnit', 'StopUnit', 'KillUnit', 'ResetFailedUnit', 'Reboot'];

const given = fc
  .array(fc.tuple(fc.constantFrom(...messages), damageTo()), { minLength: 1, maxLength: 4 })
  .map((all) => Buffer.concat(all.map(([message, damage]) => damage(message))));

/** The core takes whatever came of the bytes. */
function goOn(events: readonly Event[]): void {
  const loaded: Event = {
    type: 'config.loaded',
    policy: { ...initialPolicy, components: [{ ...policy('containerd'), unit }] },
  };
  const all: readonly Event[] = [{ type: 'agent.started', bootId: 'b00t', seed: 1, store: 'fresh' }, loaded, ...events];
  all.reduce<State>((state, event, index) => step(state, event, 10_000 + index).state, initialState());
}

const initialPolicy = {
  node: 'node',
  ready: { downAfterMs: 1_000, upAfterMs: 5_000, staleAfterMs: 60_000, failOpen: true },
};

t.test('whatever the bus says, the connection is good again soon, and nothing is asked of systemd', async (t) => {
  const stage = await createStage(t, [unit], { callTimeoutMs: 100, pingMs: 50 });
  await stage.connected();
  await fuzz(t, import.meta.filename, given, async (bytes) => {
    stage.events.length = 0;
    stage.fake.babble(bytes);
    // What lies half read is noticed by the ping, whose answer it swallows.
    const untilMs = performance.now() + patienceMs;
    while ((await stage.bus.read(unit)) === null)
      if (performance.now() > untilMs) throw new Error('it is not read any more');
    goOn(stage.events);
    const acted = stage.fake.calls.find(({ member = '' }) => changing.includes(member));
    stage.fake.calls.length = 0;
    if (acted !== undefined) throw new Error(`it called ${acted.member}`);
  });
});
