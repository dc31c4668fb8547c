/** What the agent does around etcd, and what it tells of it. */
import t from 'tap';
import type { BackupRecord, Taken, Verification } from '../../../src/core/etcd/backup.ts';
import type { EtcdEvent } from '../../../src/core/etcd/event.ts';
import type { BackupPolicy, EtcdPolicy } from '../../../src/core/etcd/policy.ts';
import type { EtcdState } from '../../../src/core/etcd/state.ts';
import { stepEtcd } from '../../../src/core/etcd/step.ts';
import { initialState } from '../../../src/core/state.ts';
import { step } from '../../../src/core/step.ts';
import { away, cluster, member, status } from './stage.ts';

const policy: EtcdPolicy = {
  endpoints: ['https://127.0.0.1:2379'],
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
  repair: 'propose',
  deadAfterMs: 600_000,
};
const backup: BackupPolicy = {
  directory: '/backups',
  schedule: '17 * * * *',
  keep: { hourly: 24, daily: 7, weekly: 4 },
  bytesPerSecond: 1,
  copy: [],
  verify: { schedule: '41 3 * * *', etcd: 'etcd', etcdutl: 'etcdutl' },
};
const record = (file: string): BackupRecord => ({
  version: 1,
  file,
  takenWallMs: 1,
  clusterId: '1',
  memberId: '1',
  etcdVersion: '3.5.16',
  bytes: 544,
  sha256: '',
  revision: 7,
  toRevision: 7,
  keys: 1,
  canary: null,
  verified: null,
});
const well = cluster([member(1), member(2), member(3)]);

/** Plays events at times; tells the actions' types and the transitions of each. */
function createStage() {
  let state: EtcdState | undefined;
  return {
    state: () => state,
    play: (nowMs: number, event: EtcdEvent | null) => {
      const result = stepEtcd(state, event, nowMs, false);
      state = result.state;
      return {
        actions: result.actions.map(({ type }) => type),
        told: result.transitions.map((one) =>
          one.type === 'etcd.changed' && one.over ? `${one.reason} over` : one.reason,
        ),
        wakeAtMs: state?.wakeAtMs,
      };
    },
  };
}

const configured = { type: 'etcd.configured', etcd: policy, backup } as const;

t.test('nothing is done before etcd is configured', async (t) => {
  t.same(stepEtcd(undefined, null, 5, false), { state: undefined, actions: [], transitions: [] });
  t.same(stepEtcd(undefined, { type: 'backup.due' }, 5, false).actions, []);
});

t.test('members are looked at, a canary flies, and what they hold is compared', async (t) => {
  const { play } = createStage();
  t.same(play(0, configured).actions, ['backup.list', 'etcd.look', 'etcd.canary']);
  t.same(play(60_000, null).actions, [], 'a look that is not back is not repeated');
  t.match(play(61_000, { type: 'etcd.observed', view: well }), { actions: ['etcd.look', 'etcd.compare'], told: [] });
  t.match(play(61_500, { type: 'etcd.canary-returned', canary: { ok: true, detail: '', durationMs: 3 } }), {
    actions: ['etcd.canary'],
  });
  t.match(play(61_600, { type: 'etcd.observed', view: well }), { actions: [], wakeAtMs: 76_000 });
});

t.test('what is the matter is told once when it begins and once when it is over', async (t) => {
  const { play } = createStage();
  play(0, configured);
  const lost = cluster([member(1), member(2), away(3)]);
  t.same(play(1, { type: 'etcd.observed', view: lost }).told, ['etcd.unreachable', 'etcd.no-margin']);
  t.same(play(2, { type: 'etcd.observed', view: lost }).told, []);
  t.same(play(3, { type: 'etcd.observed', view: well }).told, ['etcd.unreachable over', 'etcd.no-margin over']);
  const failed = { ok: false, detail: 'database space exceeded', durationMs: 3 };
  t.same(play(4, { type: 'etcd.canary-returned', canary: failed }).told, ['etcd.canary-failed']);
  const hashes = [1, 1, 2].map((hash, index) => ({ member: `m${index + 1}`, hash }));
  t.same(play(5, { type: 'etcd.compared', comparison: { revision: 9, hashes } }).told, ['etcd.diverged']);
});

t.test(
  'no leader, an alarm, a slow disk, a lost quorum: never a restart, nor any other action on the node',
  async (t) => {
    const slow = {
      fsync: [
        { le: 8, count: 900 },
        { le: null, count: 900 },
      ],
      commit: [],
      leaderChanges: 99,
      quotaBytes: null,
      compactRevision: null,
    };
    const troubles = [
      cluster([1, 2, 3].map((id) => member(id, { status: { ...status, leaderId: '0' } }))),
      cluster([1, 2, 3].map((id) => member(id, { status: { ...status, errors: ['alarm:NOSPACE', 'alarm:CORRUPT'] } }))),
      cluster([1, 2, 3].map((id) => member(id, { figures: slow }))),
      cluster([member(1), away(2), away(3)]),
      cluster([away(1), away(2), away(3)]),
    ];
    const harmless = new Set(['etcd.look', 'etcd.canary', 'etcd.compare', 'host.sample']);
    let state = step(initialState(), configured, 0).state;
    for (let round = 1; round <= 200; round += 1) {
      const view = troubles[round % troubles.length] ?? well;
      for (const event of [{ type: 'etcd.observed', view } as const, { type: 'tick' } as const]) {
        const result = step(state, event, round * 15_000);
        state = result.state;
        for (const { type } of result.actions) if (!harmless.has(type)) t.fail(`${type} was asked for`);
      }
    }
    t.ok((state.etcd?.findings.length ?? 0) > 0, 'and all of it is told');
  },
);

const taken: Taken = { ok: true, path: '/backups/a.db', record: record('a.db'), notices: [] };
const proof: Verification = { wallMs: 1, ok: true, reason: 'backup.proven', detail: '' };

t.test('one piece of work at a time: a proof waits for the snapshot', async (t) => {
  const { play, state } = createStage();
  play(0, configured);
  t.same(play(1, { type: 'proof.due' }).actions, [], 'there is nothing to prove');
  t.same(play(2, { type: 'backup.due' }).actions, ['backup.take']);
  t.same(play(3, { type: 'backup.due' }).actions, [], 'one is being taken');
  t.same(play(4, { type: 'proof.due' }).actions, []);
  t.match(play(5, { type: 'backup.ended', taken, records: [record('a.db')] }), {
    actions: ['backup.verify'],
    told: ['backup.taken'],
  });
  t.same(play(6, { type: 'backup.due' }).actions, [], 'one is being proven');
  const ended = { type: 'proof.ended', file: 'a.db', verification: proof, records: [record('a.db')] } as const;
  t.match(play(7, ended), { actions: [], told: ['backup.proven'] });
  t.match(state()?.backup, { work: 'none', lastTaken: { ok: true }, lastProof: { ok: true } });
  const failed: Taken = { ok: false, reason: 'backup.no-room', detail: '3 MiB are free' };
  play(8, { type: 'backup.due' });
  t.match(play(9, { type: 'backup.ended', taken: failed, records: [record('a.db')] }).told, ['backup.no-room']);
  t.match(state()?.backup?.lastTaken, { ok: false, detail: '3 MiB are free' });
});

t.test('the same is done by the whole core, and mending goes on beside it', async (t) => {
  const first = step(initialState(), configured, 1_000);
  t.match(
    first.actions.map(({ type }) => type),
    ['backup.list', 'etcd.look', 'etcd.canary'],
  );
  const looked = step(first.state, { type: 'etcd.observed', view: well }, 2_000);
  t.equal(looked.state.node, first.state.node, 'an event of etcd touches nothing else');
  const later = step(looked.state, { type: 'tick' }, 60_000);
  t.match(
    later.actions.map(({ type }) => type),
    ['host.sample', 'etcd.look', 'etcd.compare'],
  );
  t.ok((later.wakeAtMs ?? 0) > 60_000);
});
