/** A history that never ends takes no more room and no more time than what is kept of it: 1,000,000 incidents with NODEMEND_LONG=1. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { Transition } from '../../src/core/transition.ts';
import { opened, openIn, stateNumber } from './stage.ts';

const incidents = process.env['NODEMEND_LONG'] === '1' ? 1_000_000 : 8_000;
const atOnce = 500;
const apartMs = 1_000;
/** What 11,000 transitions and 1,000 incidents take, and the log that is written before them. */
const mostBytes = 24 * 1_024 * 1_024;

const closed = (incident: string): Transition => ({
  type: 'incident.closed',
  component: 'containerd',
  incident,
  reason: 'restart.verified',
  cause: 'unit.crashed',
  recovered: true,
  durationMs: 70,
});

t.test(`${incidents} incidents`, { timeout: 1_800_000 }, async (t) => {
  const directory = t.testdir();
  const { store } = openIn(t, directory);
  for (let from = 0; from < incidents; from += atOnce) {
    const transitions = Array.from({ length: atOnce }, (_, at) => `i-${from + at}`).flatMap((id) => [
      opened(id),
      closed(id),
    ]);
    store.save(stateNumber(from), from * apartMs, transitions);
  }
  const bytes = ['nodemend.db', 'nodemend.db-wal'].map((name) => statSync(join(directory, name)).size);
  t.ok(bytes[0] !== undefined && bytes[0] + (bytes[1] ?? 0) < mostBytes, `${bytes.join(' + ')} bytes`);

  const nowMs = incidents * apartMs;
  const questions = {
    'the list': () => store.incidents({ component: null, sinceWallMs: 0, id: null }),
    'one incident': () => store.incidents({ component: null, sinceWallMs: 0, id: `i-${incidents - 1}` }),
    'a period': () => store.period(0, nowMs).incidents,
  };
  for (const [what, ask] of Object.entries(questions)) {
    const beganMs = performance.now();
    const found = ask().length;
    t.comment(`${what}: ${Math.round(performance.now() - beganMs)} ms`);
    t.equal(found, what === 'one incident' ? 1 : 1_000, `${what} is of what is kept`);
  }
});
