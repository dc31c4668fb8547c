import t from 'tap';
import { renderComponent } from '../../src/cli/show-component.ts';
import { renderIncident, renderIncidents } from '../../src/cli/show-incident.ts';
import { renderNode } from '../../src/cli/show-node.ts';
import { storyOf } from '../../src/cli/story.ts';
import type { Transition } from '../../src/core/transition.ts';
import { describe } from '../../src/serve/describe.ts';
import { etcdView } from '../serve/etcd-stand-in.ts';
import { backup, component, election, incident, node, notReady } from '../serve/stand-in.ts';

process.env['TZ'] = 'UTC';
const look = { columns: 80, color: false };

const kubelet = component('kubelet', {
  after: ['containerd'],
  phase: 'mending',
  reason: 'restart.hung',
  detail: 'healthz: no reply in 10 s',
  sinceMs: 988_000,
  restarts: { nodemend: 1, systemd: 2, other: 0 },
  budget: { remaining: 2, of: 3, perMs: 900_000 },
  notBeforeMs: 1_012_000,
  deferred: 'restart.backoff',
  incident: { id: 'incident-1a2b3c4d-12', reason: 'probe.timeout', sinceMs: 979_000 },
  probes: [
    {
      name: 'unit',
      role: 'vote',
      verdict: 'healthy',
      reason: 'probe.ok',
      detail: '',
      ageMs: 980_000,
      durationMs: null,
      recent: [],
    },
    {
      name: 'healthz',
      role: 'vote',
      verdict: 'unhealthy',
      reason: 'probe.timeout',
      detail: 'http://127.0.0.1:10248/healthz did not answer within 10 s',
      ageMs: 1_200,
      durationMs: 10_000,
      recent: [],
    },
  ],
});

t.test('backups of others, below the components', async (t) => {
  const late = { name: 'cluster', item: 'schedule/daily', verdict: 'stale', reason: 'freshness.stale' } as const;
  const backups = [backup(), backup({ ...late, detail: 'none was completed in 9 d', goodWallMs: null, limitMs: null })];
  const text = renderNode(node({ backups }), { columns: 100, color: false });
  t.equal(
    text.slice(text.indexOf('BACKUP')),
    `BACKUP                  VERDICT  FOR     AGE  LIMIT  DETAIL
database                fresh    10m  2h 46m  1d 2h  /srv/dumps/db-1.gz is 3 h old
cluster/schedule/daily  stale    10m       -      -  none was completed in 9 d

cluster/schedule/daily: the newest good backup is older than it may be (none was completed in 9 d)
`,
  );
});

t.test('a node that is well', async (t) => {
  t.equal(
    renderNode(node(), look),
    `worker-1 is ready for 16m 20s                          nodemend 0.1.0 up 16m 40s

COMPONENT   PHASE    FOR      RESTARTS  BUDGET  REASON
containerd  healthy  16m 30s         0  3 of 3
kubelet     healthy  16m 30s         0  3 of 3
`,
  );
});

t.test('a node with troubles', async (t) => {
  const view = node({
    ready: { ...notReady, detail: 'kubelet is mending (restart.hung)' },
    components: [
      component('containerd'),
      kubelet,
      component('edge-proxy', { phase: 'stopped', reason: 'unit.stopped', critical: false }),
    ],
    upgrading: 'apt',
    busConnected: false,
    store: { health: 'unwritable', detail: 'ENOSPC' },
    config: { ok: false, loadedWallMs: 1, detail: 'line 3: unknown key "probs"' },
    pause: { untilMs: 1_600_000, text: 'moving house' },
  });
  t.equal(
    renderNode(view, look),
    `worker-1 is not ready for 1m 40s: kubelet is mending (restart.hung)
nodemend 0.1.0 up 16m 40s

COMPONENT   PHASE    FOR      RESTARTS  BUDGET  REASON
containerd  healthy  16m 30s         0  3 of 3
kubelet     mending  12s             3  2 of 3  restart.hung
edge-proxy  stopped  16m 30s         0  3 of 3  unit.stopped

the system bus cannot be reached: the agent is blind and holds still
the store is unwritable: budgets are conservative, no reboots (ENOSPC)
the configuration was rejected, the last good one is in force (line 3: unknown
  key "probs")
apt is at work: nothing is done until it ends
supervision is paused for another 10m (moving house)
kubelet: restarted because its probes agree that it hangs (healthz: no reply in
  10 s); the next action waits for its back-off delay
edge-proxy: an operator stopped the unit; start it to have it supervised again
`,
  );
});

t.test('a node without components', async (t) => {
  t.match(renderNode(node({ components: [] }), look), 'no component is supervised: see nodemend discover\n');
});

t.test('one component in detail', async (t) => {
  t.equal(
    renderComponent(kubelet, node(), look),
    `kubelet (kubelet.service) is mending for 12s
reason     restart.hung: restarted because its probes agree that it hangs
           (healthz: no reply in 10 s)
kind       kubelet, critical, after containerd
process    4711, invocation cafe
restarts   1 by nodemend, 2 by systemd, 0 by others
budget     2 of 3 actions left per 15m
incident   1a2b3c4d-12 since 2023-11-14T22:12:59+00:00, 21s ago: probe.timeout
next       no action for another 12s: the next action waits for its back-off
           delay

PROBE    ROLE  VERDICT        AGE  TOOK  REASON
unit     vote  healthy    16m 20s     -  probe.ok
healthz  vote  unhealthy     1.2s   10s  probe.timeout: http://127.0.0.1:1024...
`,
  );
  const refused = component('kubelet', { deferred: 'reboot.not-writable' });
  t.match(renderComponent(refused, node(), look), 'next       no action: no reboot: the state cannot be written');
  const spent = component('kubelet', { phase: 'exhausted', reason: 'restart.budget-spent' });
  const once = renderNode(node({ components: [{ ...spent, deferred: 'restart.budget-spent' }] }), look);
  t.equal(once.split('the budget of actions is spent').length, 2, 'the same reason is told once');
  const paused = component('kubelet', {
    pause: { untilMs: 1_060_000, text: 'x' },
    preset: null,
    critical: false,
    mainPid: 0,
    phase: 'paused',
    reason: 'pause.set',
  });
  const text = renderComponent(paused, node(), look);
  for (const line of ['pause      for another 1m: x\n', 'kind       no preset, not critical\n', 'process    none\n']) {
    t.match(text, line);
  }
});

const transitions: readonly [number, Transition, string][] = [
  [
    0,
    {
      type: 'incident.opened',
      component: 'kubelet',
      incident: 'i',
      reason: 'probe.timeout',
      detail: 'healthz',
      sinceMs: 1,
    },
    'incident opened: probe.timeout, healthz',
  ],
  [
    1,
    {
      type: 'component.phase',
      component: 'kubelet',
      from: 'suspect',
      to: 'mending',
      reason: 'restart.hung',
      detail: '',
    },
    'suspect -> mending: restart.hung',
  ],
  [
    100,
    { type: 'action.begun', component: 'kubelet', incident: 'i', action: 'a', remedy: 'kill', reason: 'restart.hung' },
    'kill begun: restart.hung',
  ],
  [
    177,
    {
      type: 'action.ended',
      component: 'kubelet',
      incident: 'i',
      action: 'a',
      remedy: 'kill',
      ok: true,
      reason: 'action.done',
      detail: '',
      durationMs: 77,
    },
    'kill done after 77ms: action.done',
  ],
  [
    180,
    { type: 'component.restarted', component: 'kubelet', by: 'nodemend', reason: 'restart.hung' },
    'restarted by nodemend: restart.hung',
  ],
  [
    12_000,
    {
      type: 'incident.closed',
      component: 'kubelet',
      incident: 'i',
      reason: 'restart.verified',
      cause: 'probe.timeout',
      recovered: true,
      durationMs: 12_000,
    },
    'incident recovered after 12s: restart.verified',
  ],
];

const mended = incident('incident-1a2b3c4d-12', {
  cause: 'probe.timeout',
  evidence: ['kubelet-12.json'],
  transitions: transitions.map(([afterMs, transition]) => ({ wallMs: 1_699_999_900_000 + afterMs, transition })),
});

t.test('the list of incidents', async (t) => {
  const open = incident('incident-1a2b3c4d-11', {
    closedWallMs: null,
    recovered: null,
    durationMs: null,
    component: 'containerd',
  });
  const ended = incident('other-form', { recovered: false, cause: 'unit.start-limit-hit' });
  t.equal(
    renderIncidents([mended, open, ended], {}, look),
    `BEGAN           COMPONENT   CAUSE               OUTCOME     ACTIONS  ID
11-14 22:11:40  kubelet     probe.timeout       mended 12s  kill     1a2b3c4d-12
11-14 22:11:40  containerd  unit.crashed        open        -        1a2b3c4d-11
11-14 22:11:40  kubelet     unit.start-limi...  ended 12s   -        other-form
`,
  );
  t.equal(renderIncidents([], {}, look), 'no incident in the last 24h\n');
  t.equal(renderIncidents([], { since: '2h', component: 'kubelet' }, look), 'no incident of kubelet in the last 2h\n');
  t.equal(renderIncidents([], { since: '2026-11-23' }, look), 'no incident since 2026-11-23\n');
});

t.test('one incident as a story', async (t) => {
  const evidence = ['2026-12-01T04-48-55-247Z-kubelet-incident-12.json', 'second.json'];
  const doubtful = { ...mended, evidence, closedWallMs: 1_699_999_912_000, durationMs: 27_000 };
  t.equal(
    renderIncident(doubtful, look),
    `incident   1a2b3c4d-12 of kubelet
cause      probe.timeout: no reply within the deadline
began      2023-11-14T22:11:40+00:00
ended      2023-11-14T22:11:52+00:00, mended 27s
you        look at its load and its disk; when slow replies are usual here,
           raise the timeout of the probe
evidence   /var/lib/nodemend/evidence/2026-12-01T04-48-55-247Z-kubelet-incident-12.json
           /var/lib/nodemend/evidence/second.json

22:11:25.000  +0ms  the first bad sign
22:11:40.000  +15s  nodemend is certain: no reply within the deadline
                    (probe.timeout, healthz)
22:11:40.100  +15s  nodemend kills its main process and restarts it: restarted
                    because its probes agree that it hangs (restart.hung)
22:11:40.177  +15s  that is done, in 77ms
22:11:52.000  +27s  it is well again, 12s after the first bad sign: the unit
                    runs anew and its probes are green (restart.verified)
`,
  );
  const strange = incident('x', { cause: 'constructor', closedWallMs: null });
  t.match(
    renderIncident(strange, look),
    'cause      constructor\nbegan      2023-11-14T22:11:40+00:00\nended      not yet\nevidence   none\n',
  );
});

t.test('the story tells what stood in the way, who else acted, and how it ended', async (t) => {
  const at = (afterMs: number, transition: Transition) => ({ wallMs: 1_699_999_900_000 + afterMs, transition });
  const kubelet = { component: 'kubelet', incident: 'i', action: 'a', remedy: 'exec' } as const;
  const story = storyOf({
    ...mended,
    recovered: false,
    transitions: [
      at(1, { ...kubelet, type: 'action.ended', ok: false, reason: 'action.failed', detail: 'exit 1', durationMs: 5 }),
      at(2, { type: 'action.deferred', component: 'kubelet', reason: 'restart.backoff', untilMs: null }),
      at(3, { type: 'component.restarted', component: 'kubelet', by: 'systemd', reason: 'unit.crashed' }),
      at(4, { type: 'component.restarted', component: 'kubelet', by: 'other', reason: 'unit.crashed' }),
      at(5, {
        type: 'component.phase',
        component: 'kubelet',
        from: 'unhealthy',
        to: 'exhausted',
        reason: 'restart.budget-spent',
        detail: '',
      }),
      at(6, {
        type: 'incident.closed',
        component: 'kubelet',
        incident: 'i',
        reason: 'unit.stopped',
        cause: 'probe.timeout',
        recovered: false,
        durationMs: 6,
      }),
    ],
  }).map(({ text }) => text.replace(/: .*/, ''));
  t.same(story, [
    'that fails after 5ms',
    'nodemend holds back',
    'systemd restarts it',
    'somebody else restarts it',
    'nodemend gives up but for one retry now and then',
    'the incident ends without recovery',
  ]);
  const restart: Transition = { type: 'component.restarted', component: 'k', by: 'systemd', reason: 'unit.crashed' };
  const freshness = { type: 'freshness.changed', check: 'db', item: '' } as const;
  const aged = storyOf({
    ...mended,
    transitions: [
      at(0, { ...freshness, from: 'fresh', to: 'stale', reason: 'freshness.stale', detail: '40 h old' }),
      at(1, { ...freshness, from: 'stale', to: 'fresh', reason: 'freshness.fresh', detail: '' }),
      at(2, { type: 'backup.changed', file: null, reason: 'backup.failed', detail: 'no quorum' }),
    ],
  });
  t.match(aged.map(({ text }) => text).slice(-3), [
    'fresh -> stale: the newest good backup is older than it may be (freshness.stale, 40 h old)',
    'stale -> fresh: the newest good backup is young enough (freshness.fresh)',
    'no snapshot could be taken (backup.failed, no quorum)',
  ]);
  const long = storyOf({ ...mended, transitions: Array.from({ length: 100 }, (_, ms) => at(ms, restart)) });
  t.equal(long.length, 41);
  t.equal(long[20]?.text, '... 60 more of the kind: --json has them');
});

t.test(
  'status names what is the matter with etcd, its snapshots and elections, and nothing where all is well',
  async (t) => {
    const held = election('vip');
    const lost = election('boss', { leader: '', leading: false, role: 'standby', stale: 'election.stale', detail: '' });
    t.equal(renderNode(node({ elections: [held] }), look), renderNode(node(), look));
    const said = renderNode(node({ etcd: etcdView, elections: [held, lost] }), { columns: 200, color: false });
    t.match(said, '\netcd, m1: etcd.slow-disk: the disk under the member is slow');
    t.match(said, '\netcd: the snapshot could not be restored on trial');
    t.match(said, /\nelection boss: .*; nodemend leader tells more\n/);
    t.notMatch(said, 'vip');
  },
);

t.test('transitions in words', async (t) => {
  for (const [, transition, words] of transitions) t.equal(describe(transition), words);
  const more: readonly [Transition, string][] = [
    [
      { type: 'component.restarted', component: 'k', by: 'other', reason: 'unit.crashed' },
      'restarted by somebody else: unit.crashed',
    ],
    [
      { type: 'action.deferred', component: 'k', reason: 'restart.backoff', untilMs: null },
      'held back: restart.backoff',
    ],
    [{ type: 'node.ready', ready: false, reason: 'node.not-ready', detail: 'k' }, 'node not ready: node.not-ready, k'],
    [{ type: 'node.changed', reason: 'bus.lost', detail: '' }, 'bus.lost'],
    [{ type: 'pause.changed', component: null, reason: 'pause.set', detail: 'x', untilMs: 1 }, 'pause.set, x'],
  ];
  for (const [transition, words] of more) t.equal(describe(transition), words);
});

t.test('colours only where they are wanted, and they cost no width', async (t) => {
  const plain = renderNode(node({ components: [kubelet] }), look);
  const colored = renderNode(node({ components: [kubelet] }), { columns: 80, color: true });
  t.notOk(plain.includes('\u001b'));
  t.ok(colored.includes('\u001b[31mmending\u001b[0m'));
  t.equal(colored.replaceAll(/.\[\d*m/g, ''), plain);
});
