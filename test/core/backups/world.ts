/** A check of backups in virtual time: what is there to be found, and whether it can be looked at. */
import type { Action } from '../../../src/core/action.ts';
import type { BackupsFound, LocationFound, RunFound, ScheduleFound } from '../../../src/core/backups/found.ts';
import type { FreshnessChanged } from '../../../src/core/backups/messages.ts';
import type { BackupCheckPolicy, BackupTarget } from '../../../src/core/backups/policy.ts';
import { type BackupChecks, type BackupItem, noBackupChecks } from '../../../src/core/backups/state.ts';
import { stepBackups } from '../../../src/core/backups/step.ts';
import type { Event } from '../../../src/core/event.ts';

export const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;
/** The wall clock when virtual time is 0. */
export const beganWallMs = Date.UTC(2026, 11, 1);

export const files: BackupTarget = { kind: 'files', path: '/srv/dumps/*.gz', minBytes: 1_000, maxAgeMs: 26 * hour };
export const command: BackupTarget = { kind: 'command', argv: ['/usr/local/bin/check'] };
export const velero: BackupTarget = { kind: 'velero', namespace: 'velero', kubeconfig: '/k' };

export const policy = (target: BackupTarget, changes: Partial<BackupCheckPolicy> = {}): BackupCheckPolicy => ({
  name: 'db',
  target,
  everyMs: 5 * minute,
  timeoutMs: 30_000,
  ...changes,
});

/** Times are those of the world: milliseconds since its beginning. */
export const run = (beganMs: number, changes: Partial<RunFound> & { readonly tookMs?: number } = {}): RunFound => {
  const { tookMs = 10 * minute, ...rest } = changes;
  return {
    name: `daily-${beganMs / hour}`,
    phase: 'Completed',
    beganWallMs: beganWallMs + beganMs,
    endedWallMs: beganWallMs + beganMs + tookMs,
    progress: '',
    detail: '',
    volumesLost: 0,
    ...rest,
  };
};

export const underWay = (beganMs: number, progress: string): RunFound =>
  run(beganMs, { phase: 'InProgress', endedWallMs: null, progress });

export const schedule = (runs: readonly RunFound[], changes: Partial<ScheduleFound> = {}): ScheduleFound => ({
  name: 'daily',
  cron: '0 1 * * *',
  createdWallMs: beganWallMs - 30 * day,
  paused: false,
  refusal: null,
  runs,
  ...changes,
});

export interface World {
  readonly nowMs: () => number;
  /** What a look finds; null: it cannot look. Called at each look. */
  found: () => BackupsFound | null;
  until(atMs: number): void;
  for(spanMs: number): void;
  /** Nobody looks for this long. */
  sleep(spanMs: number): void;
  step(event: Event): void;
  item(name?: string): BackupItem;
  readonly told: FreshnessChanged[];
  readonly looks: Action[];
  state(): BackupChecks;
  /** Another agent goes on with what lasts of the state. */
  restart(policies: readonly BackupCheckPolicy[], kept?: BackupChecks): void;
}

export function createWorld(first: BackupCheckPolicy): World {
  let checks = noBackupChecks;
  let nowMs = 0;
  const takesMs = 50;
  const answers: { readonly atMs: number; readonly answer: () => Event }[] = [];

  function step(event: Event): void {
    const stepped = stepBackups(checks, event, nowMs);
    checks = stepped.backups;
    for (const transition of stepped.transitions)
      if (transition.type === 'freshness.changed') world.told.push(transition);
    for (const action of stepped.actions) if (action.type === 'backups.look') look(action);
  }

  function look(action: Extract<Action, { type: 'backups.look' }>): void {
    world.looks.push(action);
    const startedAtMs = nowMs;
    const answer = (): Event => {
      const found = world.found();
      const seen =
        found === null
          ? ({ known: false, detail: 'no answer', startedAtMs } as const)
          : ({ known: true, found, wallMs: beganWallMs + startedAtMs, startedAtMs } as const);
      return { type: 'backups.observed', check: action.check, seen };
    };
    answers.push({ atMs: nowMs + takesMs, answer });
  }

  const world: World = {
    nowMs: () => nowMs,
    found: () => null,
    until: (atMs) => {
      for (;;) {
        const [next] = answers;
        const wakeAtMs = Math.max(nowMs, checks.wakeAtMs ?? Number.POSITIVE_INFINITY);
        const nextMs = Math.min(next?.atMs ?? Number.POSITIVE_INFINITY, wakeAtMs);
        if (nextMs > atMs) break;
        nowMs = nextMs;
        if (next !== undefined && next.atMs <= nextMs) {
          answers.shift();
          step(next.answer());
        } else step({ type: 'tick' });
      }
      nowMs = atMs;
    },
    for: (spanMs) => world.until(nowMs + spanMs),
    sleep: (spanMs) => {
      nowMs += spanMs;
      step({ type: 'tick' });
    },
    step,
    item: (name = '') => {
      const found = checks.byName['db']?.items[name];
      if (found === undefined) throw new Error(`there is no item ${JSON.stringify(name)}`);
      return found;
    },
    told: [],
    looks: [],
    state: () => checks,
    restart: (policies, kept = checks) => {
      checks = { ...kept, wakeAtMs: null };
      answers.length = 0;
      step({ type: 'agent.started', bootId: 'b', seed: 1, store: 'ok' });
      step({ type: 'backups.loaded', policies });
    },
  };
  step({ type: 'backups.loaded', policies: [first] });
  return world;
}

export const location = (changes: Partial<LocationFound> = {}): LocationFound => ({
  name: 'default',
  available: true,
  detail: '',
  validatedWallMs: null,
  validatedEveryMs: minute,
  ...changes,
});
