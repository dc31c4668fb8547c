import t from 'tap';
import { parseUnit } from '../../../src/adapters/systemd/parse-unit.ts';
import { decodeProperties } from '../../../src/adapters/systemd/properties.ts';
import { asRead, type Dict, recordedProperties } from './recorded.ts';

const parse = (name: string, change: Dict = {}) =>
  parseUnit(`${name}.service`, decodeProperties(asRead({ ...recordedProperties(name), ...change })));

t.test('a recorded containerd.service', async (t) => {
  const unit = parse('containerd');
  t.match(unit, {
    id: 'containerd.service',
    loadState: 'loaded',
    activeState: 'active',
    subState: 'running',
    result: 'success',
    unitFileState: 'enabled',
    freezerState: 'running',
    conditionResult: true,
    job: 0,
    execMainCode: 0,
    execMainExitAtMs: null,
    needDaemonReload: false,
    controlGroup: '/system.slice/containerd.service',
    settings: {
      type: 'notify',
      restart: 'always',
      restartMs: 5_000,
      startLimitBurst: 5,
      startLimitIntervalMs: 10_000,
      killMode: 'process',
      watchdogMs: 0,
      timeoutStartMs: 90_000,
      timeoutStopMs: 90_000,
      stopsWith: ['sysinit.target', 'system.slice'],
      sockets: [],
    },
  });
  t.match(unit.invocationId, /^[0-9a-f]{32}$/);
  t.ok(unit.mainPid > 0);
  const usec = Number(recordedProperties('containerd')['InactiveExitTimestampMonotonic']?.data);
  t.equal(unit.inactiveExitAtMs, usec / 1000, 'microseconds become milliseconds');
  t.same(JSON.parse(JSON.stringify(unit)), unit, 'a unit is plain JSON');
});

t.test('a unit that does not exist', async (t) => {
  const unit = parse('absent');
  t.match(unit, { loadState: 'not-found', activeState: 'inactive', mainPid: 0, invocationId: '' });
  t.match(unit, { inactiveExitAtMs: null, activeEnterAtMs: null, activeExitAtMs: null, stateChangeAtMs: null });
});

t.test('a condition that was never evaluated is not a failed one', async (t) => {
  const never: Dict = {
    ConditionResult: { type: 'b', data: false },
    ConditionTimestampMonotonic: { type: 't', data: 0 },
  };
  t.equal(parse('containerd', never).conditionResult, true);
  const failed: Dict = { ...never, ConditionTimestampMonotonic: { type: 't', data: 5 } };
  t.equal(parse('containerd', failed).conditionResult, false);
});

t.test('infinity, rounded as a double rounds it', async (t) => {
  const infinity = { type: 't', data: 18446744073709552000 };
  const { settings } = parse('containerd', {
    TimeoutStartUSec: infinity,
    TimeoutStopUSec: infinity,
    WatchdogUSec: infinity,
    RestartUSec: infinity,
  });
  t.match(settings, { timeoutStartMs: null, timeoutStopMs: null, watchdogMs: 0, restartMs: Number.MAX_SAFE_INTEGER });
  t.equal(parse('containerd', { ActiveEnterTimestampMonotonic: infinity }).activeEnterAtMs, null);
  t.equal(parse('containerd', { TimeoutStopUSec: { type: 't', data: 0 } }).settings.timeoutStopMs, 0);
});

t.test('a socket has no process and no Result of a service', async (t) => {
  const unit = parseUnit('docker.socket', decodeProperties(asRead(recordedProperties('socket'))));
  t.match(unit, { loadState: 'loaded', activeState: 'active', mainPid: 0, nRestarts: 0, execMainCode: 0 });
  t.equal(unit.settings.restart, 'no');
});

t.test('nothing at all is a unit that is not there', async (t) => {
  t.match(parseUnit('a.service', {}), { id: 'a.service', loadState: 'not-found', activeState: 'inactive', job: 0 });
});

t.test('values of the wrong kind are harmless', async (t) => {
  const unit = parseUnit('a.service', {
    LoadState: 7,
    ActiveState: 'exploded',
    MainPID: -1,
    NRestarts: Number.NaN,
    InvocationID: Buffer.from('short'),
    Job: 'none',
    Requires: 'all',
    BindsTo: [1, 'b.service', 'b.service'],
    TriggeredBy: ['a.timer', 2, 'a.socket'],
    ControlGroup: 'x'.repeat(100_000),
  });
  t.match(unit, { activeState: 'maintenance', mainPid: 0, nRestarts: 0, invocationId: '', job: 0 });
  t.same(unit.settings.stopsWith, ['b.service']);
  t.same(unit.settings.sockets, ['a.socket'], 'a timer listens to nobody');
  t.equal(unit.controlGroup.length, 1024);
});

t.test('a{sv} of another shape is passed over', async (t) => {
  for (const odd of [null, 7, 'x', {}, [null], [['Id']], [['Id', 7]], [[7, [[], ['x']]]], [['Id', [[], 'x']]]]) {
    t.same(decodeProperties(odd), {});
  }
  t.same(decodeProperties([['Unheard', [[], [1]]]]), {}, 'what nobody reads is not kept');
});
