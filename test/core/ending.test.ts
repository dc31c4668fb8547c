import t from 'tap';
import { classifyEnding } from '../../src/core/mend/ending.ts';
import type { Unit, UnitSettings } from '../../src/core/mend/unit.ts';
import { settings } from './virtual-unit.ts';

const ended = (changes: Partial<Unit>, own: Partial<UnitSettings> = {}): Unit => ({
  id: 'a.service',
  loadState: 'loaded',
  activeState: 'failed',
  subState: 'failed',
  result: 'success',
  unitFileState: 'enabled',
  freezerState: 'running',
  conditionResult: true,
  mainPid: 0,
  invocationId: 'run-1',
  nRestarts: 0,
  job: 0,
  inactiveExitAtMs: 1_000,
  activeEnterAtMs: 1_100,
  activeExitAtMs: 5_000,
  inactiveEnterAtMs: 5_001,
  stateChangeAtMs: 5_001,
  execMainExitAtMs: 5_000,
  execMainCode: 0,
  execMainStatus: 0,
  needDaemonReload: false,
  controlGroup: '',
  settings: settings({ restart: 'no', ...own }),
  ...changes,
});

const auto = { activeState: 'activating', subState: 'auto-restart' } as const;
const dead = { activeState: 'inactive', subState: 'dead' } as const;
/** systemd lets the unit leave `active` before it ends the process, as a stop job does. */
const byWatchdog = { result: 'watchdog', activeExitAtMs: 4_990 } as const;
/** The stop job makes the unit leave `active` first. */
const byJob = { ...dead, activeExitAtMs: 4_990 } as const;

const cases: readonly (readonly [string, Unit, string, string])[] = [
  ['killed', ended({ result: 'signal' }), 'crashed', 'unit.crashed'],
  ['dumped core', ended({ result: 'core-dump' }), 'crashed', 'unit.crashed'],
  ['ended with a status', ended({ result: 'exit-code' }), 'crashed', 'unit.crashed'],
  ['killed for its memory', ended({ result: 'oom-kill', activeExitAtMs: 4_990 }), 'crashed', 'unit.oom-killed'],
  ['ended by its watchdog', ended(byWatchdog), 'crashed', 'unit.watchdog'],
  [
    'ended by its watchdog, a moment before its restart',
    ended({ ...byWatchdog, subState: 'failed-before-auto-restart' }, { restart: 'always' }),
    'crashed',
    'unit.watchdog',
  ],
  [
    'ended by its watchdog, and given up',
    ended({ ...byWatchdog, nRestarts: 4 }, { restart: 'always', startLimitBurst: 5 }),
    'crashed',
    'unit.start-limit-hit',
  ],
  [
    'ended by its watchdog in the middle of a stop',
    ended(byWatchdog, { restart: 'always', startLimitBurst: 5 }),
    'stopped',
    'unit.stopped',
  ],
  ['not ready in time', ended({ result: 'timeout', activeEnterAtMs: null }), 'crashed', 'unit.timeout'],
  [
    'stopped, its process left behind',
    ended({ result: 'timeout', activeExitAtMs: 4_990, execMainExitAtMs: null }),
    'stopped',
    'unit.stopped',
  ],
  ['killed, to be restarted', ended({ ...auto, result: 'signal' }), 'crashed', 'unit.crashed'],
  ['exited, to be restarted', ended({ ...auto }), 'exited', 'unit.exited'],
  ['exited', ended({ ...dead }), 'exited', 'unit.exited'],
  ['exited under on-failure', ended({ ...dead }, { restart: 'on-failure' }), 'exited', 'unit.exited'],
  [
    'exited under always, and not to be restarted',
    ended({ ...dead }, { restart: 'always' }),
    'stopped',
    'unit.stopped',
  ],
  ['given up', ended({ result: 'signal' }, { restart: 'always' }), 'crashed', 'unit.start-limit-hit'],
  ['given up, and said so', ended({ result: 'start-limit-hit' }), 'crashed', 'unit.start-limit-hit'],
  ['no start limit', ended({ result: 'signal' }, { restart: 'always', startLimitBurst: 0 }), 'crashed', 'unit.crashed'],
  [
    'a status that on-abnormal leaves',
    ended({ result: 'exit-code' }, { restart: 'on-abnormal' }),
    'crashed',
    'unit.crashed',
  ],
  ['stopped by a job', ended(byJob), 'stopped', 'unit.stopped'],
  [
    'stopped by a job that had to kill',
    ended({ ...byJob, activeState: 'failed', result: 'timeout' }),
    'stopped',
    'unit.stopped',
  ],
  ['stopped and disabled', ended({ ...byJob, unitFileState: 'disabled' }), 'stopped', 'unit.stopped'],
  ['stopped in auto-restart', ended({ ...dead, result: 'signal', inactiveExitAtMs: 5_002 }), 'stopped', 'unit.stopped'],
  ['a condition that does not hold', ended({ ...dead, conditionResult: false }), 'stopped', 'unit.condition-failed'],
  [
    'never started',
    ended({ ...dead, inactiveExitAtMs: null, activeEnterAtMs: null, activeExitAtMs: null, execMainExitAtMs: null }),
    'stopped',
    'unit.stopped',
  ],
];

for (const [what, unit, how, reason] of cases) {
  t.test(`a unit that was ${what}: ${how}, ${reason}`, async (t) => {
    t.same(classifyEnding(unit), { how, reason });
  });
}

t.test('a crash that was seen, and after which systemd gave up early, is no stop', async (t) => {
  const unit = ended(byWatchdog, { restart: 'always', startLimitBurst: 5 });
  t.same(classifyEnding(unit, true), { how: 'crashed', reason: 'unit.start-limit-hit' });
});
