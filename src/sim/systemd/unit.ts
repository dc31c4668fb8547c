/** What systemd says of a unit before it has ever run. */
import type { Unit, UnitSettings } from '../../core/mend/unit.ts';

/** What holds where the unit file says nothing. */
export const defaultSettings: UnitSettings = {
  type: 'simple',
  restart: 'no',
  restartMs: 100,
  startLimitBurst: 5,
  startLimitIntervalMs: 10_000,
  killMode: 'control-group',
  watchdogMs: 0,
  timeoutStartMs: 90_000,
  timeoutStopMs: 90_000,
  stopsWith: [],
  sockets: [],
};

export const newUnit = (id: string, settings: UnitSettings): Unit => ({
  id,
  loadState: 'loaded',
  activeState: 'inactive',
  subState: 'dead',
  result: 'success',
  unitFileState: 'enabled',
  freezerState: 'running',
  conditionResult: true,
  mainPid: 0,
  invocationId: '',
  nRestarts: 0,
  job: 0,
  inactiveExitAtMs: null,
  activeEnterAtMs: null,
  activeExitAtMs: null,
  inactiveEnterAtMs: null,
  stateChangeAtMs: null,
  execMainExitAtMs: null,
  execMainCode: 0,
  execMainStatus: 0,
  needDaemonReload: false,
  controlGroup: `/system.slice/${id}`,
  settings,
});
