/** The core's state as rows: one per component and one for the rest, so that only what changed is written. */
import type { Component, State } from '../core/mend/state.ts';

const prefix = 'component:';

export function* changedRows(
  before: State | null,
  state: State,
): Generator<{ readonly name: string; readonly json: string | null }> {
  if (before === null || before.node !== state.node)
    yield { name: 'node', json: JSON.stringify({ version: state.version, node: state.node }) };
  for (const [name, component] of Object.entries(state.components)) {
    if (before?.components[name] !== component) yield { name: prefix + name, json: JSON.stringify(component) };
  }
  for (const name of Object.keys(before?.components ?? {}))
    if (!(name in state.components)) yield { name: prefix + name, json: null };
}

/** null when there is nothing, or nothing of this version. */
export function assemble(rows: readonly { readonly name: string; readonly json: string }[]): State | null {
  const node = rows.find((row) => row.name === 'node');
  if (node === undefined) return null;
  const base = JSON.parse(node.json) as Pick<State, 'version' | 'node'>;
  if (base.version !== 1) return null;
  const components: [string, Component][] = rows
    .filter((row) => row.name.startsWith(prefix))
    .map((row) => [row.name.slice(prefix.length), JSON.parse(row.json) as Component]);
  return { ...base, components: Object.fromEntries(components) };
}
