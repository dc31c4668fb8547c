/** What the adapter tells of units, on a fake bus. */
import t from 'tap';
import { pathOfUnit } from '../../../src/adapters/systemd/object-path.ts';
import { change, createStage, jobNew, jobRemoved, managerInterface, managerPath, unitDict } from './stage.ts';

const text = (data: string) => ({ type: 's', data });
const number = (data: number) => ({ type: 'u', data });
const reload = { path: managerPath, interface: managerInterface, member: 'Reloading', signature: 'b' };
const reads = (calls: readonly { member?: string }[]) => calls.filter((call) => call.member === 'GetAll').length;

t.test('each unit is told before the bus counts as connected', async (t) => {
  const stage = await createStage(t, ['a.service', 'b.service']);
  await stage.connected();
  t.same(
    stage.events.map((event) => (event.type === 'unit.changed' ? event.unit.id : event.type)),
    ['a.service', 'b.service', 'bus.connected'],
  );
  t.ok(stage.fake.calls.some((call) => call.member === 'Subscribe'));
  t.notOk([...stage.fake.rules].some((rule) => /Unit(New|Removed)/.test(rule)));
});

t.test('a crash is told from the signal alone, both halves at once', async (t) => {
  const stage = await createStage(t, ['a.service']);
  await stage.connected();
  const before = reads(stage.fake.calls);
  change(
    stage.fake,
    'a.service',
    { MainPID: number(0), Result: text('signal') },
    { ActiveState: text('failed'), SubState: text('failed') },
  );
  await stage.until('the crash', () => stage.of('unit.changed').length === 2);
  t.match(stage.of('unit.changed')[1]?.unit, { activeState: 'failed', result: 'signal', mainPid: 0 });
  t.equal(reads(stage.fake.calls), before);
});

t.test('a signal that is not from the owner of the name counts for nothing', async (t) => {
  const stage = await createStage(t, ['a.service']);
  await stage.connected();
  const forged = { sender: ':1.666', path: managerPath, interface: managerInterface };
  stage.fake.signal({ ...forged, member: 'JobNew', signature: 'uos', body: [5, '/x', 'a.service'] });
  const logind = { ...forged, path: '/org/freedesktop/login1', interface: 'org.freedesktop.login1.Manager' };
  stage.fake.signal({ ...logind, member: 'PrepareForShutdown', signature: 'b', body: [true] });
  const owner = { interface: 'org.freedesktop.DBus', path: '/org/freedesktop/DBus', member: 'NameOwnerChanged' };
  const stolen = ['org.freedesktop.systemd1', ':1.0', ':1.666'];
  stage.fake.signal({ ...owner, sender: ':1.666', signature: 'sss', body: stolen });
  jobNew(stage.fake, 6, 'a.service');
  await stage.until('the genuine one', () => stage.of('job.started').length > 0);
  t.same(stage.of('job.started'), [{ type: 'job.started', unit: 'a.service', job: 6 }]);
  t.same(stage.of('shutdown.announced'), []);
});

t.test('jobs of watched units are told, of others not', async (t) => {
  const stage = await createStage(t, ['a.service']);
  await stage.connected();
  jobNew(stage.fake, 7, 'other.service');
  jobNew(stage.fake, 8, 'a.service');
  jobRemoved(stage.fake, 7, 'other.service', 'done');
  jobRemoved(stage.fake, 8, 'a.service', 'canceled');
  await stage.until('the end', () => stage.of('job.ended').length > 0);
  t.same(stage.of('job.started'), [{ type: 'job.started', unit: 'a.service', job: 8 }]);
  t.same(stage.of('job.ended'), [{ type: 'job.ended', unit: 'a.service', job: 8, result: 'canceled' }]);
});

t.test(
  'five hundred units are watched below the rules that the bus allows, and the others still not told',
  async (t) => {
    const units = Array.from({ length: 500 }, (_, index) => `n${index}.service`);
    const stage = await createStage(t, units);
    await stage.connected();
    t.same(stage.of('bus.lost'), []);
    jobNew(stage.fake, 7, 'other.service');
    jobNew(stage.fake, 8, 'n499.service');
    change(stage.fake, 'n499.service', { MainPID: number(0) }, { ActiveState: text('failed') });
    await stage.until('the crash', () => stage.of('unit.changed').at(-1)?.unit.activeState === 'failed');
    t.equal(stage.of('unit.changed').at(-1)?.unit.id, 'n499.service');
    t.same(stage.of('job.started'), [{ type: 'job.started', unit: 'n499.service', job: 8 }]);
    t.ok([...stage.fake.rules].some((rule) => rule.includes("path_namespace='/org/freedesktop/systemd1/unit'")));
    t.notOk([...stage.fake.rules].some((rule) => /Unit(New|Removed)/.test(rule)));
  },
);

t.test('one crowd of units takes the place of another without a loss of the bus', async (t) => {
  const crowd = (letter: string) => Array.from({ length: 120 }, (_, index) => `${letter}${index}.service`);
  const stage = await createStage(t, [...crowd('a'), ...crowd('b')]);
  stage.bus.watch(crowd('a'));
  await stage.connected();
  stage.bus.watch(crowd('b'));
  await stage.until('the new ones', () => stage.of('unit.changed').at(-1)?.unit.id === 'b119.service');
  t.same(stage.of('bus.lost'), []);
  t.equal([...stage.fake.rules].filter((rule) => rule.includes("arg2='a")).length, 0);
});

t.test('an absent unit is told as such and picked up when it appears', async (t) => {
  const stage = await createStage(t, []);
  stage.bus.watch(['new.service']);
  await stage.until('absence', () => stage.of('unit.changed')[0]?.unit.loadState === 'not-found');
  await stage.connected();
  stage.fake.units.set(pathOfUnit('new.service'), unitDict('new.service'));
  stage.fake.signal({ ...reload, body: [false] });
  await stage.until('appearance', () => stage.of('unit.changed').at(-1)?.unit.loadState === 'loaded');
  stage.fake.units.delete(pathOfUnit('new.service'));
  stage.fake.signal({ path: managerPath, interface: managerInterface, member: 'UnitFilesChanged' });
  await stage.until('disappearance', () => stage.of('unit.changed').at(-1)?.unit.loadState === 'not-found');
  t.equal(stage.of('unit.changed').length, 3);
});

t.test('a mask is told after UnitFilesChanged', async (t) => {
  const stage = await createStage(t, ['a.service']);
  await stage.connected();
  stage.fake.units.set(pathOfUnit('a.service'), unitDict('a.service', { UnitFileState: text('masked') }));
  stage.fake.signal({ path: managerPath, interface: managerInterface, member: 'UnitFilesChanged' });
  await stage.until('the mask', () => stage.of('unit.changed').at(-1)?.unit.unitFileState === 'masked');
});

t.test('a hundred reloads cost few reads', async (t) => {
  const stage = await createStage(t, ['a.service'], { refreshApartMs: 3_600_000 });
  await stage.connected();
  const before = reads(stage.fake.calls);
  for (let index = 0; index < 100; index += 1) stage.fake.signal({ ...reload, body: [index % 2 === 0] });
  await stage.until('a read', () => reads(stage.fake.calls) > before);
  jobNew(stage.fake, 1, 'a.service');
  await stage.until('what came after', () => stage.of('job.started').length === 1);
  t.equal(reads(stage.fake.calls), before + 1);
});

t.test('the reconcile finds what a lost signal left, and tells nothing else', async (t) => {
  const stage = await createStage(t, ['a.service'], { reconcileMs: 10 });
  await stage.connected();
  const count = reads(stage.fake.calls);
  await stage.until('three more reads', () => reads(stage.fake.calls) > count + 3);
  t.equal(stage.of('unit.changed').length, 1);
  stage.fake.units.set(pathOfUnit('a.service'), unitDict('a.service', { ActiveState: text('inactive') }));
  await stage.until('the news', () => stage.of('unit.changed').at(-1)?.unit.activeState === 'inactive');
  t.equal(stage.of('unit.changed').length, 2);
});

t.test('watch on reload: rules follow, each unit is told again', async (t) => {
  const stage = await createStage(t, ['a.service', 'b.service']);
  await stage.connected();
  stage.fake.units.set(pathOfUnit('c.service'), unitDict('c.service'));
  stage.bus.watch(['b.service', 'c.service']);
  await stage.until('both', () => stage.of('unit.changed').length === 4);
  t.same(
    stage
      .of('unit.changed')
      .slice(2)
      .map((event) => event.unit.id),
    ['b.service', 'c.service'],
  );
  await stage.until('the rules', () => ![...stage.fake.rules].some((rule) => rule.includes("'a.service'")));
  t.equal([...stage.fake.rules].filter((rule) => rule.includes("'c.service'")).length, 2);
});

t.test('a re-executed systemd: subscribed anew, and read', async (t) => {
  const stage = await createStage(t, ['a.service']);
  await stage.connected();
  stage.fake.units.set(pathOfUnit('a.service'), unitDict('a.service', { ActiveState: text('inactive') }));
  stage.fake.owners.set('org.freedesktop.systemd1', ':1.7');
  const before = stage.fake.calls.length;
  stage.fake.signal({
    sender: 'org.freedesktop.DBus',
    path: '/org/freedesktop/DBus',
    interface: 'org.freedesktop.DBus',
    member: 'NameOwnerChanged',
    signature: 'sss',
    body: ['org.freedesktop.systemd1', ':1.0', ':1.7'],
  });
  await stage.until('the news', () => stage.of('unit.changed').at(-1)?.unit.activeState === 'inactive');
  t.ok(stage.fake.calls.slice(before).some((call) => call.member === 'Subscribe'));
  t.same(stage.of('bus.lost'), [], 'a re-execution is no loss');
  jobNew(stage.fake, 3, 'a.service');
  stage.fake.signal({ ...reload, sender: ':1.7', member: 'JobNew', signature: 'uos', body: [4, '/', 'a.service'] });
  await stage.until('a job', () => stage.of('job.started').length > 0);
  t.equal(stage.of('job.started')[0]?.job, 4, 'only the new owner is believed');
});

t.test('a systemd that leaves the bus and does not come back is a loss', async (t) => {
  const stage = await createStage(t, ['a.service'], { callTimeoutMs: 50 });
  await stage.connected();
  stage.fake.owners.delete('org.freedesktop.systemd1');
  stage.fake.signal({
    sender: 'org.freedesktop.DBus',
    path: '/org/freedesktop/DBus',
    interface: 'org.freedesktop.DBus',
    member: 'NameOwnerChanged',
    signature: 'sss',
    body: ['org.freedesktop.systemd1', ':1.0', ''],
  });
  await stage.until('the loss', () => stage.of('bus.lost').length === 1);
  t.match(stage.of('bus.lost')[0]?.detail, /did not come back/);
});

t.test('shutdowns, announced by logind or by the job of shutdown.target', async (t) => {
  const stage = await createStage(t, []);
  await stage.connected();
  const prepare = (active: boolean) =>
    stage.fake.signal({
      sender: ':1.1',
      path: '/org/freedesktop/login1',
      interface: 'org.freedesktop.login1.Manager',
      member: 'PrepareForShutdown',
      signature: 'b',
      body: [active],
    });
  prepare(true);
  jobNew(stage.fake, 1, 'shutdown.target');
  prepare(false);
  jobRemoved(stage.fake, 1, 'shutdown.target', 'canceled');
  jobNew(stage.fake, 2, 'shutdown.target');
  jobRemoved(stage.fake, 2, 'shutdown.target', 'done');
  await stage.until('all', () => stage.of('shutdown.announced').length === 2);
  t.same(
    stage.events.map((event) => event.type),
    ['bus.connected', 'shutdown.announced', 'shutdown.canceled', 'shutdown.announced'],
    'one that reached its target is not canceled',
  );
});

t.test('a shutdown that began before us is told', async (t) => {
  const stage = await createStage(t, []);
  stage.fake.answers.set('Get', () => ({ signature: 'v', body: [['s', 'stopping']] }));
  await stage.connected();
  t.same(
    stage.events.map((event) => event.type),
    ['shutdown.announced', 'bus.connected'],
  );
});

t.test('read: one unit, watched or not', async (t) => {
  const stage = await createStage(t, ['a.service']);
  stage.fake.units.set(pathOfUnit('b.service'), unitDict('b.service'));
  t.match(await stage.bus.read('b.service'), { id: 'b.service', loadState: 'loaded' }, 'waits for the connection');
  t.match(await stage.bus.read('none.service'), { id: 'none.service', loadState: 'not-found' });
  await stage.connected();
  const before = reads(stage.fake.calls);
  await Promise.all([stage.bus.read('b.service'), stage.bus.read('b.service'), stage.bus.read('b.service')]);
  t.equal(reads(stage.fake.calls), before + 1, 'three questions share one read');
});
