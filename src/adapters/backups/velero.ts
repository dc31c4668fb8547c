/** Objects of Velero (group velero.io, version v1) as they come from the API: what is odd in them is left out, never an error. Pure. */
import type { LocationFound, RunFound, ScheduleFound } from '../../core/backups/found.ts';
import { parseGoDuration } from '../../core/go-duration.ts';
import type { KubernetesObject } from '../kubernetes/answer.ts';
import { cleanDetail } from '../probe/detail.ts';

/** Of one Schedule; enough to know how long a usual one takes. */
const mostRuns = 20;
const usualValidationMs = 60_000;
const scheduleLabel = 'velero.io/schedule-name';
const endedPhases: ReadonlySet<string> = new Set(['Completed', 'PartiallyFailed', 'Failed', 'FailedValidation']);

type Fields = KubernetesObject;

const fieldsIn = (fields: Fields, key: string): Fields => {
  const value = fields[key];
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
};

const textIn = (fields: Fields, key: string): string => {
  const value = fields[key];
  return typeof value === 'string' ? cleanDetail(value) : '';
};

const countIn = (fields: Fields, key: string): number => {
  const value = fields[key];
  return typeof value === 'number' && Number.isFinite(value) ? value : 0;
};

function timeIn(fields: Fields, key: string): number | null {
  const wallMs = Date.parse(textIn(fields, key));
  return Number.isNaN(wallMs) ? null : wallMs;
}

const nameOf = (object: Fields): string => textIn(fieldsIn(object, 'metadata'), 'name');

const refusals = (status: Fields): string => {
  const errors = status['validationErrors'];
  return cleanDetail(Array.isArray(errors) ? errors.filter((error) => typeof error === 'string').join('; ') : '');
};

/** Snapshots that were moved elsewhere by Velero are not counted as made. */
function volumesLost(spec: Fields, status: Fields): number {
  const lost = (kind: string): number =>
    Math.max(0, countIn(status, `${kind}SnapshotsAttempted`) - countIn(status, `${kind}SnapshotsCompleted`));
  return lost('volume') + (spec['snapshotMoveData'] === true ? 0 : lost('csiVolume'));
}

export interface Run extends RunFound {
  readonly schedule: string;
}

/** null: it is of no Schedule, or about to go. */
export function parseRun(object: Fields): Run | null {
  const metadata = fieldsIn(object, 'metadata');
  const status = fieldsIn(object, 'status');
  const schedule = textIn(fieldsIn(metadata, 'labels'), scheduleLabel);
  const phase = textIn(status, 'phase') || 'New';
  const createdWallMs = timeIn(metadata, 'creationTimestamp');
  const beganWallMs = timeIn(status, 'startTimestamp') ?? createdWallMs;
  const leaves = phase === 'Deleting' || metadata['deletionTimestamp'] !== undefined;
  if (schedule === '' || leaves || beganWallMs === null) return null;
  const progress = fieldsIn(status, 'progress');
  const counts = [
    countIn(progress, 'itemsBackedUp'),
    countIn(status, 'backupItemOperationsCompleted'),
    countIn(status, 'backupItemOperationsFailed'),
  ];
  return {
    schedule,
    name: nameOf(object),
    phase,
    beganWallMs,
    endedWallMs: endedPhases.has(phase) ? (timeIn(status, 'completionTimestamp') ?? beganWallMs) : null,
    progress: `${phase} ${counts.join(' ')}`,
    detail: textIn(status, 'failureReason') || refusals(status),
    volumesLost: volumesLost(fieldsIn(object, 'spec'), status),
  };
}

/** The latest first, and among them the newest that was completed. */
export function keepRuns(runs: readonly Run[], schedule: string): RunFound[] {
  const own = runs
    .filter((run) => run.schedule === schedule)
    .map(({ schedule: _schedule, ...run }) => run)
    .sort((a, b) => b.beganWallMs - a.beganWallMs);
  const completed = own.find(({ phase }) => phase === 'Completed');
  const latest = own.slice(0, mostRuns);
  return completed === undefined || latest.includes(completed) ? latest : [...latest, completed];
}

export function parseSchedule(object: Fields, runs: readonly Run[]): ScheduleFound {
  const metadata = fieldsIn(object, 'metadata');
  const spec = fieldsIn(object, 'spec');
  const status = fieldsIn(object, 'status');
  const name = nameOf(object);
  return {
    name,
    cron: textIn(spec, 'schedule'),
    createdWallMs: timeIn(metadata, 'creationTimestamp') ?? 0,
    paused: spec['paused'] === true,
    refusal: textIn(status, 'phase') === 'FailedValidation' ? refusals(status) : null,
    runs: keepRuns(runs, name),
  };
}

export function parseLocation(object: Fields): LocationFound {
  const status = fieldsIn(object, 'status');
  const every = textIn(fieldsIn(object, 'spec'), 'validationFrequency');
  const phase = textIn(status, 'phase');
  return {
    name: nameOf(object),
    available: phase === 'Available',
    detail: textIn(status, 'message') || (phase === '' ? 'Velero has not looked at it yet' : ''),
    validatedWallMs: timeIn(status, 'lastValidationTime'),
    validatedEveryMs: every === '' ? usualValidationMs : (parseGoDuration(every) ?? usualValidationMs),
  };
}
