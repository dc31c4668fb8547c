/**
 * The verdict on a Schedule of Velero and on a storage location. It goes by the Backups themselves: Schedule.status.lastBackup is the last try, whatever
 * came of it, and Velero's metric of the last status is known to be wrong both ways.
 */
import type { LocationFound, RunFound, ScheduleFound } from './found.ts';
import { longestPeriodMs } from './period.ts';
import { span } from './span.ts';
import type { Judgement, Standstill } from './state.ts';

const failures: ReadonlySet<string> = new Set(['Failed', 'FailedValidation']);
/** Without a step forward for so long: Velero itself gives an operation 4 h; with earlier tries to go by it is sooner. */
const mostStillMs = 14_400_000;
const leastStillMs = 1_800_000;
/** A location is looked at every minute unless it says otherwise. */
const leastUnseenMs = 600_000;
const unavailableMs = 900_000;
/** The standstill of a location. */
export const away = 'away';

const durationOf = ({ beganWallMs, endedWallMs }: RunFound): number =>
  Math.max(0, (endedWallMs ?? beganWallMs) - beganWallMs);

/** The same as before stays as old as it is. */
const follow = (before: Standstill | null, what: string, nowMs: number): Standstill =>
  before?.what === what ? before : { what, sinceMs: nowMs };

/** Whether the last try fell short, and how. */
function shortfall(run: RunFound | undefined): Pick<Judgement, 'verdict' | 'detail'> | null {
  if (run === undefined) return null;
  const said = run.detail === '' ? '' : `: ${run.detail}`;
  if (failures.has(run.phase)) return { verdict: 'failed', detail: `${run.name} ended ${run.phase}${said}` };
  if (run.phase !== 'Completed') return { verdict: 'partial', detail: `${run.name} ended ${run.phase}${said}` };
  if (run.volumesLost === 0) return null;
  return { verdict: 'partial', detail: `${run.name} lacks ${run.volumesLost} volume snapshots that were tried` };
}

interface At {
  readonly nowMs: number;
  readonly nowWallMs: number;
}

export function judgeSchedule(schedule: ScheduleFound, before: Standstill | null, { nowMs, nowWallMs }: At): Judgement {
  const { cron, runs, paused, refusal, createdWallMs } = schedule;
  const periodMs = longestPeriodMs(cron);
  const completed = runs.filter(({ phase }) => phase === 'Completed');
  const longestMs = Math.max(0, ...completed.map(durationOf));
  const ended = runs.filter(({ endedWallMs }) => endedWallMs !== null);
  const [latest] = runs;
  const good = completed[0] ?? null;
  const limitMs = periodMs === null ? null : 1.5 * periodMs + longestMs;
  const underWay = latest !== undefined && latest.endedWallMs === null ? latest : null;
  const standstill = underWay === null ? null : follow(before, `${underWay.name} ${underWay.progress}`, nowMs);
  const goodWallMs = good?.endedWallMs ?? null;
  const told = { goodWallMs, limitMs, bytes: null, standstill };
  if (refusal !== null) return { ...told, verdict: 'failed', detail: `Velero refuses the Schedule: ${refusal}` };
  if (limitMs === null)
    return {
      ...told,
      verdict: 'unknown',
      detail: `the schedule ${JSON.stringify(cron.slice(0, 100))} is not understood`,
    };
  const short = shortfall(ended[0]);
  const ageMs = nowWallMs - (goodWallMs ?? createdWallMs);
  if (ageMs > limitMs) {
    const since =
      goodWallMs === null ? `none was completed in ${span(ageMs)}` : `the last completed is ${span(ageMs)} old`;
    const why = paused ? '; the Schedule is paused' : short === null ? '' : `; ${short.detail}`;
    return {
      ...told,
      verdict: paused ? 'paused' : 'stale',
      detail: `${since}, at most ${span(limitMs)} are allowed${why}`,
    };
  }
  const patienceMs = good === null ? mostStillMs : Math.min(mostStillMs, Math.max(leastStillMs, 2 * longestMs));
  if (underWay !== null && standstill !== null && nowMs - standstill.sinceMs >= patienceMs) {
    const still = span(nowMs - standstill.sinceMs);
    return { ...told, verdict: 'stuck', detail: `${underWay.name} is ${underWay.phase} without a step for ${still}` };
  }
  if (short !== null) return { ...told, ...short };
  if (good === null) return { ...told, verdict: 'waiting', detail: 'none is due yet' };
  return { ...told, verdict: 'fresh', detail: `${good.name} is ${span(ageMs)} old` };
}

export function judgeLocation(
  location: LocationFound,
  before: Pick<Judgement, 'verdict' | 'standstill'> | null,
  { nowMs, nowWallMs }: At,
): Judgement {
  const { available, detail, validatedWallMs, validatedEveryMs } = location;
  const standstill = available ? null : follow(before?.standstill ?? null, away, nowMs);
  const told = { goodWallMs: null, limitMs: null, bytes: null, standstill };
  const known = before?.verdict === 'unavailable';
  if (standstill !== null && (known || nowMs - standstill.sinceMs >= unavailableMs)) {
    const said = detail === '' ? '' : `: ${detail}`;
    return { ...told, verdict: 'unavailable', detail: `not available for ${span(nowMs - standstill.sinceMs)}${said}` };
  }
  const unseenMs = validatedWallMs === null ? 0 : nowWallMs - validatedWallMs;
  // What Velero said last is worth nothing once it does not look any more: it may not run at all.
  if (validatedEveryMs > 0 && unseenMs > Math.max(leastUnseenMs, 10 * validatedEveryMs))
    return { ...told, verdict: 'unavailable', detail: `Velero has not looked at it for ${span(unseenMs)}` };
  if (!available) return { ...told, verdict: 'waiting', detail };
  return { ...told, verdict: 'fresh', detail: '' };
}
