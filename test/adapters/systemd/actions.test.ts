/** Start, restart, kill and reboot, on a fake bus. */
import t from 'tap';
import { pathOfUnit } from '../../../src/adapters/systemd/object-path.ts';
import { createStage, jobNew, jobPath, jobRemoved, unitDict } from './stage.ts';

const options = { resetFailed: false, sockets: [], timeoutMs: 8_000 };
const verbs = (calls: readonly { member?: string; body?: unknown[] }[]) =>
  calls.filter((call) => /^(Start|Restart|Kill|ResetFailed)Unit$/.test(call.member ?? '')).map((call) => call.member);

t.test('a restart, from the call to the end of its job', async (t) => {
  const stage = await createStage(t, ['a.service']);
  await stage.connected();
  stage.fake.answers.set('RestartUnit', () => jobPath(41));
  const restarted = stage.bus.restart('a.service', options);
  await stage.until('the call', () => verbs(stage.fake.calls).length > 0);
  jobNew(stage.fake, 41, 'a.service');
  jobRemoved(stage.fake, 40, 'a.service', 'canceled');
  jobRemoved(stage.fake, 41, 'a.service', 'done');
  t.match(await restarted, { ok: true, reason: 'action.done', detail: /job 41/ });
  const call = stage.fake.calls.find((one) => one.member === 'RestartUnit');
  t.same(call?.body, ['a.service', 'replace']);
  t.equal(call?.flags, 2, 'nobody is started for want of a systemd');
});

t.test('the end of the job arrives before the reply', async (t) => {
  const stage = await createStage(t, ['a.service']);
  await stage.connected();
  stage.fake.answers.set('StartUnit', () => {
    jobNew(stage.fake, 5, 'a.service');
    jobRemoved(stage.fake, 5, 'a.service', 'dependency');
    return jobPath(5);
  });
  t.match(await stage.bus.start('a.service', options), { ok: false, reason: 'action.failed', detail: /dependency/ });
});

t.test('how systemd refuses', async (t) => {
  const stage = await createStage(t, ['a.service']);
  await stage.connected();
  for (const [error, reason] of [
    ['org.freedesktop.DBus.Error.AccessDenied', 'action.denied'],
    ['org.freedesktop.DBus.Error.InteractiveAuthorizationRequired', 'action.denied'],
    ['org.freedesktop.systemd1.UnitMasked', 'action.failed'],
    ['org.freedesktop.systemd1.NoSuchUnit', 'action.failed'],
    ['org.freedesktop.systemd1.TransactionIsDestructive', 'action.failed'],
  ] as const) {
    stage.fake.answers.set('StartUnit', () => ({ error, message: 'because\nof this' }));
    const result = await stage.bus.start('a.service', options);
    t.match(result, { ok: false, reason, detail: 'StartUnit: because of this' }, error);
  }
});

t.test('a canceled job', async (t) => {
  const stage = await createStage(t, ['a.service']);
  await stage.connected();
  stage.fake.answers.set('StartUnit', () => jobPath(5));
  const started = stage.bus.start('a.service', options);
  await stage.until('the call', () => verbs(stage.fake.calls).length > 0);
  jobRemoved(stage.fake, 5, 'a.service', 'canceled');
  t.match(await started, { ok: false, reason: 'action.canceled' });
});

t.test('a job that does not end in time, and a call that is not answered', async (t) => {
  const stage = await createStage(t, ['a.service']);
  await stage.connected();
  stage.fake.answers.set('StartUnit', () => jobPath(5));
  const short = { resetFailed: false, timeoutMs: 30 };
  t.match(await stage.bus.start('a.service', short), { ok: false, reason: 'action.timeout', detail: /30 ms/ });
  stage.fake.answers.set('StartUnit', () => 'nothing');
  t.match(await stage.bus.start('a.service', short), { ok: false, reason: 'action.timeout' });
  t.same(stage.of('bus.lost'), [], 'a slow job is no lost bus');
});

t.test('one action per unit: a second one is refused, the next one after it is not', async (t) => {
  const stage = await createStage(t, ['a.service', 'b.service']);
  await stage.connected();
  stage.fake.answers.set('RestartUnit', (call) => jobPath(call.body?.[0] === 'a.service' ? 5 : 6));
  const first = stage.bus.restart('a.service', options);
  const other = stage.bus.restart('b.service', options);
  t.match(await stage.bus.restart('a.service', options), { reason: 'action.failed', detail: /still under way/ });
  t.match(await stage.bus.killAndRestart('a.service', options), { reason: 'action.failed' });
  await stage.until('the calls', () => verbs(stage.fake.calls).length === 2);
  jobRemoved(stage.fake, 5, 'a.service', 'done');
  jobRemoved(stage.fake, 6, 'b.service', 'done');
  t.match(await first, { ok: true });
  t.match(await other, { ok: true });
  const again = stage.bus.restart('a.service', options);
  await stage.until('the call', () => verbs(stage.fake.calls).length === 3);
  jobRemoved(stage.fake, 5, 'a.service', 'done');
  t.match(await again, { ok: true });
});

t.test('reset-failed goes first, and its failure stops nothing', async (t) => {
  const stage = await createStage(t, ['a.service']);
  await stage.connected();
  stage.fake.answers.set('ResetFailedUnit', () => ({
    error: 'org.freedesktop.systemd1.NoSuchUnit',
    message: 'not loaded',
  }));
  stage.fake.answers.set('StartUnit', () => {
    jobRemoved(stage.fake, 5, 'a.service', 'done');
    return jobPath(5);
  });
  t.match(await stage.bus.start('a.service', { ...options, resetFailed: true }), { ok: true });
  t.same(verbs(stage.fake.calls), ['ResetFailedUnit', 'StartUnit']);
});

t.test('the start does not wait for the reply to reset-failed', async (t) => {
  const stage = await createStage(t, ['a.service']);
  await stage.connected();
  stage.fake.answers.set('ResetFailedUnit', () => 'nothing');
  stage.fake.answers.set('StartUnit', () => {
    jobRemoved(stage.fake, 5, 'a.service', 'done');
    return jobPath(5);
  });
  t.match(await stage.bus.start('a.service', { ...options, resetFailed: true }), { ok: true });
  t.same(verbs(stage.fake.calls), ['ResetFailedUnit', 'StartUnit']);
});

t.test('the socket units are restarted before their service, whose job alone counts', async (t) => {
  const stage = await createStage(t, ['a.service']);
  await stage.connected();
  stage.fake.answers.set('RestartUnit', (call) => {
    if (call.body?.[0] === 'a.socket') return { error: 'org.freedesktop.systemd1.NoSuchUnit', message: 'gone' };
    jobRemoved(stage.fake, 6, 'a.service', 'done');
    return jobPath(6);
  });
  t.match(await stage.bus.restart('a.service', { ...options, sockets: ['a.socket'] }), { ok: true, detail: /job 6/ });
  const asked = stage.fake.calls.filter((call) => call.member === 'RestartUnit');
  t.same(
    asked.map((call) => call.body?.[0]),
    ['a.socket', 'a.service'],
  );
});

t.test('kill: SIGKILL to the main process, then the restart, even when there is no process', async (t) => {
  const stage = await createStage(t, ['a.service']);
  await stage.connected();
  stage.fake.answers.set('KillUnit', () => ({
    error: 'org.freedesktop.systemd1.NoSuchProcess',
    message: 'no main process',
  }));
  stage.fake.answers.set('RestartUnit', () => {
    jobRemoved(stage.fake, 5, 'a.service', 'done');
    return jobPath(5);
  });
  t.match(await stage.bus.killAndRestart('a.service', options), { ok: true });
  t.same(verbs(stage.fake.calls), ['KillUnit', 'RestartUnit']);
  t.same(stage.fake.calls.find((call) => call.member === 'KillUnit')?.body, ['a.service', 'main', 9]);
});

t.test('who may not kill does not restart either', async (t) => {
  const stage = await createStage(t, ['a.service']);
  await stage.connected();
  stage.fake.answers.set('KillUnit', () => ({ error: 'org.freedesktop.DBus.Error.AccessDenied', message: 'no' }));
  t.match(await stage.bus.killAndRestart('a.service', options), { ok: false, reason: 'action.denied' });
  t.same(verbs(stage.fake.calls), ['KillUnit']);
});

t.test('without a bus, or for a unit that is not watched, nothing is sent', async (t) => {
  const stage = await createStage(t, ['a.service']);
  t.match(await stage.bus.start('a.service', options), { reason: 'action.failed', detail: /not connected/ });
  await stage.connected();
  t.match(await stage.bus.start('b.service', options), { reason: 'action.failed', detail: /not watched/ });
  t.same(verbs(stage.fake.calls), []);
});

t.test('the bus dies while a job is under way: the unit itself tells how it ended', async (t) => {
  const stage = await createStage(t, ['a.service', 'b.service', 'c.service']);
  await stage.connected();
  stage.fake.answers.set('RestartUnit', (call) => (call.body?.[0] === 'a.service' ? jobPath(5) : 'nothing'));
  const a = stage.bus.restart('a.service', options);
  const b = stage.bus.restart('b.service', options);
  const c = stage.bus.restart('c.service', options);
  await stage.until('the calls', () => verbs(stage.fake.calls).length === 3);
  const invocation = { InvocationID: { type: 'ay', data: Array.from({ length: 16 }, () => 7) } };
  stage.fake.units.set(pathOfUnit('a.service'), unitDict('a.service', invocation));
  const queued = { Job: { type: '(uo)', data: [9, '/org/freedesktop/systemd1/job/9'] } };
  stage.fake.units.set(pathOfUnit('c.service'), unitDict('c.service', queued));
  stage.fake.drop();
  t.match(await a, { ok: true, reason: 'action.done', detail: /not seen/ }, 'it has a new invocation');
  t.match(await b, { ok: false, reason: 'action.failed', detail: /not seen/ }, 'the old one still runs');
  await stage.connected();
  jobRemoved(stage.fake, 9, 'c.service', 'done');
  t.match(await c, { ok: true, reason: 'action.done', detail: /job 9/ }, 'the job that was there was followed');
});

t.test('reboot goes through logind, without a dialogue', async (t) => {
  const stage = await createStage(t, []);
  await stage.connected();
  t.match(await stage.bus.reboot({ timeoutMs: 5_000 }), { ok: true, reason: 'action.done' });
  const call = stage.fake.calls.find((one) => one.member === 'Reboot');
  t.match(call, { destination: 'org.freedesktop.login1', body: [false] });
  stage.fake.answers.set('Reboot', () => ({ error: 'org.freedesktop.DBus.Error.AccessDenied', message: 'no' }));
  t.match(await stage.bus.reboot({ timeoutMs: 5_000 }), { ok: false, reason: 'action.denied' });
  stage.fake.answers.set('Reboot', () => 'nothing');
  t.match(await stage.bus.reboot({ timeoutMs: 20 }), { ok: false, reason: 'action.timeout' });
});

t.test('close answers what is under way', async (t) => {
  const stage = await createStage(t, ['a.service']);
  await stage.connected();
  stage.fake.answers.set('RestartUnit', () => jobPath(5));
  const restarted = stage.bus.restart('a.service', options);
  await stage.until('the call', () => verbs(stage.fake.calls).length > 0);
  await stage.bus.close();
  t.match(await restarted, { ok: false, reason: 'action.interrupted' });
});
