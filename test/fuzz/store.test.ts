import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import type { Event } from '../../src/core/event.ts';
import type { State } from '../../src/core/state.ts';
import { step } from '../../src/core/step.ts';
import { openStore } from '../../src/store/store.ts';
import { numberOf, opened, stateNumber } from '../store/stage.ts';
import { fuzz } from './fuzz.ts';
import { damageTo } from './mutate.ts';

const names = ['containerd', 'docker', 'kubelet'];
const last = 7;

/** Directories as an agent leaves them: after a stop, and after a power cut with all of it still in the log. */
function leftBehind(): { readonly folder: string; readonly directories: readonly string[] } {
  const folder = mkdtempSync(join(tmpdir(), 'nodemend-fuzz-'));
  const [stopped, cut] = [join(folder, 'stopped'), join(folder, 'cut')];
  mkdirSync(stopped);
  const store = openStore(stopped, () => undefined);
  for (let serial = 1; serial <= last; serial += 1)
    store.save(stateNumber(serial, names), serial, [opened(`incident-${serial}`)]);
  cpSync(stopped, cut, { recursive: true });
  store.close();
  return { folder, directories: [stopped, cut] };
}

const { folder, directories } = leftBehind();
t.teardown(() => rmSync(folder, { recursive: true, force: true }));

/** What a new agent does with what it found. */
function goOn(state: State | null): void {
  if (state === null) return;
  const started: Event = { type: 'agent.started', bootId: 'an0ther', seed: 1, store: 'ok' };
  step(step(state, started, 5_000).state, { type: 'bus.connected' }, 6_000);
}

const given = fc.record({
  directory: fc.constantFrom(...directories),
  side: fc.constantFrom('', '', '-wal', '-shm'),
  damage: damageTo(40),
});

t.test('a damaged state is known for what it is: never taken for another, and the next save holds', async (t) => {
  await fuzz(t, import.meta.filename, given, async ({ directory, side, damage }) => {
    const place = mkdtempSync(join(folder, 'case-'));
    try {
      cpSync(directory, place, { recursive: true });
      const file = join(place, `nodemend.db${side}`);
      if (existsSync(file)) writeFileSync(file, damage(readFileSync(file)));
      const store = openStore(place, () => undefined);
      const { state, health, detail } = store.load();
      const number = numberOf(state);
      if (number !== null && (number < 1 || number > last)) throw new Error(`it reads state ${number}`);
      if (number === null && health === 'ok') throw new Error(`nothing was read and all is well: ${detail}`);
      goOn(state as State | null);
      store.incidents({ component: null, sinceWallMs: 0, id: null });
      store.save(stateNumber(9, names), 9, [opened('incident-9')]);
      store.save(stateNumber(10, names), 10, []);
      const behind = store.isBehind();
      // Of a newer version, by its own word: that one is left alone.
      if (behind && !store.detail().includes('install the newer')) throw new Error(`no save holds: ${store.detail()}`);
      store.close();
      if (behind) return;
      const again = openStore(place, () => undefined);
      const found = numberOf(again.load().state);
      again.close();
      if (found !== 10) throw new Error(`saved 10, and then there was ${found}`);
    } finally {
      rmSync(place, { recursive: true, force: true });
    }
  });
});
