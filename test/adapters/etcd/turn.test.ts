/** One at a time: what is done without the lock, and what waits for it. */
import t from 'tap';
import type { Reach } from '../../../src/adapters/etcd/access.ts';
import { createTurn } from '../../../src/adapters/etcd/turn.ts';
import type { Remote } from '../../../src/adapters/grpc/remote.ts';
import type { MemberView } from '../../../src/core/etcd/view.ts';
import { away, cluster, member, status } from '../../core/etcd/stage.ts';

const files = { ca: null, cert: null, key: null };
const sceneOf = (members: readonly MemberView[]) => ({
  view: cluster(members),
  here: null,
  hereTrouble: '',
  snapshotWallMs: null,
});
const well = sceneOf([member(1), member(2), member(3)]);
const full = member(1, { status: { ...status, errors: ['memberID:1 alarm:NOSPACE '] } });

/** A cluster whose lock somebody has, or nobody. */
function createCluster() {
  let holder: string | null = null;
  const asked: string[] = [];
  let fails = false;
  const remote = {
    call: async (method: { readonly name: string }) => {
      asked.push(method.name);
      if (method.name === 'LeaseGrant') return { id: '7' };
      if (method.name !== 'Txn') return {};
      const responses = [{ responseRange: { kvs: [{ value: Buffer.from(holder ?? '') }] } }];
      return { succeeded: holder === null, responses: holder === null ? [] : responses };
    },
    stream: async function* () {
      yield { ttl: '5' };
    },
  } as unknown as Remote;
  const reach: Reach = async (_endpoint, _files, timeoutMs, work) => {
    if (fails) throw new Error('no answer within 5 s');
    return work(remote, AbortSignal.timeout(timeoutMs));
  };
  return {
    reach,
    asked,
    hold: (who: string | null) => {
      holder = who;
    },
    fail: (wanted: boolean) => {
      fails = wanted;
    },
  };
}

t.test('the lock is taken, kept and let go', async (t) => {
  const { reach, asked } = createCluster();
  const turn = createTurn(reach, files, 'worker-1', 5_000);
  t.equal(await turn.take(well), null);
  t.same(asked, ['LeaseGrant', 'Txn']);
  t.equal(await turn.take(well), null, 'and asked for once');
  await turn.end();
  t.same(asked, ['LeaseGrant', 'Txn', 'LeaseRevoke']);
});

t.test('whoever has it is waited for', async (t) => {
  const one = createCluster();
  one.hold('worker-2');
  const turn = createTurn(one.reach, files, 'worker-1', 5_000);
  t.equal(await turn.take(well), 'worker-2, which is at work in this cluster');
  one.hold(null);
  t.equal(await turn.take(well), null);
  await turn.end();
});

t.test('a cluster that could give the lock and does not is waited for; one that cannot is not', async (t) => {
  const one = createCluster();
  one.fail(true);
  const turn = createTurn(one.reach, files, 'worker-1', 5_000);
  t.equal(await turn.take(well), 'the lock in etcd (no answer within 5 s)');
  t.equal(await turn.take(sceneOf([full, member(2), member(3)])), null, 'NOSPACE');
  t.equal(await turn.take(sceneOf([member(1), away(2), away(3)])), null, 'no quorum');
  t.equal(await turn.take(sceneOf([])), null, 'no cluster');
  await turn.end();
});
