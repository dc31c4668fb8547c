/** Whose data lies in a folder, which ids a new cluster has, and what is kept of a cluster: from bytes and texts alone. */
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { parseHead, readDataHead } from '../../../src/adapters/etcd/data-head.ts';
import { setAside } from '../../../src/adapters/etcd/do-step.ts';
import { idsOf } from '../../../src/adapters/etcd/ids.ts';
import { createJournal, readJournal } from '../../../src/adapters/etcd/journal.ts';
import { learn, readKnown, writeKnown } from '../../../src/adapters/etcd/known.ts';
import { changeSettings, withSettings } from '../../../src/adapters/etcd/settings-file.ts';
import { cluster, member } from '../../core/etcd/stage.ts';

/** The first bytes of a log of etcd 3.5.16: member bdaf7c1c93df..., made for m1=http://127.0.0.1:23801 with the token etcd-cluster. */
const head = Buffer.from(
  '040000000000008408041000000000001f000000000000810801' +
    '10c0eee05a1a16088df2f48ec1f7a6d7bd0110aaf4e5f599f3ebe7d10100' +
    '0d00000000000083',
  'hex',
);
const ids = { memberId: '13668033151171901709', clusterId: '15118495548433857066' };
const unknown = { memberId: '0', clusterId: '0' };

t.test('the ids at the head of a log', async (t) => {
  t.same(parseHead(head), ids);
  for (let length = 0; length < 50; length += 1)
    t.same(parseHead(head.subarray(0, length)), unknown, `${length} bytes`);
  t.same(parseHead(Buffer.alloc(4_096, 0xff)), unknown);
  t.same(parseHead(Buffer.alloc(4_096)), unknown);
});

t.test('whose data a folder has', async (t) => {
  const folder = t.testdir({
    empty: {},
    fresh: { member: {} },
    damaged: { member: { snap: { db: 'x' } } },
    good: { member: { wal: { '0.tmp': '' } } },
  });
  writeFileSync(join(folder, 'good/member/wal/0000000000000000-0000000000000000.wal'), head);
  t.equal(await readDataHead(join(folder, 'nowhere')), null);
  t.equal(await readDataHead(join(folder, 'empty')), null);
  t.equal(await readDataHead(join(folder, 'fresh')), null);
  t.same(await readDataHead(join(folder, 'damaged')), unknown);
  t.same(await readDataHead(join(folder, 'good')), ids);
});

t.test('ids follow from addresses and token alone', async (t) => {
  const place = { name: 'm1', peerUrl: 'http://127.0.0.1:23801' };
  t.same(idsOf([place], 'etcd-cluster', 'm1'), ids, 'as etcd 3.5.16 had made them');
  const other = { name: 'm2', peerUrl: 'http://127.0.0.1:23802' };
  t.same(idsOf([place, other], 'x', 'm1').clusterId, idsOf([other, place], 'x', 'm2').clusterId);
  t.not(idsOf([place], 'another', 'm1').clusterId, ids.clusterId);
});

t.test('data that is set aside stays, and nothing is put upon it', async (t) => {
  const folder = t.testdir({ member: { wal: { a: 'b' } } });
  const atMs = Date.parse('2026-12-01T03:30:00Z');
  await setAside(folder, atMs);
  t.equal(readFileSync(join(folder, 'member.before-20261201T033000Z/wal/a'), 'utf8'), 'b');
  mkdirSync(join(folder, 'member'));
  await t.rejects(setAside(folder, atMs), { message: /member\.before-20261201T033000Z is there already/ });
  t.ok(statSync(join(folder, 'member')).isDirectory());
});

t.test('settings change where they stand, and nothing else does', async (t) => {
  const text = '# mine\nETCD_NAME="m1"\n  ETCD_INITIAL_CLUSTER=old\n#ETCD_INITIAL_CLUSTER_STATE=x\n';
  const changed = withSettings(text, { ETCD_INITIAL_CLUSTER: 'm1=http://a:1', ETCD_INITIAL_CLUSTER_STATE: 'new' });
  t.equal(
    changed,
    '# mine\nETCD_NAME="m1"\nETCD_INITIAL_CLUSTER="m1=http://a:1"\n#ETCD_INITIAL_CLUSTER_STATE=x\nETCD_INITIAL_CLUSTER_STATE="new"\n',
  );
  t.equal(withSettings(changed, { ETCD_INITIAL_CLUSTER_STATE: 'new' }), changed);
  t.equal(withSettings('A=1\nA=2\n', { A: '3' }), 'A=1\nA="3"\n', 'the last one is the one that counts');
  const folder = t.testdir({});
  await changeSettings(join(folder, 'new'), { A: '1' });
  t.equal(readFileSync(join(folder, 'new'), 'utf8'), 'A="1"\n');
  writeFileSync(join(folder, 'old'), 'B=1', { mode: 0o640 });
  await changeSettings(join(folder, 'old'), { A: '1' });
  t.equal(readFileSync(join(folder, 'old'), 'utf8'), 'B=1\nA="1"\n');
  t.equal(statSync(join(folder, 'old')).mode & 0o777, 0o640);
});

t.test('what is known of a cluster', async (t) => {
  const folder = t.testdir({});
  t.equal(await readKnown(folder, 'etcd.service'), null);
  const first = learn(null, cluster([member(2), member(1)]));
  t.match(first, { clusterId: '77', lineage: ['77'], places: [{ name: 'm1' }, { name: 'm2' }] });
  if (first === null) return;
  t.equal(learn(first, cluster([member(1), member(2)])), null, 'nothing new');
  t.equal(learn(first, cluster([], { clusterId: null })), null, 'nobody answers');
  t.match(learn(first, cluster([member(1)])), { places: [{ name: 'm1' }] });
  t.match(learn(first, cluster([member(1)], { clusterId: '99' })), { clusterId: '99', lineage: ['99'] });
  const restored = { ...first, clusterId: '88', lineage: ['88', '77'] };
  t.match(
    learn(restored, cluster([member(1)])),
    { clusterId: '77', lineage: ['88', '77'] },
    'what is left of the old one',
  );
  await writeKnown(folder, 'etcd.service', restored);
  t.same(await readKnown(folder, 'etcd.service'), restored);
  const changed = [
    { lineage: undefined },
    { lineage: [77] },
    { clusterId: 'x' },
    { clientUrls: [{}] },
    { places: [null] },
    { places: [{ name: 'm1' }] },
    { version: 2 },
  ];
  for (const text of [
    '',
    '{"version":1',
    'null',
    '[]',
    ...changed.map((one) => JSON.stringify({ ...restored, ...one })),
  ]) {
    writeFileSync(join(folder, 'etcd/etcd.service.cluster.json'), text);
    t.equal(await readKnown(folder, 'etcd.service'), null, text);
  }
});

t.test('the journal has each step before it is done', async (t) => {
  const folder = t.testdir({ etcd: {} });
  t.equal(await readJournal(folder, 'etcd.service'), null);
  for (const text of [
    '',
    'null',
    '{"version":1}',
    '{"version":1,"words":"add","wish":null}',
    '{"version":1,"words":"add","wish":{"command":"add"}}',
  ]) {
    writeFileSync(join(folder, 'etcd/etcd.service.work.json'), text);
    t.equal(await readJournal(folder, 'etcd.service'), null, text);
  }
  let wallMs = 1_000;
  const journal = createJournal(folder, 'etcd.service', () => wallMs);
  const wish = { command: 'add', replacing: null } as const;
  await journal.begin({ words: 'add', wish, unattended: false });
  await journal.note({ do: 'start', unit: 'etcd.service' }, 'begun');
  t.match(await readJournal(folder, 'etcd.service'), {
    words: 'add',
    wish,
    ended: null,
    steps: [{ step: { do: 'start' }, endedWallMs: null }],
  });
  const again = createJournal(folder, 'etcd.service', () => wallMs);
  await again.begin({ words: 'add', wish, unattended: false });
  t.equal((await readJournal(folder, 'etcd.service'))?.steps.length, 1, 'what was cut off goes on');
  wallMs = 2_000;
  await journal.note({ do: 'start', unit: 'etcd.service' }, 'ended');
  await journal.end(true, 'm1 votes and answers');
  t.match(await readJournal(folder, 'etcd.service'), {
    steps: [{ begunWallMs: 1_000, endedWallMs: 2_000 }],
    ended: { ok: true, wallMs: 2_000 },
  });
  await again.begin({ words: 'add', wish, unattended: false });
  t.same((await readJournal(folder, 'etcd.service'))?.steps, [], 'what came to its end does not');
});
