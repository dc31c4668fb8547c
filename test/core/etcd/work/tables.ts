/** What no plan does and why it says so, one guard at a time; and what plans do, in which order. */
import type { ClusterView, MemberView } from '../../../../src/core/etcd/view.ts';
import { planOf } from '../../../../src/core/etcd/work/plan.ts';
import type { Here, Scene } from '../../../../src/core/etcd/work/scene.ts';
import type { Wish } from '../../../../src/core/etcd/work/wish.ts';
import { away, cluster, member, nowWallMs, status } from '../stage.ts';

export const here = (id: number, more: Partial<Here> = {}): Here => ({
  unit: 'etcd.service',
  name: `m${id}`,
  peerUrls: [`https://10.0.0.${id}:2380`],
  process: 'running',
  dataDirectory: '/var/lib/etcd/default',
  data: { clusterId: '77', memberId: String(id) },
  initialCluster: '',
  initialState: 'existing',
  initialToken: 'etcd-cluster',
  installedVersion: '3.5.16',
  changedSince: null,
  ...more,
});

export const scene = (members: readonly MemberView[], own: Here | null, more: Partial<ClusterView> = {}): Scene => ({
  view: cluster(members, more),
  here: own,
  hereTrouble: own === null ? 'the member of this node is a static pod' : '',
  snapshotWallMs: nowWallMs,
});

const learner = (id: number, more: Partial<MemberView> = {}) => member(id, { learner: true, ...more });
const at = (version: string, id: number) => member(id, { status: { ...status, version } });
const alarmed = (id: number, alarm: string) =>
  member(id, { status: { ...status, errors: [`memberID:${id} alarm:${alarm} `] } });
export const three = [member(1), member(2), member(3)];
const add: Wish = { command: 'add', replacing: null };
const places = [1, 2, 3].map((id) => ({ name: `m${id}`, peerUrl: `https://10.0.0.${id}:2380` }));
export const expected = { clusterId: '88', memberId: '801' };
export const create: Wish = { command: 'create', places, expected };
export const restore: Wish = {
  command: 'restore',
  snapshot: { path: '/backups/etcd.db', sha256: 'ab', revision: 900 },
  places,
  token: 'restored-ab',
  expected,
};

export const refused: readonly (readonly [string, Scene, Wish, RegExp])[] = [
  ['no member answers', scene([], here(4), { clusterId: null }), add, /no etcd member answers; list client URLs/],
  [
    'endpoints of two clusters',
    scene(three, here(4), { strangers: [{ endpoint: 'https://x', clusterId: '255' }] }),
    add,
    /different clusters: https:\/\/x is of ff/,
  ],
  ['quorum is lost', scene([member(1), away(2), away(3)], here(4)), add, /quorum is lost: 1 of 3 voters/],
  ['another one is joining', scene([...three, learner(5)], here(4)), add, /m5 is a learner: finish that/],
  [
    'an upgrade is under way',
    scene([at('3.5.16', 1), at('3.6.1', 2), member(3)], here(4)),
    add,
    /members run 3\.5 and 3\.6/,
  ],
  [
    'members hold different data',
    scene([alarmed(1, 'CORRUPT'), member(2), member(3)], here(4)),
    add,
    /the alarm CORRUPT/,
  ],
  ['no service to start', scene(three, null), add, /static pod/],
  [
    'a member whose data is gone is added again',
    scene([away(1), member(2), member(3)], here(1, { data: null, process: 'failed' })),
    add,
    /nodemend etcd replace/,
  ],
  [
    'what answers is replaced by another node',
    scene(three, here(4)),
    { command: 'replace', replacing: '3' },
    /m3 answers/,
  ],
  [
    'the others have no quorum without it',
    scene([away(1), member(2)], here(1)),
    { command: 'replace', replacing: '1' },
    /quorum is lost/,
  ],
  ['the last voter goes', scene([member(1)], here(1)), { command: 'remove', memberId: '1' }, /the last voter/],
  [
    'a second member goes',
    scene([away(1), member(2), member(3), member(4), member(5)], here(2)),
    { command: 'remove', memberId: '2' },
    /m1 does not take part, and never more than one/,
  ],
  [
    'too few would be left',
    scene([member(1), member(2), away(3)], here(1)),
    { command: 'remove', memberId: '1' },
    /does not take part/,
  ],
  [
    'one goes while another knows no leader',
    scene([member(1), member(2), member(3, { status: { ...status, leaderId: '0' } })], here(1)),
    { command: 'remove', memberId: '2' },
    /m3 does not take part/,
  ],
  [
    'one goes while one comes',
    scene([...three, learner(4)], here(1)),
    { command: 'remove', memberId: '1' },
    /m4 is a learner/,
  ],
  [
    'nobody else is configured',
    scene(three, here(1)),
    { command: 'resize', voters: 5, places },
    /2 more are needed, and etcd\.members has 0/,
  ],
  [
    'defragmentation while one is away',
    scene([member(1), member(2), away(3)], null),
    { command: 'defrag' },
    /m3 does not take part/,
  ],
  [
    'an upgrade while one is away',
    scene([member(1), member(2), away(3)], here(1, { changedSince: '/usr/bin/etcd' })),
    { command: 'upgrade' },
    /m3 does not take part/,
  ],
  [
    'an upgrade of one of two',
    scene([member(1), member(2)], here(1, { changedSince: '/usr/bin/etcd' })),
    { command: 'upgrade' },
    /the others have no quorum of 2 voters/,
  ],
  [
    'a replacement while this one is joining',
    scene([member(1), member(2), away(3), learner(5)], here(5)),
    { command: 'replace', replacing: '3' },
    /m5 is a learner/,
  ],
  [
    'an upgrade over a minor version',
    scene(three, here(1, { installedVersion: '3.7.0' })),
    { command: 'upgrade' },
    /one minor version after another/,
  ],
  [
    '3.6 before 3.5.26',
    scene(three, here(1, { installedVersion: '3.6.1' })),
    { command: 'upgrade' },
    /bring every member to 3\.5\.26/,
  ],
  ['a downgrade', scene(three, here(1, { installedVersion: '3.5.9' })), { command: 'upgrade' }, /does not go back/],
  ['an upgrade of who is no member', scene(three, here(4)), { command: 'upgrade' }, /no member of this cluster/],
  [
    'the start of a member whose data is gone',
    scene([away(1), member(2), member(3)], here(1, { data: null, process: 'failed' })),
    { command: 'upgrade' },
    /no data on this node: nodemend etcd replace/,
  ],
  ['a new cluster where one is', scene(three, here(1, { data: null })), create, /cluster 4d answers already/],
  [
    'a new cluster over data',
    scene([], here(1), { clusterId: null }),
    create,
    /has the data of member 1 of cluster 4d/,
  ],
  [
    'a new cluster without this node',
    scene([], here(4, { data: null }), { clusterId: null }),
    create,
    /called m4, and the cluster is to be of m1, m2, m3/,
  ],
  [
    'a new cluster with another address',
    scene([], here(1, { data: null, peerUrls: ['https://10.9.9.9:2380'] }), { clusterId: null }),
    create,
    /they have to be the same/,
  ],
  [
    'a restore under a cluster that works',
    scene([away(1), member(2), member(3)], here(1)),
    restore,
    /has quorum and works/,
  ],
];

export const goes: readonly (readonly [string, Scene, Wish, readonly string[]])[] = [
  [
    'a voter that stands still is started',
    scene([away(1), member(2), member(3)], here(1, { process: 'stopped' })),
    add,
    ['start'],
  ],
  [
    'a crashing one is stopped before it is removed',
    scene([away(1), member(2), member(3)], here(1, { process: 'starting' })),
    { command: 'replace', replacing: '1' },
    ['stop', 'remove', 'add-learner', 'set-aside', 'configure', 'start', 'promote'],
  ],
  [
    'a learner that lost what it had copied',
    scene([...three, learner(4, { status: null, endpoint: null })], here(4, { data: null, process: 'failed' })),
    add,
    ['remove', 'add-learner', 'configure', 'start', 'promote'],
  ],
  [
    'a dead one goes without asking it',
    scene([away(1), member(2), member(3)], null),
    { command: 'remove', memberId: '1' },
    ['remove'],
  ],
  [
    'a learner goes at any time',
    scene([...three, learner(4, { status: null })], null),
    { command: 'remove', memberId: '4' },
    ['remove'],
  ],
  [
    'the leader hands over first',
    scene(three, here(2)),
    { command: 'remove', memberId: '1' },
    ['move-leader', 'remove'],
  ],
  [
    'the only member is started anew',
    scene([member(1)], here(1, { changedSince: '/etc/default/etcd' })),
    { command: 'upgrade' },
    ['restart'],
  ],
  [
    'with quorum lost survivors are stopped',
    scene([member(1), away(2), away(3)], here(1)),
    restore,
    ['stop', 'set-aside', 'configure', 'restore', 'start'],
  ],
];

/** Rows that the planner does not keep. */
export function unkept(): readonly string[] {
  const notRefused = refused.flatMap(([name, seen, wish, why]) => {
    const { steps, end } = planOf(seen, wish);
    return steps.length === 0 && end.is === 'refused' && why.test(end.why) ? [] : [name];
  });
  const otherwise = goes.flatMap(([name, seen, wish, order]) => {
    const found = planOf(seen, wish).steps.map(({ step }) => step.do);
    return found.join() === order.join() ? [] : [name];
  });
  return [...notRefused, ...otherwise];
}
