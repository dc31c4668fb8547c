import t from 'tap';
import { judgeOthers } from '../../../src/adapters/etcd/others.ts';
import { away, cluster, member, status } from '../../core/etcd/stage.ts';

const leaderless = member(2, { status: { ...status, leaderId: '0' } });

t.test('a member that nobody hears is dispensable where the others keep quorum, and there alone', async (t) => {
  t.match(judgeOthers(cluster([away(1), member(2), member(3)]), '1'), {
    verdict: 'unhealthy',
    reason: 'probe.dispensable',
    detail: 'm1 answers at none of its addresses',
  });
  t.match(judgeOthers(cluster([away(1), member(2), member(3), member(4), member(5)]), '1'), { verdict: 'unhealthy' });
  for (const others of [[], [member(2)], [member(2), away(3)], [leaderless, member(3)], [away(2), member(3), away(4)]])
    t.match(judgeOthers(cluster([away(1), ...others]), '1'), { verdict: 'unknown', reason: 'probe.no-quorum' });
  const stranger = { endpoint: 'https://10.0.0.9:2379', clusterId: '78' };
  const mixed = cluster([away(1), member(2), member(3)], { strangers: [stranger] });
  t.match(judgeOthers(mixed, '1'), { verdict: 'unknown' }, 'nor where it is not sure which cluster that is');
});

t.test('one that answers the others, or that they do not know, or that are silent themselves', async (t) => {
  t.match(judgeOthers(cluster([member(1), member(2), member(3)]), '1'), {
    verdict: 'healthy',
    detail: 'it answers at https://10.0.0.1:2379',
  });
  t.match(judgeOthers(cluster([member(2), member(3)]), '1'), {
    verdict: 'unknown',
    detail: 'the others do not list it',
  });
  t.match(judgeOthers(cluster([], { clusterId: null }), '1'), {
    verdict: 'unknown',
    reason: 'probe.no-quorum',
    detail: 'no other member answers',
  });
});
