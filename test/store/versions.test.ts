/**
 * A state that an earlier version saved is gone on with, also one that knows fewer fields: rows as a real node had them (fixtures/store, one file for
 * each version; new ones are added, old ones never changed).
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { step } from '../../src/core/step.ts';
import { assemble, besideIn, type StoredRow } from '../../src/store/rows.ts';

const folder = join(import.meta.dirname, '../fixtures/store');

for (const name of readdirSync(folder)) {
  t.test(`${name} comes into force`, async (t) => {
    const rows = JSON.parse(readFileSync(join(folder, name), 'utf8')) as StoredRow[];
    const state = assemble(rows);
    if (state === null) throw new Error('nothing was stored');
    const { bootId, lastStepAtMs } = state.node;
    const nowMs = lastStepAtMs + 1_000;
    const started = step(state, { type: 'agent.started', bootId, seed: 7, store: 'ok' }, nowMs);
    const connected = step(started.state, { type: 'bus.connected' }, nowMs + 1);
    const { components } = connected.state;
    t.same(Object.keys(components), ['containerd', 'docker', 'etcd']);
    t.match(components['containerd'], { restarts: { nodemend: 1, systemd: 1, other: 0 }, incident: null });
    t.match(components['docker'], { phase: 'paused', pause: { text: 'kept' } });
    t.type(JSON.stringify(step(connected.state, { type: 'agent.stopping' }, nowMs + 2).state), 'string');
    t.match(besideIn(rows, 'alerts'), { version: 1 });
  });
}
