import t from 'tap';
import { judge } from '../../../src/core/etcd/judge.ts';
import type { ClusterView, Histogram, MemberFigures, MemberStatus } from '../../../src/core/etcd/view.ts';
import { away, cluster, member, nowWallMs, status } from './stage.ts';

const told = (view: ClusterView, before: ClusterView | null = null): string[] =>
  judge(view, before).map((found) => `${found.member ?? 'cluster'} ${found.reason}`);
const three = () => [member(1), member(2), member(3)];
const first = (said: Partial<MemberStatus>) =>
  cluster([member(1, { status: { ...status, ...said } }), member(2), member(3)]);
const day = 86_400_000;

t.test('a cluster that is well has nothing the matter', async (t) => {
  t.same(told(cluster(three())), []);
  t.same(told(cluster([member(1)])), [], 'nor has one of a single member');
});

t.test('lost members count against the quorum of all voters', async (t) => {
  t.same(told(cluster([member(1), member(2), away(3)])), ['m3 etcd.unreachable', 'cluster etcd.no-margin']);
  t.same(told(cluster([member(1), away(2), away(3)]))[0], 'cluster etcd.quorum-lost');
  t.match(judge(cluster([member(1), away(2), away(3)]), null)[0], { detail: '1 of 3 voters take part, 2 are needed' });
  t.match(judge(cluster([member(1), member(2), away(3)]), null)[0], { detail: /; the others keep quorum without it$/ });
  t.match(judge(cluster([member(1), away(2)]), null)[1], { detail: /; the others have no quorum without it$/ });
  const five = [...three(), member(4), away(5)];
  t.same(told(cluster(five)), ['m5 etcd.unreachable'], 'five stand one more');
});

t.test('a member without a leader takes no part', async (t) => {
  const lost = { ...status, leaderId: '0', errors: ['etcdserver: no leader'] };
  t.same(told(cluster([member(1, { status: lost }), member(2), member(3)])), [
    'm1 etcd.no-leader',
    'cluster etcd.no-margin',
  ]);
  t.same(told(first({ leaderId: '2' })), ['cluster etcd.no-leader'], 'two leaders named at once');
});

t.test('alarms are read from what each member says of itself', async (t) => {
  t.same(told(first({ errors: ['memberID:1 alarm:NOSPACE '] })), ['m1 etcd.no-space']);
  t.same(told(first({ errors: ['memberID:1 alarm:CORRUPT '] })), ['m1 etcd.corrupt']);
});

t.test('size, free space and lag', async (t) => {
  t.same(told(first({ dbBytes: 1_800_000_000, dbBytesInUse: 1_700_000_000 })), ['m1 etcd.quota-near']);
  t.same(told(first({ dbBytes: 1_600_000_000, dbBytesInUse: 1_500_000_000 })), []);
  t.same(told(first({ dbBytes: 200_000_000, dbBytesInUse: 100_000_000 })), ['m1 etcd.fragmented']);
  t.same(told(first({ dbBytes: 90_000_000, dbBytesInUse: 10_000_000 })), [], 'a small file is left as it is');
  t.same(told(first({ raftIndex: 9_000, raftAppliedIndex: 5_000 })), ['m1 etcd.lagging']);
});

const histogram = (fast: number, slow: number): Histogram => [
  { le: 0.05, count: fast },
  { le: 0.8, count: fast + slow },
  { le: null, count: fast + slow },
];
const figures = (fsync: Histogram, more: Partial<MemberFigures> = {}): MemberFigures => ({
  fsync,
  commit: [],
  leaderChanges: 1,
  quotaBytes: 2_147_483_648,
  compactRevision: -1,
  ...more,
});

t.test('a disk is slow by what came since the earlier look', async (t) => {
  const at = (fsync: Histogram) => cluster([member(1, { figures: figures(fsync) })]);
  t.same(told(at(histogram(1_000, 100))), ['m1 etcd.slow-disk']);
  t.match(judge(at(histogram(1_000, 100)), null), [{ detail: '99 % of WAL syncs take up to 800 ms' }]);
  t.same(told(at(histogram(2_000, 100)), at(histogram(1_000, 100))), [], 'it was slow and is not any more');
  t.same(told(at(histogram(10, 5))), [], 'too few tell nothing');
  t.same(told(at(histogram(200, 100)), at(histogram(5_000, 0))), ['m1 etcd.slow-disk'], 'started anew meanwhile');
});

t.test('leader changes count between looks', async (t) => {
  const at = (leaderChanges: number) => cluster([member(1, { figures: figures([], { leaderChanges }) })]);
  t.same(told(at(9), at(2)), ['cluster etcd.leader-changes']);
  t.same(told(at(9)), []);
});

t.test('the shape of the cluster', async (t) => {
  t.same(told(cluster([member(1), member(2)])), ['cluster etcd.even-voters']);
  t.same(told(cluster([...three(), member(4, { learner: true })])), ['cluster etcd.learner']);
  const beside = member(3, { peerUrls: ['https://10.0.0.2:3380'] });
  t.match(judge(cluster([member(1), member(2), beside]), null), [
    { reason: 'etcd.shared-host', detail: 'm2, m3 on 10.0.0.2' },
  ]);
  const new4 = member(4, { name: '', status: null, endpoint: null, figures: null, learner: true });
  t.same(told(cluster([...three(), new4])), ['4 etcd.unstarted', 'cluster etcd.learner']);
});

t.test('certificates are told of two weeks before they end', async (t) => {
  const shown = (days: number) => cluster([member(1, { certificateEndsWallMs: nowWallMs + days * day })]);
  t.same(told(shown(15)), []);
  t.same(told(shown(13)), ['m1 etcd.certificate-expiring']);
  t.same(told(shown(-1)), ['m1 etcd.certificate-expired']);
  const lying = cluster(three(), {
    certificates: [{ path: '/pki/a.crt', endsWallMs: nowWallMs + 2.5 * day, detail: '' }],
  });
  t.match(judge(lying, null), [
    { reason: 'etcd.certificate-expiring', detail: 'the certificate in /pki/a.crt ends in 2 days' },
  ]);
  const gone = cluster(three(), { certificates: [{ path: '/pki/a.crt', endsWallMs: null, detail: 'ENOENT' }] });
  t.match(judge(gone, null), [{ reason: 'etcd.tls', detail: 'cannot read the certificate /pki/a.crt: ENOENT' }]);
});

t.test('versions that lose data', async (t) => {
  for (const version of ['3.5.0', '3.5.2', '3.5.5', '3.4.21'])
    t.same(told(first({ version })), ['m1 etcd.bad-version'], version);
  for (const version of ['3.5.3', '3.5.4', '3.5.6', '3.4.22', '3.6.0', 'dev'])
    t.same(told(first({ version })), [], version);
});

t.test('addresses that lead elsewhere', async (t) => {
  const astray = member(2, { status: null, endpoint: null, figures: null, answeredBy: '1' });
  t.same(told(cluster([member(1), astray, member(3)])), ['m2 etcd.wrong-address', 'cluster etcd.no-margin']);
  const strange = cluster(three(), { strangers: [{ endpoint: 'https://other:2379', clusterId: '255' }] });
  t.match(judge(strange, null), [{ reason: 'etcd.two-clusters', detail: 'https://other:2379 belongs to cluster ff' }]);
  const trouble = { reason: 'etcd.unreachable', detail: 'connect ECONNREFUSED' } as const;
  const silent = (endpoint: string) => cluster([member(1), member(2), away(3)], { silent: [{ endpoint, trouble }] });
  t.match(
    judge(silent('https://10.0.0.3:2379'), null).map(({ member: whom }) => whom),
    ['m3', null],
    'told once',
  );
  t.match(told(silent('https://lb:2379'))[0], 'cluster etcd.unreachable');
});
