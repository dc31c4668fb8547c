import { existsSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { initialComponent } from '../../src/core/mend/state.ts';
import type { State } from '../../src/core/state.ts';
import { openStore } from '../../src/store/store.ts';
import { policy } from '../core/world.ts';
import { numberOf, opened, openIn, startWriter, stateNumber } from './stage.ts';

t.test('a fresh store says so once, and what is saved is there when it is opened again', async (t) => {
  const directory = join(t.testdir(), 'not/yet/there');
  const first = openIn(t, directory);
  t.same(first.store.load(), { state: null, health: 'fresh', detail: '' });
  t.equal(statSync(directory).mode & 0o077, 0, 'for nobody else');
  first.store.save(stateNumber(1), 1, []);
  first.store.save(stateNumber(2), 2, []);
  t.equal(await first.store.durable(), true);
  first.store.close();
  const second = openIn(t, directory).store.load();
  t.same(second, { state: stateNumber(2), health: 'ok', detail: '' });
  t.same(first.events, [], 'nothing to tell');
});

t.test('a first install that died before it ever saved is still a first install', async (t) => {
  const directory = t.testdir();
  openIn(t, directory).store.close();
  t.match(openIn(t, directory).store.load(), { state: null, health: 'fresh' });
  t.notOk(existsSync(join(directory, 'evidence')), 'nothing says that there was a state');
});

t.test('components that left the configuration leave the store, whichever agent put them there', async (t) => {
  const directory = t.testdir();
  const first = openIn(t, directory);
  first.store.save(stateNumber(1, ['containerd', 'docker', 'edge']), 1, []);
  first.store.save(stateNumber(2, ['containerd', 'docker']), 2, []);
  first.store.close();
  const second = openIn(t, directory);
  t.same(Object.keys((second.store.load().state as State).components), ['containerd', 'docker']);
  second.store.save(stateNumber(3, ['containerd']), 3, []);
  second.store.close();
  t.same(openIn(t, directory).store.load().state, stateNumber(3, ['containerd']));
});

t.test('fields that an earlier version did not have get their first value', async (t) => {
  const directory = t.testdir();
  const first = openIn(t, directory);
  const { asked, restarts, ...earlier } = initialComponent(policy('containerd'), 1);
  const { node: whole, elections, backups } = stateNumber(7);
  const { forgetfulUntilMs, ...node } = whole;
  first.store.save({ version: 1, node, components: { containerd: earlier }, elections, backups }, 1, []);
  first.store.close();
  const { state, health } = openIn(t, directory).store.load();
  t.match(state, {
    node: { serial: 7, forgetfulUntilMs: 0 },
    components: { containerd: { asked: false, restarts: { nodemend: 0, systemd: 0, other: 0 } } },
  });
  t.equal(health, 'ok');
  t.same([asked, restarts, forgetfulUntilMs], [false, { nodemend: 0, systemd: 0, other: 0 }, 0]);
});

t.test('of two agents on one directory the second is told, and the first goes on', async (t) => {
  const directory = t.testdir();
  const { store } = openIn(t, directory);
  store.save(stateNumber(1), 1, []);
  t.throws(() => openStore(directory, () => undefined), {
    message: `cannot open ${directory}/nodemend.db: another nodemend uses it; stop that one first`,
  });
  const other = startWriter(t, directory);
  t.match(await other.lines().next(), { done: true }, 'another process ends');
  store.save(stateNumber(2), 2, []);
  t.equal(await store.durable(), true);
  store.close();
  t.equal(numberOf(openIn(t, directory).store.load().state), 2);
});

t.test('a store that was removed under the running agent is written anew, with all that is known', async (t) => {
  const directory = t.testdir();
  const { store, events } = openIn(t, directory);
  store.save(stateNumber(1, ['a', 'b']), 1, [opened('incident-1')]);
  rmSync(join(directory, 'nodemend.db'));
  rmSync(join(directory, 'nodemend.db-wal'));
  store.save(stateNumber(2, ['a', 'b']), 2, []);
  t.match(events, [
    { type: 'store.changed', health: 'unwritable', detail: /nodemend\.db was removed or replaced while in use/ },
    { type: 'store.changed', health: 'ok' },
  ]);
  t.equal(await store.durable(), true);
  store.close();
  t.same(openIn(t, directory).store.load().state, stateNumber(2, ['a', 'b']));
});

t.test('with the whole directory gone it is made anew', async (t) => {
  const directory = join(t.testdir(), 'state');
  const { store } = openIn(t, directory);
  store.save(stateNumber(1), 1, []);
  rmSync(directory, { recursive: true });
  store.save(stateNumber(2), 2, []);
  t.equal(store.isBehind(), false);
  t.ok(existsSync(join(directory, 'nodemend.db')));
  store.close();
  t.equal(numberOf(openIn(t, directory).store.load().state), 2);
});
