import t from 'tap';
import type { Reach } from '../../../src/adapters/etcd/access.ts';
import { judgeOthers, lookOthers } from '../../../src/adapters/etcd/others.ts';
import { durationMs } from '../../../src/config/duration.ts';
import { presets } from '../../../src/config/presets.ts';
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
  const trouble = { reason: 'etcd.unreachable', detail: 'no answer within 3 s' } as const;
  const silent = [{ endpoint: 'https://10.0.0.2:2379', trouble }];
  t.match(judgeOthers(cluster([], { clusterId: null, silent }), '1'), {
    verdict: 'unknown',
    reason: 'probe.no-quorum',
    detail: 'https://10.0.0.2:2379: no answer within 3 s',
  });
  t.match(judgeOthers(cluster([], { clusterId: null }), '1'), { verdict: 'unknown', detail: 'it is the only member' });
});

t.test('each call has a share of the time in whole milliseconds, as timers take it', async (t) => {
  const target = {
    kind: 'etcd',
    url: 'http://127.0.0.1:2379',
    ca: null,
    cert: null,
    key: null,
    look: 'others',
  } as const;
  const usual = durationMs(presets.etcd.probes?.['others']?.timeout ?? '');
  for (const timeoutMs of [usual, 9_848, 6_000]) {
    const given: number[] = [];
    const reach: Reach = async (_endpoint, _files, callMs) => {
      given.push(callMs);
      AbortSignal.timeout(callMs);
      throw Object.assign(new Error('away'), { status: 14 });
    };
    const context = { unit: 'etcd.service', timeoutMs, signal: new AbortController().signal, tell: () => undefined };
    const peers = { ownId: '1', urls: ['http://127.0.0.1:1'] };
    const found = await lookOthers({ reach, peers, wallMs: () => 0 }, target, context);
    t.match(found, { verdict: 'unknown', detail: 'http://127.0.0.1:1: away' });
    t.same(given, [Math.floor(timeoutMs / 6)]);
  }
});
