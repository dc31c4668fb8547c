/** What systemd says of one unit. Times are CLOCK_MONOTONIC in milliseconds; `null` stands for infinity or never. */
export interface Unit {
  readonly id: string;
  readonly loadState: string;
  readonly activeState:
    | 'active'
    | 'reloading'
    | 'inactive'
    | 'failed'
    | 'activating'
    | 'deactivating'
    | 'maintenance'
    | 'refreshing';
  readonly subState: string;
  /** systemd's Result: success, exit-code, signal, core-dump, watchdog, oom-kill, timeout, start-limit-hit, ... */
  readonly result: string;
  readonly unitFileState: string;
  readonly freezerState: string;
  readonly conditionResult: boolean;
  readonly mainPid: number;
  readonly invocationId: string;
  readonly nRestarts: number;
  /** Id of the job that is queued for the unit, 0 when there is none. */
  readonly job: number;
  readonly inactiveExitAtMs: number | null;
  readonly activeEnterAtMs: number | null;
  readonly activeExitAtMs: number | null;
  readonly inactiveEnterAtMs: number | null;
  readonly stateChangeAtMs: number | null;
  /** When the main process ended; with activeExitAtMs it tells a stop job (left active first) from an exit (ended first). */
  readonly execMainExitAtMs: number | null;
  /** CLD_EXITED is 1, CLD_KILLED 2, CLD_DUMPED 3; 0 while the main process runs or never ran. */
  readonly execMainCode: number;
  readonly execMainStatus: number;
  readonly needDaemonReload: boolean;
  readonly controlGroup: string;
  readonly settings: UnitSettings;
}

/** What the unit file says, as far as it bears on restarting. */
export interface UnitSettings {
  readonly type: string;
  readonly restart: string;
  readonly restartMs: number;
  readonly startLimitBurst: number;
  readonly startLimitIntervalMs: number;
  readonly killMode: string;
  readonly watchdogMs: number;
  readonly timeoutStartMs: number | null;
  readonly timeoutStopMs: number | null;
  /** Units whose stop stops this one: Requires, Requisite, BindsTo and PartOf. */
  readonly stopsWith: readonly string[];
  /** The socket units that listen for this one: systemd's sockets, which outlive the service. */
  readonly sockets: readonly string[];
}
