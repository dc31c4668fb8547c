/** Incidents and transitions as rows, and back. */
import type { DatabaseSync } from 'node:sqlite';
import type { Transition } from '../core/transition.ts';
import type { IncidentRecord } from '../ports.ts';

const mostIncidents = 1_000;

export function recordTransition(database: DatabaseSync, wallMs: number, transition: Transition): void {
  const incident = 'incident' in transition ? transition.incident : null;
  database
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

function complete(database: DatabaseSync, row: IncidentRow): IncidentRecord {
  const transitions = database
    .prepare('SELECT wallMs, json FROM transition WHERE incident = ? ORDER BY seq')
    .all(row.id);
  const files = database.prepare('SELECT file FROM evidence WHERE incident = ? ORDER BY rowid').all(row.id);
  return {
    ...row,
    recovered: row.recovered === null ? null : row.recovered === 1,
    transitions: transitions.flatMap(({ wallMs, json }) =>
      readTransition(String(json)).map((transition) => ({ wallMs: Number(wallMs), transition })),
    ),
    evidence: files.map(({ file }) => String(file)),
  };
}

/** The newest first, at most 1,000. */
export function readIncidents(
  database: DatabaseSync,
  query: { readonly component: string | null; readonly sinceWallMs: number; readonly id: string | null },
): IncidentRecord[] {
  const rows = database
    .prepare(
      `SELECT * FROM incident WHERE (?1 IS NULL OR component = ?1) AND (?2 IS NULL OR id = ?2)
       AND (?2 IS NOT NULL OR coalesce(closedWallMs, openedWallMs) >= ?3 OR closedWallMs IS NULL) ORDER BY openedWallMs DESC LIMIT ${mostIncidents}`,
    )
    .all(query.component, query.id, query.sinceWallMs) as unknown as IncidentRow[];
  return rows.map((row) => complete(database, { ...row }));
}
