import t from 'tap';
import type { Freshness } from '../../../src/core/backups/state.ts';
import type { BackupReason } from '../../../src/core/etcd/backup.ts';
import type { Reason } from '../../../src/core/reason.ts';
import type { Transition } from '../../../src/core/transition.ts';
import { closed, createStage, exhausted, opened, recovered, target } from './stage.ts';

const failing = { ok: false, final: false, detail: 'refused' };

t.test('trouble is told after the time to gather, and its end too', async (t) => {
  const stage = createStage([target('oncall')]);
  stage.tell(opened('kubelet'));
  stage.advance(9_999);
  t.same(stage.sent(), []);
  stage.advance(1);
  t.same(stage.sent(), ['oncall +incident:kubelet']);
  stage.tell(closed('kubelet'));
  stage.advance(60_000);
  t.same(stage.sent(), ['oncall -incident:kubelet']);
  t.same(stage.state().alerts, {}, 'what is over and told is forgotten');
  t.equal(stage.wakes(), null, 'and nothing is waited for');
});

t.test('what comes together is one message', async (t) => {
  const stage = createStage([target('oncall')]);
  stage.tell(opened('containerd'));
  stage.advance(5_000);
  stage.tell(opened('kubelet'), exhausted('containerd'));
  stage.advance(5_000);
  t.same(stage.sent(), ['oncall +incident:containerd +incident:kubelet +exhausted:containerd']);
});

t.test('what was mended while news was gathered is told as over, once', async (t) => {
  const stage = createStage([target('oncall')]);
  stage.tell(opened('kubelet'), closed('kubelet'));
  stage.advance(86_400_000);
  t.same(stage.sent(), ['oncall -incident:kubelet']);
});

t.test('what lasts is told again, as often as the target says', async (t) => {
  const stage = createStage([target('oncall', { repeatMs: 60_000 }), target('mail')]);
  stage.tell(exhausted('kubelet'));
  stage.advance(10_000);
  t.same(stage.sent(), ['oncall +exhausted:kubelet', 'mail +exhausted:kubelet']);
  stage.advance(180_000);
  t.same(stage.sent(), ['oncall +exhausted:kubelet', 'oncall +exhausted:kubelet', 'oncall +exhausted:kubelet']);
  stage.advance(3_420_000);
  t.equal(stage.sent().filter((one) => one.startsWith('mail')).length, 1);
});

t.test('each target is told what it wants to know', async (t) => {
  const stage = createStage([
    target('all', { least: 'info' }),
    target('errors', { least: 'error' }),
    target('units', { reasons: ['unit.*', 'bus.lost'] }),
    target('one', { reasons: ['unit.exited'] }),
  ]);
  stage.tell(opened('kubelet'), { type: 'node.changed', reason: 'bus.lost', detail: '' });
  stage.tell({ type: 'pause.changed', component: null, reason: 'pause.set', detail: 'test', untilMs: 1 });
  stage.advance(10_000);
  t.same(stage.sent(), ['all +incident:kubelet +bus: +pause:', 'errors +bus:', 'units +incident:kubelet +bus:']);
});

t.test('a backup that is not fresh begins an alert; one that turns worse is told anew', async (t) => {
  const stage = createStage([target('oncall', { least: 'error' }), target('mail')]);
  const turned = (from: Freshness, to: Freshness, item = 'schedule/daily'): Transition => ({
    type: 'freshness.changed',
    check: 'cluster',
    item,
    from,
    to,
    reason: `freshness.${to}`,
    detail: '',
  });
  stage.tell(turned('waiting', 'fresh'), turned('waiting', 'fresh', ''));
  stage.advance(10_000);
  t.same(stage.sent(), []);
  stage.tell(turned('fresh', 'partial'));
  stage.advance(10_000);
  t.same(stage.sent(), ['mail +backup:cluster/schedule/daily']);
  stage.tell(turned('partial', 'stale'), turned('fresh', 'failed', ''));
  stage.advance(10_000);
  const both = '+backup:cluster/schedule/daily +backup:cluster';
  t.same(stage.sent(), [`oncall ${both}`, `mail ${both}`]);
  stage.tell(turned('stale', 'gone'), turned('failed', 'fresh', ''));
  stage.advance(10_000);
  t.same(stage.state().alerts, {});
});

t.test('a snapshot of etcd that fails, and one that does not restore, begin alerts of their own', async (t) => {
  const stage = createStage([target('oncall')]);
  const changed = (reason: BackupReason, file: string | null): Transition => ({
    type: 'backup.changed',
    file,
    reason,
    detail: '',
  });
  stage.tell(changed('backup.busy', null), changed('backup.incomplete', 'a'), changed('backup.taken', 'a'));
  stage.advance(10_000);
  t.same(stage.sent(), []);
  stage.tell(changed('backup.failed', null), changed('backup.no-room', null), changed('backup.torn', 'a'));
  stage.advance(10_000);
  t.same(stage.sent(), ['oncall +snapshot: +proof:']);
  stage.tell(changed('backup.taken', 'b'));
  stage.advance(10_000);
  t.same(stage.sent(), ['oncall -snapshot:'], 'the proof is still missing');
  stage.tell(changed('backup.proven', 'b'));
  stage.advance(10_000);
  t.same(stage.sent(), ['oncall -proof:']);
});

t.test('a leader election that is not well begins an alert, and one that is again ends it', async (t) => {
  const stage = createStage([target('oncall')]);
  const turned = (to: 'ok' | 'none' | 'wedged' | 'unknown', reason: Reason): Transition => ({
    type: 'leader.changed',
    check: 'kube-scheduler',
    from: 'ok',
    to,
    reason,
    detail: 'not renewed for 18 s',
  });
  stage.tell(turned('wedged', 'leader.wedged'));
  stage.advance(10_000);
  t.same(stage.sent(), ['oncall +leader:kube-scheduler']);
  stage.tell(turned('unknown', 'leader.unknown'));
  stage.advance(10_000);
  t.same(stage.sent(), [], 'what cannot be told ends nothing');
  stage.tell(turned('ok', 'leader.ok'));
  stage.advance(10_000);
  t.same(stage.sent(), ['oncall -leader:kube-scheduler']);
});

t.test('trouble with an election of our own is told until this node takes part again', async (t) => {
  const stage = createStage([target('oncall')]);
  const turned = (to: 'leading' | 'resigning' | 'standby', reason: Reason): Transition => {
    const more = { detail: 'no answer within 5 s', token: null };
    return { type: 'election.changed', election: 'boss', from: 'leading', to, reason, ...more };
  };
  stage.tell(turned('leading', 'election.won'));
  stage.advance(10_000);
  t.same(stage.sent(), [], 'to lead is no news of this kind');
  stage.tell(turned('resigning', 'election.renew-deadline'));
  stage.tell(turned('standby', 'election.unseen'));
  stage.advance(10_000);
  t.same(stage.sent(), ['oncall +election:boss'], 'and what is not known yet ends nothing');
  stage.tell(turned('standby', 'election.standby'));
  stage.advance(10_000);
  t.same(stage.sent(), ['oncall -election:boss']);
  stage.tell(turned('resigning', 'election.resigned'));
  stage.advance(10_000);
  t.same(stage.sent(), []);
});

t.test('a command of an election that fails is told, and one that its term has ended is not', async (t) => {
  const stage = createStage([target('oncall')]);
  const ended = (ok: boolean, reason: Reason): Transition => {
    const more = { election: 'boss', hook: 'elected', token: 7, detail: 'exit status 1' } as const;
    return { type: 'election.hook', ...more, ok, reason };
  };
  stage.tell(ended(false, 'action.canceled'));
  stage.advance(10_000);
  t.same(stage.sent(), []);
  stage.tell(ended(false, 'action.failed'));
  stage.advance(10_000);
  t.same(stage.sent(), ['oncall +command:boss/elected']);
  stage.tell(ended(true, 'action.done'));
  stage.advance(10_000);
  t.same(stage.sent(), ['oncall -command:boss/elected']);
});

t.test('a spent budget and a reboot are told to everybody, whatever they want to know', async (t) => {
  const stage = createStage([target('quiet', { least: 'error', reasons: ['config.rejected'] })]);
  stage.tell(exhausted('kubelet'));
  stage.advance(10_000);
  t.same(stage.sent(), ['quiet +exhausted:kubelet']);
  const reboot = { component: 'kubelet', incident: 'i-kubelet', action: 'a1', remedy: 'reboot' } as const;
  stage.tell({ type: 'action.begun', ...reboot, reason: 'reboot.tried' });
  t.same(stage.sent(), ['quiet +reboot:kubelet'], 'at once: the node is about to go');
  stage.tell({ type: 'action.ended', ...reboot, ok: true, reason: 'restart.verified', detail: '', durationMs: 1 });
  stage.tell(recovered('kubelet'));
  stage.advance(10_000);
  t.same(stage.sent(), ['quiet -exhausted:kubelet -reboot:kubelet']);
});

t.test('a target that is away gets everything later, in order', async (t) => {
  const stage = createStage([target('oncall'), target('mail')]);
  stage.answer(({ target: name }) => (name === 'oncall' ? failing : { ok: true, final: false, detail: '' }));
  stage.tell(opened('kubelet'));
  stage.advance(10_000);
  t.same(stage.told(), ['oncall alert.failing']);
  stage.tell(closed('kubelet'));
  stage.advance(20_000);
  stage.tell(exhausted('containerd'));
  stage.advance(3_000_000);
  t.same(stage.told(), [], 'that it fails is told once');
  t.ok(
    stage
      .sent()
      .filter((one) => one.startsWith('oncall'))
      .every((one) => one === 'oncall +incident:kubelet'),
    'the first is tried again until it arrives',
  );
  stage.answer({ ok: true, final: false, detail: '' });
  stage.advance(300_000);
  t.same(stage.sent(), ['oncall +incident:kubelet', 'oncall -incident:kubelet', 'oncall +exhausted:containerd']);
  t.same(stage.told(), ['oncall alert.delivered']);
});

t.test('the tries of a target that is away grow apart, to five minutes', async (t) => {
  const stage = createStage([target('oncall')]);
  const moments: number[] = [];
  stage.answer(() => {
    moments.push(stage.wallMs());
    return failing;
  });
  stage.tell(opened('kubelet'));
  stage.advance(3_600_000);
  const apart = moments.slice(1).map((at, index) => (at - (moments[index] ?? 0)) / 1_000);
  t.same(apart.slice(0, 9), [5, 10, 20, 40, 80, 160, 300, 300, 300]);
});

t.test('a target that never answers holds up no other, and gets no second message meanwhile', async (t) => {
  const stage = createStage([target('oncall', { repeatMs: 60_000 }), target('mail', { repeatMs: 60_000 })]);
  stage.answer(({ target: name }) => (name === 'oncall' ? null : { ok: true, final: false, detail: '' }));
  stage.tell(opened('kubelet'));
  stage.advance(130_000);
  t.same(stage.sent(), [
    'oncall +incident:kubelet',
    'mail +incident:kubelet',
    'mail +incident:kubelet',
    'mail +incident:kubelet',
  ]);
});

t.test('what a target will never take is given up, and the next one goes out', async (t) => {
  const stage = createStage([target('oncall')]);
  stage.answer({ ok: false, final: true, detail: '400 Bad Request' });
  stage.tell(opened('kubelet'));
  stage.advance(10_000);
  t.same(stage.told(), ['oncall alert.refused']);
  stage.answer({ ok: true, final: false, detail: '' });
  stage.tell(closed('kubelet'));
  stage.advance(10_000);
  t.same(stage.sent(), ['oncall +incident:kubelet', 'oncall -incident:kubelet']);
});

t.test('the queue is bounded: the oldest are lost, and that is said', async (t) => {
  const stage = createStage([target('oncall', { waitMs: 0 })]);
  stage.answer(failing);
  for (let round = 0; round < 60; round += 1) stage.tell(opened('kubelet'), closed('kubelet'));
  t.equal(stage.state().targets['oncall']?.queue.length, 100);
  t.equal(stage.told().filter((one) => one === 'oncall alert.dropped').length, 20);
  stage.sent();
  stage.answer({ ok: true, final: false, detail: '' });
  stage.advance(300_000);
  const sent = stage.sent();
  t.equal(sent.length, 100);
  t.equal(sent[0], 'oncall +incident:kubelet lost 20');
  t.equal(sent[1], 'oncall -incident:kubelet', 'the others say nothing of it');
});

t.test('a failed sending repeats nothing while something waits', async (t) => {
  const stage = createStage([target('oncall', { repeatMs: 60_000 })]);
  stage.answer(failing);
  stage.tell(opened('kubelet'));
  stage.advance(86_400_000);
  t.equal(stage.state().targets['oncall']?.queue.length, 1);
});

t.test('nothing is told twice when the agent starts anew, and what waited goes out', async (t) => {
  const before = createStage([target('oncall'), target('mail')]);
  before.answer(({ target: name }) => (name === 'oncall' ? null : { ok: true, final: false, detail: '' }));
  before.tell(exhausted('kubelet'));
  before.advance(10_000);
  before.sent();
  const kept = JSON.parse(JSON.stringify(before.state()));
  const after = createStage([target('oncall'), target('mail')], kept);
  after.advance(10_000);
  t.same(after.sent(), ['oncall +exhausted:kubelet'], 'that it arrived was never heard');
});

t.test('after a boot the times begin anew', async (t) => {
  const before = createStage([target('oncall', { repeatMs: 60_000 })]);
  before.answer(failing);
  before.advance(1_000_000_000);
  before.tell(opened('kubelet'));
  before.advance(300_000);
  const kept = { ...before.state(), bootId: 'an earlier one' };
  const after = createStage([target('oncall', { repeatMs: 60_000 })], kept);
  t.same(after.sent(), ['oncall +incident:kubelet'], 'at once');
  after.advance(60_000);
  t.same(after.sent(), ['oncall +incident:kubelet'], 'and then again in its time');
});

t.test('what was missed while no agent ran is told, and what is not so any more ends', async (t) => {
  const stage = createStage([target('oncall')]);
  stage.tell(opened('kubelet'), exhausted('docker'), opened('gone'));
  stage.advance(10_000);
  stage.sent();
  stage.step({
    type: 'alert.standing',
    components: [
      { name: 'kubelet', incident: null, exhausted: false },
      { name: 'docker', incident: null, exhausted: false },
      { name: 'containerd', incident: 'probe.timeout', exhausted: true },
    ],
    storeOk: true,
    wallMs: stage.wallMs(),
  });
  stage.advance(10_000);
  t.same(stage.sent(), [
    'oncall -incident:kubelet -exhausted:docker -incident:gone +incident:containerd +exhausted:containerd',
  ]);
});

t.test('a lost store is told for the day on which it matters', async (t) => {
  const stage = createStage([target('oncall', { repeatMs: 604_800_000 })]);
  stage.tell({ type: 'node.changed', reason: 'store.lost', detail: '' });
  stage.advance(86_399_999);
  t.same(stage.sent(), ['oncall +store:']);
  stage.advance(10_001);
  t.same(stage.sent(), ['oncall -store:']);
});

t.test('a node that shuts down is no news', async (t) => {
  const stage = createStage([target('oncall', { least: 'info' })]);
  const ready = (isReady: boolean, reason: 'node.not-ready' | 'node.shutting-down' | 'node.ready'): Transition => ({
    type: 'node.ready',
    ready: isReady,
    reason,
    detail: '',
  });
  stage.tell(ready(false, 'node.shutting-down'));
  stage.advance(60_000);
  t.same(stage.sent(), []);
  stage.tell(ready(false, 'node.not-ready'), ready(false, 'node.shutting-down'));
  stage.advance(60_000);
  stage.tell(ready(true, 'node.ready'));
  stage.advance(60_000);
  t.same(stage.sent(), ['oncall +not-ready:', 'oncall -not-ready:']);
});

t.test('what cannot be mended is told: a ladder without a remedy, a reboot that may not be', async (t) => {
  const stage = createStage([target('oncall', { least: 'error' })]);
  const deferred = (reason: 'restart.backoff' | 'restart.no-remedy'): Transition => ({
    type: 'action.deferred',
    component: 'kubelet',
    reason,
    untilMs: null,
  });
  stage.tell(opened('kubelet'), deferred('restart.backoff'), deferred('restart.no-remedy'));
  stage.advance(10_000);
  stage.tell(closed('kubelet'));
  stage.advance(10_000);
  t.same(stage.sent(), ['oncall +helpless:kubelet', 'oncall -helpless:kubelet']);
});

t.test('a target that is new hears of what lasts; one that is gone hears nothing', async (t) => {
  const stage = createStage([target('oncall')]);
  stage.tell(opened('kubelet'));
  stage.advance(10_000);
  stage.sent();
  stage.step({ type: 'alert.policy', targets: [target('mail')] });
  stage.advance(10_000);
  t.same(stage.sent(), ['mail +incident:kubelet']);
  t.same(Object.keys(stage.state().targets), ['mail']);
});

t.test('what left the configuration is over, and told so', async (t) => {
  const stage = createStage([target('oncall')]);
  const leader = { type: 'leader.changed', check: 'mine', from: 'ok', to: 'none', reason: 'leader.none' } as const;
  stage.tell({ ...leader, detail: '' }, opened('kubelet'));
  stage.advance(10_000);
  stage.sent();
  stage.step({ type: 'alert.orphaned', keys: ['leader:mine', 'leader:unheard-of'], wallMs: 1 });
  stage.advance(10_000);
  t.same(stage.sent(), ['oncall -leader:mine']);
  t.same(Object.keys(stage.state().alerts), ['incident:kubelet']);
});

t.test('without a target nothing piles up', async (t) => {
  const stage = createStage([]);
  for (let round = 0; round < 1_000; round += 1) stage.tell(opened('kubelet'), closed('kubelet'));
  t.same(stage.state().alerts, {});
  t.equal(stage.wakes(), null);
});

t.test('a message holds at most 50 alerts; the rest follows at once', async (t) => {
  const stage = createStage([target('oncall')]);
  for (let number = 0; number < 120; number += 1) stage.tell(opened(`unit-${number}`));
  stage.advance(10_000);
  t.same(
    stage.sent().map((one) => one.split(' ').length - 1),
    [50, 50, 20],
  );
});
