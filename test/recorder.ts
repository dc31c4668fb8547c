/** Ports that write down what was asked of them, in order, and answer as told. */
import type { ActionResult } from '../src/core/event.ts';
import type { Observation } from '../src/core/mend/observation.ts';
import type { State } from '../src/core/state.ts';
import type { Performers } from '../src/perform.ts';
import type { Clock, Store } from '../src/ports.ts';
import { noBackups, noControlPlane } from '../src/sim/control-plane.ts';

export const done: ActionResult = { ok: true, reason: 'action.done', detail: '' };

export const content: Observation = {
  verdict: 'healthy',
  reason: 'probe.ok',
  detail: '',
  startedAtMs: 1_000,
  durationMs: 1,
};

export interface Recorder {
  /** What was asked, oldest first. */
  readonly asked: string[];
  readonly parts: Performers;
  readonly store: Store;
  /** The states that were saved. */
  readonly saved: State[];
}

export function createRecorder(changes: Partial<Performers> = {}, durable = true): Recorder {
  const asked: string[] = [];
  const saved: State[] = [];
  const act = (what: string) => async () => {
    asked.push(what);
    return done;
  };
  const store: Store = {
    load: () => ({ state: null, health: 'fresh', detail: '' }),
    save: (state) => {
      asked.push('save');
      saved.push(state as State);
    },
    isBehind: () => !durable,
    durable: async () => {
      asked.push('sync');
      // As a disk does, it takes its time.
      await new Promise((resolve) => setImmediate(resolve));
      asked.push('synced');
      return durable;
    },
    noteEvidence: (incident, file) => void asked.push(`note ${incident} ${file}`),
    incidents: () => [],
    period: (_since, nowWallMs) => ({ knownSinceWallMs: nowWallMs, incidents: [], restarts: [] }),
    close: () => undefined,
  };
  const parts: Performers = {
    bus: {
      open: () => undefined,
      watch: () => undefined,
      start: (unit, { resetFailed }) => act(`start ${unit}${resetFailed ? ' reset' : ''}`)(),
      restart: (unit, { resetFailed }) => act(`restart ${unit}${resetFailed ? ' reset' : ''}`)(),
      killAndRestart: (unit) => act(`kill ${unit}`)(),
      reboot: act('reboot'),
      read: async () => null,
      close: async () => undefined,
    },
    prober: {
      look: async (lane) => {
        asked.push(`look ${lane}`);
        return content;
      },
      close: async () => undefined,
    },
    host: {
      bootId: () => 'b00t',
      sample: async () => ({ pressure: 0, loopLagMs: 0, suspendedMs: 0, packageManager: null }),
    },
    evidence: {
      capture: async ({ id }) => {
        asked.push(`evidence ${id}`);
        return `${id}.json`;
      },
    },
    store,
    controlPlane: noControlPlane,
    backups: noBackups,
    locks: { ask: async () => ({ said: 'sighted', sighting: null }), close: () => undefined },
    hooks: { run: ({ argv }) => act(`hook ${argv.join(' ')}`)(), end: () => undefined },
    runCommand: (argv) => act(`run ${argv.join(' ')}`)(),
    ...changes,
  };
  return { asked, parts, store, saved };
}

export interface TestClock extends Clock {
  set(nowMs: number): void;
  /** When the loop wants to be woken. */
  wish(): number | null;
}

export function createTestClock(startMs = 1_000_000): TestClock {
  let nowMs = startMs;
  let wish: number | null = null;
  return {
    nowMs: () => nowMs,
    wallMs: () => nowMs + 1_700_000_000_000,
    wakeAt: (atMs) => {
      wish = atMs;
    },
    set: (ms) => {
      nowMs = ms;
    },
    wish: () => wish,
  };
}

/** Lets all that was begun come to its end: performers answer within a few turns of the event loop. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
