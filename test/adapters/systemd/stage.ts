/** A system bus adapter on a fake bus, with the events it emitted and a way to wait for them. */
import type { Test } from 'tap';
import { pathOfUnit } from '../../../src/adapters/systemd/object-path.ts';
import { createSystemBus, type SystemBusOptions } from '../../../src/adapters/systemd/system-bus.ts';
import type { Event } from '../../../src/core/event.ts';
import type { SystemBus } from '../../../src/ports.ts';
import { createFakeBus, type FakeBus } from './fake-bus.ts';
import { type Dict, recordedProperties } from './recorded.ts';

export interface Stage {
  readonly fake: FakeBus;
  readonly bus: SystemBus;
  readonly events: Event[];
  /** Resolves when the condition holds, which is looked at after every event and every call; fails after 10 s. */
  until(what: string, condition: () => boolean): Promise<void>;
  /** Of all events, those of one type, in order. */
  of<T extends Event['type']>(type: T): Extract<Event, { type: T }>[];
  connected(): Promise<void>;
}

export const managerPath = '/org/freedesktop/systemd1';
export const managerInterface = 'org.freedesktop.systemd1.Manager';

const patienceMs = 10_000;

/** A recorded containerd.service under another name, with other values where wanted. */
export const unitDict = (id: string, change: Dict = {}): Dict => ({
  ...recordedProperties('containerd'),
  Id: { type: 's', data: id },
  ...change,
});

export const createStage = async (
  t: Test,
  units: readonly string[],
  options: Partial<SystemBusOptions> = {},
): Promise<Stage> => {
  const fake = await createFakeBus();
  for (const unit of units) fake.units.set(pathOfUnit(unit), unitDict(unit));
  const events: Event[] = [];
  const looks = new Set<() => void>();
  const look = (): void => {
    for (const one of looks) one();
  };
  fake.onCall(look);
  const bus = createSystemBus({
    address: fake.address,
    clock: { nowMs: () => performance.now() },
    emit(event) {
      events.push(event);
      look();
    },
    firstRetryMs: 5,
    maxRetryMs: 20,
    refreshApartMs: 5,
    ...options,
  });
  t.teardown(async () => {
    await bus.close();
    await fake.close();
  });
  bus.watch(units);
  bus.open();
  const until = (what: string, condition: () => boolean): Promise<void> =>
    new Promise((resolve, reject) => {
      const one = (): void => {
        if (!condition()) return;
        looks.delete(one);
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        looks.delete(one);
        reject(new Error(`waited in vain for ${what}; events: ${events.map((event) => event.type).join(' ')}`));
      }, patienceMs);
      looks.add(one);
      one();
    });
  return {
    fake,
    bus,
    events,
    until,
    of: (type) => events.filter((event): event is Extract<Event, { type: typeof type }> => event.type === type),
    connected: () => until('bus.connected', () => events.at(-1)?.type === 'bus.connected'),
  };
};

/** Both halves of a change, as systemd sends them. */
export const change = (fake: FakeBus, unit: string, service: Dict, own: Dict): void => {
  for (const [half, dict] of [
    ['Service', service],
    ['Unit', own],
  ] as const) {
    fake.signal({
      path: pathOfUnit(unit),
      interface: 'org.freedesktop.DBus.Properties',
      member: 'PropertiesChanged',
      signature: 'sa{sv}as',
      body: [
        `org.freedesktop.systemd1.${half}`,
        Object.entries(dict).map(([name, { type, data }]) => [name, [type, data]]),
        half === 'Service' ? ['ExecStart', 'ExecStop'] : ['Conditions'],
      ],
    });
  }
};

export const jobNew = (fake: FakeBus, job: number, unit: string): void =>
  fake.signal({
    path: managerPath,
    interface: managerInterface,
    member: 'JobNew',
    signature: 'uos',
    body: [job, `/org/freedesktop/systemd1/job/${job}`, unit],
  });

export const jobRemoved = (fake: FakeBus, job: number, unit: string, result: string): void =>
  fake.signal({
    path: managerPath,
    interface: managerInterface,
    member: 'JobRemoved',
    signature: 'uoss',
    body: [job, `/org/freedesktop/systemd1/job/${job}`, unit, result],
  });

export const jobPath = (job: number) => ({ signature: 'o', body: [`/org/freedesktop/systemd1/job/${job}`] });
