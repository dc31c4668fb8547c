/**
 * From systemd's properties to a Unit. Pure and total: a missing or odd property gets a harmless default, so that older
 * versions of systemd and units that are no services go through.
 */
import type { Unit, UnitSettings } from '../../core/mend/unit.ts';
import type { Properties } from './properties.ts';

/** UINT64_MAX means infinity. The library's numbers hold 53 bits, so it arrives rounded to 2^64; no real time is near. */
const infiniteUsec = 2 ** 63;

const text = (value: unknown, otherwise = ''): string => (typeof value === 'string' ? value.slice(0, 1024) : otherwise);

const count = (value: unknown): number =>
  typeof value === 'number' && Number.isFinite(value) && value > 0 ? Math.trunc(value) : 0;

/** A point in time; 0 means never. */
const atMs = (value: unknown): number | null => {
  const usec = count(value);
  return usec === 0 || usec >= infiniteUsec ? null : usec / 1000;
};

/** A length of time in which 0 is a length; infinity is null. */
const lengthMs = (value: unknown): number | null => {
  const usec = count(value);
  return usec >= infiniteUsec ? null : usec / 1000;
};

const activeStates: readonly Unit['activeState'][] = [
  'active',
  'reloading',
  'inactive',
  'failed',
  'activating',
  'deactivating',
  'maintenance',
  'refreshing',
];

/** A state this program does not know must not look like one that calls for a start. */
const activeState = (value: unknown): Unit['activeState'] =>
  activeStates.find((state) => state === value) ?? 'maintenance';

const invocationId = (value: unknown): string => {
  if (!Buffer.isBuffer(value) || value.length !== 16) return '';
  return value.toString('hex');
};

const names = (...lists: unknown[]): string[] => {
  const all = lists.flatMap((list) => (Array.isArray(list) ? list : []));
  return [...new Set(all.filter((name): name is string => typeof name === 'string'))].sort().slice(0, 256);
};

const parseSettings = (raw: Properties): UnitSettings => ({
  type: text(raw['Type']),
  restart: text(raw['Restart'], 'no'),
  restartMs: lengthMs(raw['RestartUSec']) ?? Number.MAX_SAFE_INTEGER,
  startLimitBurst: count(raw['StartLimitBurst']),
  startLimitIntervalMs: lengthMs(raw['StartLimitIntervalUSec']) ?? Number.MAX_SAFE_INTEGER,
  killMode: text(raw['KillMode'], 'control-group'),
  watchdogMs: lengthMs(raw['WatchdogUSec']) ?? 0,
  timeoutStartMs: lengthMs(raw['TimeoutStartUSec']),
  timeoutStopMs: lengthMs(raw['TimeoutStopUSec']),
  stopsWith: names(raw['Requires'], raw['Requisite'], raw['BindsTo'], raw['PartOf']),
  sockets: names(raw['TriggeredBy']).filter((name) => name.endsWith('.socket')),
});

/**
 * `id` is the name the unit is watched by, which may be an alias. A condition that systemd has not evaluated yet reads as
 * false; here it counts as met, for nothing is known against the unit.
 */
export const parseUnit = (id: string, raw: Properties): Unit => ({
  id,
  loadState: text(raw['LoadState'], 'not-found'),
  activeState: activeState(raw['ActiveState'] ?? 'inactive'),
  subState: text(raw['SubState'], 'dead'),
  result: text(raw['Result'], 'success'),
  unitFileState: text(raw['UnitFileState']),
  freezerState: text(raw['FreezerState'], 'running'),
  conditionResult: count(raw['ConditionTimestampMonotonic']) === 0 || raw['ConditionResult'] !== false,
  mainPid: count(raw['MainPID']),
  invocationId: invocationId(raw['InvocationID']),
  nRestarts: count(raw['NRestarts']),
  job: Array.isArray(raw['Job']) ? count(raw['Job'][0]) : 0,
  inactiveExitAtMs: atMs(raw['InactiveExitTimestampMonotonic']),
  activeEnterAtMs: atMs(raw['ActiveEnterTimestampMonotonic']),
  activeExitAtMs: atMs(raw['ActiveExitTimestampMonotonic']),
  inactiveEnterAtMs: atMs(raw['InactiveEnterTimestampMonotonic']),
  stateChangeAtMs: atMs(raw['StateChangeTimestampMonotonic']),
  execMainExitAtMs: atMs(raw['ExecMainExitTimestampMonotonic']),
  execMainCode: count(raw['ExecMainCode']),
  execMainStatus: count(raw['ExecMainStatus']),
  needDaemonReload: raw['NeedDaemonReload'] === true,
  controlGroup: text(raw['ControlGroup']),
  settings: parseSettings(raw),
});
