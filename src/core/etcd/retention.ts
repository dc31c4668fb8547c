/**
 * Which snapshots may go. Kept are the newest good one of each of the last hours, days and weeks that have one. A bad one never takes the place of a
 * good one, and the newest good one and the newest proven one never go.
 */
import { type BackupRecord, isGood, newestGood } from './backup.ts';
import type { Retention } from './policy.ts';

const hour = 3_600_000;
const day = 24 * hour;
/** 1 January 1970 was a Thursday: weeks begin on Monday. */
const mondayMs = 3 * day;

/** The newest of each period, for so many periods that have one. `records`: the newest first. */
function newestPer(
  records: readonly BackupRecord[],
  most: number,
  periodOf: (wallMs: number) => number,
): BackupRecord[] {
  const found = new Map<number, BackupRecord>();
  for (const record of records) {
    const period = periodOf(record.takenWallMs);
    if (!found.has(period) && found.size < most) found.set(period, record);
  }
  return [...found.values()];
}

/** Of the bad ones so many stay, for whoever wants to know why. */
const keptBad = 2;

export function expendable(records: readonly BackupRecord[], keep: Retention): readonly BackupRecord[] {
  const good = newestGood(records);
  const bad = records.filter((record) => !isGood(record)).toSorted((one, other) => other.takenWallMs - one.takenWallMs);
  const kept = new Set([
    ...good.slice(0, 1),
    ...good.filter(({ verified }) => verified !== null).slice(0, 1),
    ...newestPer(good, keep.hourly, (wallMs) => Math.floor(wallMs / hour)),
    ...newestPer(good, keep.daily, (wallMs) => Math.floor(wallMs / day)),
    ...newestPer(good, keep.weekly, (wallMs) => Math.floor((wallMs + mondayMs) / (7 * day))),
    ...bad.slice(0, keptBad),
  ]);
  return records.filter((record) => !kept.has(record));
}
