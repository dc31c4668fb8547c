/** The core's state as rows: one per component and one for the rest, so that only what changed is written. */
import type { Component, State } from '../core/mend/state.ts';

const prefix = 'component:';

/** A row to write; null where one is to go. */
export interface ChangedRow {
  readonly name: string;
  readonly value: unknown;
}

export interface StoredRow {
  readonly name: string;
  readonly json: string;
}

export function* changedRows(before: State | null, state: State): Generator<ChangedRow> {
  if (before === null || before.node !== state.node)
    yield { name: 'node', value: { version: state.version, node: state.node } };
  for (const [name, component] of Object.entries(state.components)) {
    if (before?.components[name] !== component) yield { name: prefix + name, value: component };
  }
  for (const name of Object.keys(before?.components ?? {}))
    if (!(name in state.components)) yield { name: prefix + name, value: null };
}

/** null when there is nothing, or nothing of this version. */
export function assemble(rows: readonly StoredRow[]): State | null {
  const node = rows.find((row) => row.name === 'node');
  if (node === undefined) return null;
  const base = JSON.parse(node.json) as Pick<State, 'version' | 'node'>;
  if (base.version !== 1) return null;
  const components: [string, Component][] = rows
    .filter((row) => row.name.startsWith(prefix))
    .map((row) => [row.name.slice(prefix.length), JSON.parse(row.json) as Component]);
  return { ...base, components: Object.fromEntries(components) };
}
