/** The rule of restraint: a member may be restarted only while the others keep quorum without it. */
import t from 'tap';
import { keepsQuorumWithout, standingOf } from '../../../src/core/etcd/quorum.ts';
import { away, cluster, member, status } from './stage.ts';

t.test('a cluster stands what its quorum leaves', async (t) => {
  for (const [voters, spare] of [
    [1, 0],
    [2, 0],
    [3, 1],
    [4, 1],
    [5, 2],
  ] as const) {
    const members = Array.from({ length: voters }, (_, index) => member(index + 1));
    t.equal(standingOf(cluster(members)).spare, spare, `${voters} voters`);
  }
  t.match(standingOf(cluster([member(1), away(2), away(3)])), { answering: 1, quorum: 2, spare: -1 });
});

t.test('a silent member may be restarted while the others keep quorum', async (t) => {
  t.ok(keepsQuorumWithout(cluster([away(1), member(2), member(3)]), '1'));
  t.notOk(keepsQuorumWithout(cluster([away(1), member(2), away(3)]), '1'), 'another is away');
  t.notOk(keepsQuorumWithout(cluster([away(1), member(2)]), '1'), 'two voters need both');
  t.notOk(keepsQuorumWithout(cluster([away(1)]), '1'), 'there are no others');
  t.notOk(keepsQuorumWithout(cluster([]), '1'), 'nobody was seen');
});

t.test('what does not take part does not count', async (t) => {
  const leaderless = member(3, { status: { ...status, leaderId: '0' } });
  t.notOk(keepsQuorumWithout(cluster([away(1), member(2), leaderless]), '1'), 'a member that knows no leader');
  const learner = member(3, { learner: true });
  t.notOk(keepsQuorumWithout(cluster([away(1), member(2), learner, away(4)]), '1'), 'a learner');
  t.ok(
    keepsQuorumWithout(cluster([member(1), member(2), member(3), learner]), '9'),
    'one that is no member harms nobody',
  );
  const strangers = [{ endpoint: 'https://other:2379', clusterId: '255' }];
  t.notOk(
    keepsQuorumWithout(cluster([away(1), member(2), member(3)], { strangers }), '1'),
    'endpoints of two clusters',
  );
});
