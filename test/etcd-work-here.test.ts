/** Commands that change members, from the configuration to the exit status, on a node whose cluster does not answer: what is refused, and that nothing is done. */
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { writeKnown } from '../src/adapters/etcd/known.ts';
import { recordOf } from '../src/adapters/etcd/shelf.ts';
import type { Ask } from '../src/etcd-wish.ts';
import { etcdMembersHere, etcdRepairHere, etcdRestoreHere, etcdWorkHere } from '../src/etcd-work-here.ts';
import { standIn } from './adapters/etcd/systemctl.ts';
import { record } from './cli/recorder.ts';

const nowhere = 'http://127.0.0.1:1';
const peers = { m1: 'http://10.0.0.1:2380', m2: 'http://10.0.0.2:2380', m3: 'http://10.0.0.3:2380' };
const environment = `ETCD_NAME=m1\nETCD_INITIAL_ADVERTISE_PEER_URLS=${peers.m1}\n`;

interface Wish {
  readonly etcd?: object;
  readonly properties?: Readonly<Record<string, string>>;
  readonly etcdutl?: string;
}

/** A node with the service of m1, stopped and without data. */
function createNode(t: Test, { etcd = {}, properties = {}, etcdutl = '3.5.16' }: Wish = {}) {
  const stopped = { ActiveState: 'inactive', SubState: 'dead', MainPID: '0', ...properties };
  const folder = standIn(t, stopped, environment);
  const before = process.env['STATE_DIRECTORY'];
  process.env['STATE_DIRECTORY'] = join(folder, 'state');
  t.teardown(() => {
    if (before === undefined) delete process.env['STATE_DIRECTORY'];
    else process.env['STATE_DIRECTORY'] = before;
  });
  const program = join(folder, 'bin/etcdutl');
  const status = '{"hash":1,"revision":900,"totalKey":3,"totalSize":512}';
  writeFileSync(program, `#!/bin/sh\n[ "$1" = version ] && echo "etcdutl version: ${etcdutl}" || echo '${status}'\n`);
  chmodSync(program, 0o755);
  const config = join(folder, 'nodemend.yaml');
  const words = { endpoints: [nowhere], timeout: '1s', members: peers, ...etcd };
  writeFileSync(
    config,
    JSON.stringify({ etcd: words, backup: { directory: join(folder, 'backups'), verify: { etcdutl: program } } }),
  );
  const say = async (command: (io: ReturnType<typeof record>) => Promise<number>) => {
    // Wide enough for the paths of a test.
    const io = { ...record(), columns: 2_000 };
    const status = await command(io);
    return { status, out: io.said.out.replaceAll(/\s+/g, ' '), err: io.said.err.replaceAll(/\s+/g, ' ') };
  };
  const done = (): string[] =>
    existsSync(join(folder, 'asked'))
      ? readFileSync(join(folder, 'asked'), 'utf8')
          .split('\n')
          .filter((line) => line !== '' && !line.startsWith('show'))
      : [];
  return {
    folder,
    done,
    give: (ask: Ask, more: object = {}) => say((io) => etcdWorkHere({ config, ...more }, ask, io)),
    restore: (file: string, more: object = {}) => say((io) => etcdRestoreHere({ config, ...more }, file, io)),
    repair: () => say((io) => etcdRepairHere({ config, yes: true }, io)),
    members: () => say((io) => etcdMembersHere({ config }, io)),
  };
}

function writeSnapshot(folder: string, more: object = {}): string {
  const pages = Buffer.alloc(512, 7);
  const hash = createHash('sha256').update(pages).digest();
  const path = join(folder, 'etcd.db');
  writeFileSync(path, Buffer.concat([pages, hash]));
  const about = {
    version: 1,
    file: 'etcd.db',
    takenWallMs: 1_000,
    clusterId: '77',
    memberId: '1',
    etcdVersion: '3.5.16',
    bytes: 544,
    sha256: hash.toString('hex'),
    revision: 899,
    toRevision: 900,
    keys: 3,
    canary: null,
    verified: null,
  };
  writeFileSync(recordOf(path), JSON.stringify({ ...about, ...more }));
  return path;
}

const known = { version: 1, clusterId: '77', lineage: ['77'], places: [], clientUrls: [] } as const;

t.test('a plan is shown and nothing is done without --yes', async (t) => {
  const node = createNode(t);
  t.match(await node.give({ command: 'create' }), {
    status: 0,
    out: /nodemend etcd create 1\. set how it joins: state new, with m1, m2, m3, on this node: .* 2\. start etcd\.service.*then on other nodes: m2: .*; m3: .*nothing was done yet: --yes does it/,
  });
  t.same(node.done(), []);
  t.notOk(existsSync(join(node.folder, 'state')), 'nor written down');
  const io = await node.give({ command: 'create' }, { json: true });
  t.match(JSON.parse(io.out), {
    plan: { steps: [{ step: { do: 'configure' } }, { step: { do: 'start' } }], end: { is: 'elsewhere' } },
    outcome: null,
  });
});

t.test('words that make no sense have the status 2, a state of things in which it cannot be 1', async (t) => {
  const node = createNode(t, { etcd: { members: { m1: peers.m1, m2: peers.m2 } } });
  t.match(await node.give({ command: 'create' }), { status: 2, err: /2 members are no good number/ });
  t.match(await node.give({ command: 'resize', voters: '4' }), { status: 2, err: /4 members are no good number/ });
  t.match(await node.give({ command: 'resize', voters: 'many' }), { status: 2, err: /no good number/ });
  t.match(await node.give({ command: 'remove', member: 'm9' }), { status: 2, err: /there is no member m9/ });
  t.match(await node.give({ command: 'add' }), { status: 1, err: /no etcd member answers.*list client URLs/ });
  t.match(await node.give({ command: 'replace', member: null }), { status: 1, err: /m1 is not on the list/ });
  t.match(await node.members(), { status: 1, err: /no etcd member answers/ });
  t.match(await createNode(t, { etcd: { members: {} } }).give({ command: 'create' }), {
    status: 2,
    err: /etcd\.members/,
  });
  t.match(await createNode(t, { properties: { LoadState: 'not-found' } }).give({ command: 'create' }), {
    status: 1,
    err: /etcd\.service is not-found to systemd/,
  });
  t.same(node.done(), []);
});

t.test('a snapshot that is not the right one is not restored', async (t) => {
  const node = createNode(t);
  const state = join(node.folder, 'state');
  const refused = async (name: string, err: RegExp, file = join(node.folder, 'etcd.db'), from = node) => {
    const said = await from.restore(file, { yes: true });
    t.match(said, { status: 1, err }, name);
    t.same(from.done(), [], name);
  };
  await refused('one that is not there', /cannot restore: ENOENT/);
  const path = writeSnapshot(node.folder);
  const whole = readFileSync(path);
  writeFileSync(path, whole.subarray(0, 540));
  await refused('one that is cut', /540 bytes are no whole snapshot/);
  const flipped = Buffer.from(whole);
  flipped[100] = 8;
  writeFileSync(path, flipped);
  await refused('one with a flipped bit', /do not have the hash that it carries/);
  writeSnapshot(node.folder, { sha256: 'ab' });
  await refused('one whose record is of another', /not the one in the record/);
  await writeKnown(state, 'etcd.service', { ...known, clusterId: '99', lineage: ['99'] });
  writeSnapshot(node.folder);
  await refused('one of another cluster', /the snapshot is of cluster 4d, this node belongs to 63/);
  await writeKnown(state, 'etcd.service', known);
  writeSnapshot(node.folder, { etcdVersion: '3.4.30' });
  await refused('one of another version', /etcdutl has version 3\.5\.16, the snapshot is of 3\.4\.30/);

  const old = createNode(t, { etcdutl: '3.5.9' });
  await refused(
    'with an etcdutl that is too old',
    /has version 3\.5\.9, which cannot raise the revision/,
    writeSnapshot(old.folder),
    old,
  );
  const other = createNode(t, { etcdutl: '3.6.1' });
  await refused(
    'with an etcdutl of another version',
    /has version 3\.6\.1, the etcd of this node has 3\.5\.16/,
    writeSnapshot(other.folder),
    other,
  );
  const even = createNode(t, { etcd: { members: { m1: peers.m1, m2: peers.m2 } } });
  await refused('for an even number', /2 members are no good number/, writeSnapshot(even.folder), even);
  const unknown = createNode(t, { etcd: { members: {} } });
  await refused('for nobody', /whom to restore for is not known/, writeSnapshot(unknown.folder), unknown);
});

t.test('the right one has a plan that says what is lost', async (t) => {
  const node = createNode(t);
  mkdirSync(join(node.folder, 'data dir'));
  const path = writeSnapshot(node.folder);
  await writeKnown(join(node.folder, 'state'), 'etcd.service', { ...known, clusterId: '99', lineage: ['99', '77'] });
  const { status, out } = await node.restore(path);
  t.match(
    { status, out },
    {
      status: 0,
      out: /set how it joins: state new.*restore .*etcd\.db into .*: it ends with revision 900; later writes are lost .*start etcd\.service/,
    },
  );
  t.notMatch(out, /nobody can say/);
  writeFileSync(recordOf(path), 'no record');
  t.match(await node.restore(path), { out: /no record lies beside the snapshot/ });
});

t.test('nothing is replaced unasked where it is not wanted', async (t) => {
  t.match(await createNode(t).repair(), { status: 1, err: /etcd\.repair is propose/ });
  const stopped = createNode(t, { etcd: { repair: 'act' } });
  t.match(await stopped.repair(), { status: 1, err: /etcd\.service was stopped by hand/ });
  const failed = createNode(t, { etcd: { repair: 'act' }, properties: { ActiveState: 'failed', Result: 'exit-code' } });
  t.match(await failed.repair(), { status: 1, err: /m1 is not on the list/ });
});

t.test('what was begun goes on although the list does not have the member any more', async (t) => {
  const node = createNode(t, { etcd: { repair: 'act' } });
  const begun = (words: string, ok: boolean | null) => {
    const step = { step: { do: 'remove', memberId: '1', name: 'm1' }, begunWallMs: 1, endedWallMs: 2 };
    const ended = ok === null ? null : { wallMs: 3, ok, sentence: '' };
    const wish = { command: 'replace', replacing: '1' };
    mkdirSync(join(node.folder, 'state/etcd'), { recursive: true });
    const journal = { version: 1, words, wish, unattended: true, begunWallMs: 1, steps: [step], ended };
    writeFileSync(join(node.folder, 'state/etcd/etcd.service.work.json'), JSON.stringify(journal));
  };
  for (const ok of [null, false]) {
    begun('replace', ok);
    t.match(await node.give({ command: 'replace', member: null }), { status: 1, err: /no etcd member answers/ });
    begun('repair', ok);
    t.match(await node.repair(), { status: 1, err: /no etcd member answers/ });
  }
  begun('replace', true);
  t.match(await node.give({ command: 'replace', member: null }), { err: /m1 is not on the list/ });
  begun('repair', true);
  t.match(await node.repair(), { err: /was stopped by hand/ });
});

t.test('what was begun and interrupted is told', async (t) => {
  const node = createNode(t);
  mkdirSync(join(node.folder, 'state/etcd'), { recursive: true });
  const journal = {
    version: 1,
    words: 'add',
    wish: { command: 'add', replacing: null },
    unattended: false,
    begunWallMs: 1,
    steps: [],
    ended: null,
  };
  writeFileSync(join(node.folder, 'state/etcd/etcd.service.work.json'), JSON.stringify(journal));
  t.match(await node.members(), { out: /unfinished: nodemend etcd add --yes goes on with it/ });
});

t.test('what cannot be written down is not begun', async (t) => {
  const node = createNode(t);
  writeFileSync(join(node.folder, 'state'), 'no folder');
  const why = /nothing was done, since it cannot be written down: /;
  t.match(await node.give({ command: 'create' }, { yes: true }), { status: 1, err: why });
  t.match(await node.restore(writeSnapshot(node.folder), { yes: true }), { status: 1, err: why });
  t.same(node.done(), []);
});
