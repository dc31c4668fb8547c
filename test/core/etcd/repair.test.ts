/** When a member counts as dead, and when this node sets about replacing it unasked. */
import t from 'tap';
import type { EtcdEvent } from '../../../src/core/etcd/event.ts';
import type { EtcdPolicy } from '../../../src/core/etcd/policy.ts';
import type { EtcdState } from '../../../src/core/etcd/state.ts';
import { stepEtcd } from '../../../src/core/etcd/step.ts';
import type { ClusterView } from '../../../src/core/etcd/view.ts';
import { away, cluster, member, status } from './stage.ts';

const minute = 60_000;

function createStage(more: Partial<EtcdPolicy> = {}) {
  const policy: EtcdPolicy = {
    endpoints: ['https://10.0.0.3:2379'],
    ca: null,
    cert: null,
    key: null,
    certificates: [],
    everyMs: 15_000,
    timeoutMs: 5_000,
    canaryEveryMs: 30_000,
    compareEveryMs: 21_600_000,
    unit: 'etcd.service',
    places: [],
    repair: 'act',
    deadAfterMs: 10 * minute,
    ...more,
  };
  let state: EtcdState | undefined;
  let handsOff = false;
  let nowMs = 0;
  const play = (event: EtcdEvent) => {
    const result = stepEtcd(state, event, nowMs, handsOff);
    state = result.state;
    return {
      repairs: result.actions.filter(({ type }) => type === 'etcd.repair').length,
      told: result.transitions.flatMap((one) =>
        one.type === 'etcd.changed' && !one.over && /dead|repair/.test(one.reason) ? [one.reason] : [],
      ),
    };
  };
  play({ type: 'etcd.configured', etcd: policy, backup: null });
  return {
    play,
    configure: () => play({ type: 'etcd.configured', etcd: policy, backup: null }),
    handsOff: (wanted: boolean) => {
      handsOff = wanted;
    },
    /** Looks every 15 s, all with the same result. */
    look: (view: ClusterView, forMs: number) => {
      const repairs: number[] = [];
      const told: string[] = [];
      for (const untilMs = nowMs + forMs; nowMs < untilMs; ) {
        nowMs += 15_000;
        const turn = play({ type: 'etcd.observed', view });
        told.push(...turn.told);
        if (turn.repairs > 0) repairs.push(nowMs / minute);
      }
      return { repairs, told };
    },
    sleep: (ms: number) => {
      nowMs += ms;
    },
  };
}

const well = cluster([member(1), member(2), member(3)]);
const dead = cluster([member(1), member(2), away(3)]);

t.test('the own member is replaced after ten minutes of silence, once', async (t) => {
  const stage = createStage();
  stage.look(well, minute);
  t.same(stage.look(dead, 10 * minute), { repairs: [], told: [] });
  t.same(stage.look(dead, 5 * minute), { repairs: [11.25], told: ['etcd.repair-begun', 'etcd.dead'] });
  t.same(stage.play({ type: 'etcd.repair-ended', ok: false, detail: 'no room' }).told, ['etcd.repair-failed']);
  t.same(stage.look(dead, 9 * minute).repairs, [], 'after one that failed it waits as long again');
  t.same(stage.look(dead, 2 * minute).repairs, [26]);
  stage.play({ type: 'etcd.repair-ended', ok: false, detail: 'cut off' });
  const off = cluster([member(1), member(2)]);
  t.same(stage.look(off, 12 * minute).repairs, [37], 'and so it does when the member is off the list already');
  t.same(stage.play({ type: 'etcd.repair-ended', ok: true, detail: '' }).told, ['etcd.repaired']);
  t.same(stage.look(well, 30 * minute).repairs, []);
});

t.test('what is not replaced', async (t) => {
  const never = (name: string, view: ClusterView, more: Partial<EtcdPolicy> = {}, told: readonly string[] = []) => {
    const stage = createStage(more);
    stage.look(well, minute);
    t.same(stage.look(view, 60 * minute), { repairs: [], told }, name);
  };
  never("another node's member", cluster([away(1), member(2), member(3)]), {}, ['etcd.dead']);
  never('without quorum', cluster([member(1), away(2), away(3)]));
  never(
    'one whose way is barred',
    cluster([member(1), member(2), { ...away(3), trouble: { reason: 'etcd.denied', detail: '' } }]),
  );
  never(
    'one whose certificate is wrong',
    cluster([member(1), member(2), { ...away(3), trouble: { reason: 'etcd.tls', detail: '' } }]),
  );
  never(
    'while the others know no leader',
    cluster([member(1), member(2, { status: { ...status, leaderId: '0' } }), away(3)]),
  );
  never('when it is only to be proposed', dead, { repair: 'propose' }, ['etcd.dead']);
  never('when it is only to be observed', dead, { repair: 'observe' });
  never('who is not seen', cluster([], { clusterId: null }));
});

t.test('one of two that are dead is replaced on its node while the others have quorum', async (t) => {
  const stage = createStage();
  stage.look(well, minute);
  const two = cluster([member(1), member(2), away(3), away(4), member(5)]);
  t.match(stage.look(two, 12 * minute), { repairs: [11.25], told: ['etcd.repair-begun', 'etcd.dead', 'etcd.dead'] });
});

t.test('silence that was not looked at does not count', async (t) => {
  const stage = createStage();
  stage.look(well, minute);
  stage.look(dead, 9 * minute);
  stage.sleep(5 * minute);
  t.same(stage.look(dead, 9 * minute).repairs, [], 'a gap begins the count anew');
  t.equal(stage.look(dead, 2 * minute).repairs.length, 1);
});

t.test('hands off as long as somebody wants it', async (t) => {
  const stage = createStage();
  stage.look(well, minute);
  stage.handsOff(true);
  t.same(stage.look(dead, 30 * minute).repairs, []);
  stage.handsOff(false);
  t.equal(stage.look(dead, minute).repairs.length, 1);
});

t.test('an agent that starts anew', async (t) => {
  const stage = createStage();
  stage.look(well, minute);
  stage.configure();
  stage.look(cluster([away(1), member(2), member(3)]), 30 * minute);
  t.same(
    stage.look(cluster([away(1), member(2), member(3)]), 30 * minute).repairs,
    [],
    'still knows whose member is its own',
  );
  t.equal(stage.play({ type: 'etcd.repair-left' }).repairs, 1, 'and goes on with what was cut off');
  t.equal(stage.play({ type: 'etcd.repair-left' }).repairs, 0, 'once');
  const fresh = createStage();
  t.equal(fresh.look(dead, 30 * minute).repairs.length, 1, 'one that never saw its member answer tries');
  const careful = createStage({ repair: 'propose' });
  t.equal(careful.play({ type: 'etcd.repair-left' }).repairs, 0, 'and nothing where it is only to be proposed');
});
