/** Incidents and transitions as rows, and back. Bounded in time and number: see `prune`. */
import type { DatabaseSync } from 'node:sqlite';
import { type Trouble, troubleOf } from '../core/alert/trouble.ts';
import type { Transition } from '../core/transition.ts';
import type { BriefIncident, IncidentRecord, PeriodRecord } from '../ports.ts';

/** Two months and the days that a month's report may come late: a report compares with the month before. */
const keptMs = 70 * 86_400_000;
const keptTransitions = 10_000;
const keptIncidents = 1_000;

export function recordTransition(database: DatabaseSync, wallMs: number, transition: Transition): void {
  const incident = 'incident' in transition ? transition.incident : null;
  const { lastInsertRowid } = database
    .prepare('INSERT INTO transition (wallMs, incident, json) VALUES (?, ?, ?)')
    .run(wallMs, incident, JSON.stringify(transition));
  if (transition.type === 'incident.opened') {
    database
      .prepare('INSERT OR IGNORE INTO incident (id, component, openedWallMs, cause) VALUES (?, ?, ?, ?)')
      .run(transition.incident, transition.component, wallMs, transition.reason);
  }
  if (transition.type === 'incident.closed') {
    database
      .prepare('UPDATE incident SET closedWallMs = ?, recovered = ?, durationMs = ? WHERE id = ?')
      .run(wallMs, transition.recovered ? 1 : 0, transition.durationMs, transition.incident);
  }
  const trouble = troubleOf(transition);
  if (trouble !== null) recordTrouble(database, wallMs, Number(lastInsertRowid), transition, trouble);
}

/** Trouble of no component has an incident too: here it is known whether one is open, also of an earlier agent. */
function recordTrouble(
  database: DatabaseSync,
  wallMs: number,
  seq: number,
  transition: Transition,
  { subject, lasts }: Trouble,
): void {
  const open = database
    .prepare('SELECT id, openedWallMs FROM incident WHERE component = ? AND closedWallMs IS NULL')
    .get(subject);
  if (open === undefined && !lasts) return;
  const id = String(open?.['id'] ?? `incident-t${seq}`);
  if (open === undefined)
    database
      .prepare('INSERT INTO incident (id, component, openedWallMs, cause) VALUES (?, ?, ?, ?)')
      .run(id, subject, wallMs, transition.reason);
  database.prepare('UPDATE transition SET incident = ? WHERE seq = ?').run(id, seq);
  if (lasts) return;
  // What is not looked at any more has not recovered.
  const recovered = transition.reason === 'freshness.gone' ? 0 : 1;
  database
    .prepare('UPDATE incident SET closedWallMs = ?, recovered = ?, durationMs = ? WHERE id = ?')
    .run(wallMs, recovered, Math.max(0, wallMs - Number(open?.['openedWallMs'])), id);
}

interface IncidentRow {
  readonly id: string;
  readonly component: string;
  readonly openedWallMs: number;
  readonly closedWallMs: number | null;
  readonly cause: string;
  readonly recovered: number | null;
  readonly durationMs: number | null;
}

/** What was damaged is left out; the rest of its incident is still worth reading. */
function readTransition(json: string): Transition[] {
  try {
    return [JSON.parse(json) as Transition];
  } catch {
    // A damaged line of the history decides nothing; it only tells less.
    return [];
  }
}

/** Completes the rows of incidents. `along`: also with what befell the component meanwhile. */
function completion(database: DatabaseSync, along: boolean): (row: IncidentRow) => IncidentRecord {
  const own = 'SELECT wallMs, json FROM transition WHERE incident = ?1';
  const others = `incident IS NULL AND wallMs BETWEEN ?2 AND ?3 AND json LIKE '%"component":"' || ?4 || '"%'`;
  const told = database.prepare(`${own}${along ? ` OR (${others})` : ''} ORDER BY seq`);
  const captured = database.prepare('SELECT file FROM evidence WHERE incident = ? ORDER BY rowid');
  return (row) => {
    const { id, component, openedWallMs, closedWallMs, recovered } = row;
    const meanwhile = along ? [openedWallMs, closedWallMs ?? Number.MAX_SAFE_INTEGER, component] : [];
    return {
      ...row,
      recovered: recovered === null ? null : recovered === 1,
      transitions: told
        .all(id, ...meanwhile)
        .flatMap(({ wallMs, json }) =>
          readTransition(String(json)).map((transition) => ({ wallMs: Number(wallMs), transition })),
        ),
      evidence: captured.all(id).map(({ file }) => String(file)),
    };
  };
}

/** The newest first, at most 1,000; one by its id with all that befell its component meanwhile. */
export function readIncidents(
  database: DatabaseSync,
  query: { readonly component: string | null; readonly sinceWallMs: number; readonly id: string | null },
): IncidentRecord[] {
  const rows = database
    .prepare(
      `SELECT * FROM incident WHERE (?1 IS NULL OR component = ?1) AND (?2 IS NULL OR id = ?2)
       AND (?2 IS NOT NULL OR coalesce(closedWallMs, openedWallMs) >= ?3 OR closedWallMs IS NULL) ORDER BY openedWallMs DESC LIMIT ${keptIncidents}`,
    )
    .all(query.component, query.id, query.sinceWallMs) as unknown as IncidentRow[];
  return rows.map(completion(database, query.id !== null));
}

/** Since when the history is whole. The very first transition of all stays until there are too many, so that a long silence counts as known. */
function knownSince(database: DatabaseSync, nowWallMs: number): number {
  const first = database.prepare('SELECT wallMs FROM transition ORDER BY seq LIMIT 1').get();
  const incidents = database.prepare('SELECT count(*) AS count, min(openedWallMs) AS first FROM incident').get();
  const cut = Number(incidents?.['count']) >= keptIncidents ? Number(incidents?.['first']) : 0;
  return Math.max(first === undefined ? nowWallMs : Number(first['wallMs']), nowWallMs - keptMs, cut);
}

/** Of components alone: that a backup is old is no outage. */
export function readPeriod(database: DatabaseSync, sinceWallMs: number, nowWallMs: number): PeriodRecord {
  const incidents = database
    .prepare(
      `SELECT component, openedWallMs, closedWallMs, cause, recovered, durationMs FROM incident
       WHERE coalesce(closedWallMs, ?2) >= ?1 AND component NOT LIKE '%/%' ORDER BY openedWallMs`,
    )
    .all(sinceWallMs, nowWallMs) as unknown as (Omit<BriefIncident, 'recovered'> & { recovered: number | null })[];
  const told = database
    .prepare(
      `SELECT wallMs, json FROM transition WHERE incident IS NULL AND wallMs >= ? AND json LIKE '%component.restarted%' ORDER BY seq`,
    )
    .all(sinceWallMs);
  return {
    knownSinceWallMs: knownSince(database, nowWallMs),
    incidents: incidents.map((row) => ({ ...row, recovered: row.recovered === null ? null : row.recovered === 1 })),
    restarts: told.flatMap(({ wallMs, json }) =>
      readTransition(String(json)).flatMap((transition) => {
        if (transition.type !== 'component.restarted') return [];
        const { component, by, reason } = transition;
        return [{ wallMs: Number(wallMs), component, by, reason }];
      }),
    ),
  };
}

export function prune(database: DatabaseSync, wallMs: number): void {
  database
    .prepare(
      'DELETE FROM incident WHERE openedWallMs < ? OR id NOT IN (SELECT id FROM incident ORDER BY openedWallMs DESC LIMIT ?)',
    )
    .run(wallMs - keptMs, keptIncidents);
  database
    .prepare(
      `DELETE FROM transition WHERE seq <= (SELECT max(seq) FROM transition) - ?
       OR (wallMs < ? AND seq > (SELECT min(seq) FROM transition))`,
    )
    .run(keptTransitions, wallMs - keptMs);
  database.exec('DELETE FROM evidence WHERE incident NOT IN (SELECT id FROM incident)');
}
