/** The core's state as rows: one per component, one per election that is under way and one for the rest, so that only what changed is written. */

import { type Election, initialElections } from '../core/elect/state.ts';
import { lastsAlike } from '../core/mend/lasting.ts';
import { type Component, initialComponent } from '../core/mend/state.ts';
import { initialState, type State } from '../core/state.ts';
import { changedBackups, isBackupsRow, isOfBackups, toBackups } from './backup-rows.ts';
import { unseal } from './seal.ts';

const prefix = 'component:';
/** Rows of what is kept beside the core's state. */
export const besidePrefix = 'beside:';
const nodeRow = 'node';
const electionPrefix = 'election:';

/** A row to write; null where one is to go. */
export interface ChangedRow {
  readonly name: string;
  readonly value: unknown;
}

export interface StoredRow {
  readonly name: string;
  /** As `seal` makes it. */
  readonly sealed: string;
}

/** Of an election only what the next agent has to bring to an end: a term, a command. */
const isPending = ({ term, hook }: Election): boolean => term !== null || hook !== null;

const endsAlike = (a: Election, b: Election): boolean =>
  a.policy === b.policy && a.term?.token === b.term?.token && a.hook?.id === b.hook?.id;

function* changedElections(before: State | null, { elections }: State): Generator<ChangedRow> {
  const known = before?.elections.byName ?? {};
  if (before?.elections === elections) return;
  for (const [name, election] of Object.entries(elections.byName)) {
    const last = known[name];
    if (last === election || (last !== undefined && endsAlike(last, election))) continue;
    if (isPending(election)) yield { name: electionPrefix + name, value: election };
    else if (last !== undefined && isPending(last)) yield { name: electionPrefix + name, value: null };
  }
  for (const [name, last] of Object.entries(known))
    if (isPending(last) && !Object.hasOwn(elections.byName, name)) yield { name: electionPrefix + name, value: null };
}

function isOfElection(row: string, { elections }: State): boolean {
  const election = row.startsWith(electionPrefix) ? elections.byName[row.slice(electionPrefix.length)] : undefined;
  return election !== undefined && isPending(election);
}

/** What turns the rows of `before` into those of `state`; with null everything, `stale` being the rows that lie there. */
export function* changedRows(before: State | null, state: State, stale: readonly string[]): Generator<ChangedRow> {
  yield { name: nodeRow, value: { version: state.version, node: state.node } };
  yield* changedElections(before, state);
  yield* changedBackups(before?.backups ?? null, state.backups);
  for (const [name, component] of Object.entries(state.components)) {
    const known = before?.components[name];
    if (known === undefined || !lastsAlike(known, component)) yield { name: prefix + name, value: component };
  }
  const earlier = before === null ? stale : [nodeRow, ...Object.keys(before.components).map((name) => prefix + name)];
  for (const name of earlier) {
    const stays =
      name === nodeRow ||
      name.startsWith(besidePrefix) ||
      isOfElection(name, state) ||
      isOfBackups(name, state.backups) ||
      (name.startsWith(prefix) && Object.hasOwn(state.components, name.slice(prefix.length)));
    if (!stays) yield { name, value: null };
  }
}

/** What is kept beside the state under a name; null when it is not there or damaged. */
export function besideIn(rows: readonly StoredRow[], name: string): unknown {
  const found = rows.find((row) => row.name === besidePrefix + name);
  try {
    return found === undefined ? null : parseObject(found.sealed);
  } catch {
    // What lies beside the state decides nothing about a repair: without it, its owner begins anew.
    return null;
  }
}

function parseObject(sealed: string): Readonly<Record<string, unknown>> {
  const value: unknown = JSON.parse(unseal(sealed));
  if (typeof value !== 'object' || value === null) throw new Error('a row is no object');
  return value as Readonly<Record<string, unknown>>;
}

/** Fields that this version has and the one that wrote the row had not get their first value. */
function toComponent(name: string, sealed: string): Component {
  const stored = parseObject(sealed) as Partial<Component>;
  if (stored.policy?.name !== name) throw new Error(`the row of ${name} is another's`);
  return { ...initialComponent(stored.policy, 0), ...stored };
}

function toElections(rows: readonly StoredRow[]): State['elections'] {
  const pending = rows
    .filter(({ name }) => name.startsWith(electionPrefix))
    .map(({ sealed }) => parseObject(sealed) as unknown as Election);
  return { ...initialElections(), byName: Object.fromEntries(pending.map((one) => [one.policy.name, one])) };
}

/** null when nothing was ever stored. Throws when what is there cannot be used. */
export function assemble(rows: readonly StoredRow[]): State | null {
  if (rows.length === 0) return null;
  const found = rows.find(({ name }) => name === nodeRow);
  if (found === undefined) throw new Error('the row of the node is missing');
  const base = parseObject(found.sealed) as Partial<State>;
  if (base.version !== 1) throw new Error(`the state has version ${base.version}, expected 1`);
  const initial = initialState();
  const node = { ...initial.node, ...base.node };
  if (!Number.isFinite(node.lastStepAtMs)) throw new Error('the row of the node has no time');
  const components = rows
    .filter(({ name }) => name.startsWith(prefix))
    .map(({ name, sealed }) => [name.slice(prefix.length), toComponent(name.slice(prefix.length), sealed)] as const);
  const elections = toElections(rows);
  const backups = toBackups(
    rows.filter(({ name }) => isBackupsRow(name)).map(({ name, sealed }) => [name, parseObject(sealed)]),
  );
  return { ...initial, version: 1, node, components: Object.fromEntries(components), elections, backups };
}
