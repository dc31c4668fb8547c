import { readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import t, { type Test } from 'tap';
import { numberOf, opened, openIn, stateNumber } from './stage.ts';

/** A directory with a store that holds state 5 and so many incidents. */
function filled(t: Test, incidents = 1): { readonly directory: string; readonly file: string } {
  const directory = t.testdir();
  const { store } = openIn(t, directory);
  for (let n = 1; n <= incidents; n += 1) store.save(stateNumber(5), n, [opened(`incident-${n}`)]);
  store.close();
  return { directory, file: join(directory, 'nodemend.db') };
}

/** Runs SQL on the closed database. */
function tamper(file: string, sql: string): void {
  const database = new DatabaseSync(file);
  database.exec(sql);
  database.close();
}

const damages: Readonly<Record<string, (file: string) => void>> = {
  'random bytes': (file) => writeFileSync(file, Buffer.alloc(20_000, 0x5a)),
  'cut off in the first page': (file) => truncateSync(file, 1_000),
  'cut off in the middle': (file) => truncateSync(file, 16_384),
  'pages overwritten': (file) => {
    const bytes = readFileSync(file);
    bytes.fill(0x37, 4_096, bytes.length);
    writeFileSync(file, bytes);
  },
  'a name that is no text': (file) => {
    const text = readFileSync(file, 'latin1').replaceAll('component:containerd', 'component:c\u00ffntainerd');
    writeFileSync(file, text, 'latin1');
  },
  'names out of their order': (file) => {
    const text = readFileSync(file, 'latin1').replaceAll('component:containerd', 'qomponent:containerd');
    writeFileSync(file, text, 'latin1');
  },
};

for (const [what, damage] of Object.entries(damages)) {
  t.test(`a damaged store is moved aside and counts as lost: ${what}`, async (t) => {
    const { directory, file } = filled(t, 200);
    damage(file);
    const spoiled = readFileSync(file);
    const { store } = openIn(t, directory);
    t.same(store.load(), {
      state: null,
      health: 'lost',
      detail: `${file} was damaged and moved to ${file}.damaged-1`,
    });
    t.same(readFileSync(`${file}.damaged-1`), spoiled, 'it is kept for who wants to look');
    store.save(stateNumber(6), 6, []);
    t.equal(await store.durable(), true);
    store.close();
    t.same(openIn(t, directory).store.load(), { state: stateNumber(6), health: 'ok', detail: '' });
  });
}

t.test('of damaged stores the last three are kept', async (t) => {
  const { directory, file } = filled(t);
  for (const letter of ['a', 'b', 'c', 'd', 'e']) {
    writeFileSync(file, letter.repeat(9_000));
    openIn(t, directory).store.close();
  }
  const kept = readdirSync(directory).filter((name) => name.includes('damaged'));
  t.same(
    kept.sort().map((name) => readFileSync(join(directory, name), 'utf8')[0]),
    ['e', 'd', 'c'],
  );
});

t.test('a missing or empty database beside the folder of an earlier agent counts as lost', async (t) => {
  const { directory, file } = filled(t);
  for (const name of readdirSync(directory))
    if (name.startsWith('nodemend.db')) writeFileSync(join(directory, name), '');
  const held = { state: null, health: 'lost', detail: `${file} held no state` };
  t.same(openIn(t, directory).store.load(), held);
  const other = t.testdir({ evidence: {} });
  const missing = { state: null, health: 'lost', detail: `${join(other, 'nodemend.db')} was missing` };
  t.same(openIn(t, other).store.load(), missing);
  t.match(openIn(t, t.testdir()).store.load(), { state: null, health: 'fresh' });
});

const losses: Readonly<Record<string, (file: string) => void>> = {
  'was damaged': (file) => writeFileSync(file, 'x'.repeat(9_000)),
  'was missing': (file) => rmSync(file),
};

for (const [what, spoil] of Object.entries(losses)) {
  t.test(
    `that the state ${what} is still known when the agent that found it so died before its first save`,
    async (t) => {
      const { directory, file } = filled(t);
      for (const side of ['-wal', '-shm']) rmSync(file + side, { force: true });
      spoil(file);
      for (const start of ['the first', 'the next', 'the one after that']) {
        const { store } = openIn(t, directory);
        t.match(store.load(), { state: null, health: 'lost' }, start);
        store.close();
      }
      const saves = openIn(t, directory).store;
      saves.save(stateNumber(7), 1, []);
      saves.close();
      t.match(
        openIn(t, directory).store.load(),
        { state: stateNumber(7), health: 'ok' },
        'once a state is saved it holds',
      );
    },
  );
}

const disguised: Readonly<Record<string, string>> = {
  'the name of a table':
    "UPDATE sqlite_master SET sql = replace(sql, 'TABLE state', 'TABLE stave'), name = 'stave', tbl_name = 'stave' WHERE name = 'state'",
  'the version': 'PRAGMA user_version = 0',
  'the sign of the version': 'PRAGMA user_version = -1',
};

for (const [what, sql] of Object.entries(disguised)) {
  t.test(`a database that is whole but for a bit in ${what} is moved aside too, and the next save holds`, async (t) => {
    const { directory, file } = filled(t);
    const database = new DatabaseSync(file);
    database.enableDefensive?.(false);
    database.exec(`PRAGMA writable_schema = ON; ${sql}`);
    database.close();
    const { store } = openIn(t, directory);
    t.match(store.load(), { state: null, health: 'lost', detail: /was damaged and moved/ });
    store.save(stateNumber(6), 6, []);
    store.close();
    t.same(openIn(t, directory).store.load(), { state: stateNumber(6), health: 'ok', detail: '' });
  });
}

t.test('a database in a file format that nobody wrote is moved aside', async (t) => {
  const { directory, file } = filled(t);
  const bytes = readFileSync(file);
  // The schema format number of the header, 4 bytes from byte 44 on; SQLite knows 1 to 4.
  bytes.writeUInt32BE(77, 44);
  writeFileSync(file, bytes);
  const { store } = openIn(t, directory);
  t.match(store.load(), { state: null, health: 'lost', detail: /was damaged and moved/ });
  store.save(stateNumber(6), 6, []);
  t.equal(store.isBehind(), false);
});

t.test('a line of the history that was damaged is left out, and the rest of its incident is told', async (t) => {
  const { directory, file } = filled(t, 2);
  tamper(file, "UPDATE transition SET json = substr(json, 2) WHERE incident = 'incident-1'");
  const incidents = openIn(t, directory).store.incidents({ component: null, sinceWallMs: 0, id: null });
  t.same(
    incidents.map(({ id, transitions }) => [id, transitions.length]),
    [
      ['incident-2', 1],
      ['incident-1', 0],
    ],
  );
});

const unusable: Readonly<Record<string, string>> = {
  'a row that is no JSON': "UPDATE state SET json = substr(json, 1, 20) WHERE name = 'component:containerd'",
  'a letter that is another one': `UPDATE state SET json = replace(json, '"phase":"unknown"', '"phase":"unknowm"')`,
  'a row that is no object': "UPDATE state SET json = '7' WHERE name = 'node'",
  'the row of another component': "UPDATE state SET name = 'component:kubelet' WHERE name = 'component:containerd'",
  'no row of the node': "DELETE FROM state WHERE name = 'node'",
  'a state of another version': `UPDATE state SET json = replace(json, '"version":1', '"version":2')`,
};

for (const [what, sql] of Object.entries(unusable)) {
  t.test(`a whole database with a state that cannot be used counts as lost: ${what}`, async (t) => {
    const { directory, file } = filled(t);
    tamper(file, sql);
    const { store } = openIn(t, directory);
    t.match(store.load(), { state: null, health: 'lost', detail: /^the stored state cannot be used: / });
    t.equal(store.incidents({ component: null, sinceWallMs: 0, id: null }).length, 1, 'the history is still there');
    store.save(stateNumber(6), 6, []);
    store.close();
    t.same(openIn(t, directory).store.load(), { state: stateNumber(6), health: 'ok', detail: '' });
  });
}

t.test('a store of a newer version is left alone, and nothing is written', async (t) => {
  const { directory, file } = filled(t);
  tamper(file, 'PRAGMA user_version = 2');
  const { store, events } = openIn(t, directory);
  t.match(store.load(), {
    state: null,
    health: 'unwritable',
    detail: /version 2, newer than 1; install the newer nodemend again/,
  });
  store.save(stateNumber(6), 6, []);
  t.equal(store.isBehind(), true);
  t.equal(await store.durable(), false);
  t.same(events, [], 'it was told at the start already');
  t.same(
    readdirSync(directory).filter((name) => name.includes('damaged')),
    [],
  );
  tamper(file, 'PRAGMA user_version = 1');
  store.save(stateNumber(7), 7, []);
  t.match(events, [{ type: 'store.changed', health: 'ok' }], 'and once it may, it does');
  store.close();
  t.equal(numberOf(openIn(t, directory).store.load().state), 7);
});
