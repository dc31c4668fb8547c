import t from 'tap';
import type { Transition } from '../../src/core/transition.ts';
import { type Family, families } from '../../src/serve/families.ts';
import { createHttp } from '../../src/serve/http.ts';
import { createMetrics, toOpenMetrics } from '../../src/serve/metrics.ts';
import { etcdView } from './etcd-stand-in.ts';
import { backup, component, createStandIn, election, leader, node, notReady, server } from './stand-in.ts';

const table: readonly Family[] = Object.values(families);

const transitions: readonly Transition[] = [
  { type: 'component.restarted', component: 'kubelet', by: 'nodemend', reason: 'restart.hung' },
  { type: 'component.restarted', component: 'kubelet', by: 'systemd', reason: 'unit.crashed' },
  { type: 'incident.opened', component: 'kubelet', incident: 'i1', reason: 'probe.timeout', detail: '', sinceMs: 1 },
  {
    type: 'action.ended',
    component: 'kubelet',
    incident: 'i1',
    action: 'a1',
    remedy: 'kill',
    ok: true,
    reason: 'action.done',
    detail: '',
    durationMs: 77,
  },
  {
    type: 'incident.closed',
    component: 'kubelet',
    incident: 'i1',
    reason: 'restart.verified',
    cause: 'probe.timeout',
    recovered: true,
    durationMs: 21_500,
  },
  {
    type: 'election.changed',
    election: 'boss',
    from: 'standby',
    to: 'leading',
    reason: 'election.won',
    detail: '',
    token: 7,
  },
  {
    type: 'election.hook',
    election: 'boss',
    hook: 'elected',
    token: 7,
    ok: true,
    reason: 'action.done',
    detail: '',
  },
];

function filled() {
  const metrics = createMetrics();
  for (const transition of transitions) metrics.observe(transition);
  metrics.observeProbe('kubelet', 'healthz', {
    verdict: 'healthy',
    reason: 'probe.ok',
    detail: '',
    startedAtMs: 1,
    durationMs: 4,
  });
  metrics.observeAlert('oncall', 'sent');
  return metrics;
}

/** The lines of a page that are not comments. */
async function lines(metrics: ReturnType<typeof createMetrics>, view = node()): Promise<string[]> {
  return (await metrics.render(view)).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

t.test('the figures of etcd and its backups', async (t) => {
  const page = await lines(createMetrics(), node({ etcd: etcdView }));
  for (const line of [
    'nodemend_etcd_member_up{member="m1"} 1',
    'nodemend_etcd_finding{reason="etcd.slow-disk",member="m1"} 1',
    'nodemend_etcd_voters 1',
    'nodemend_etcd_spare_losses 0',
    'nodemend_etcd_canary_duration_seconds 0.012',
    'nodemend_etcd_backup_last_success_timestamp_seconds 1790000000',
    'nodemend_etcd_backup_last_verified_timestamp_seconds 1790000001',
    'nodemend_etcd_backup_last_ok 1',
    'nodemend_etcd_backup_last_verification_ok 0',
    'nodemend_etcd_backups 1',
  ])
    t.ok(page.includes(line), line);
});

t.test('every family of the table is on the page, with its type, its help and its labels', async (t) => {
  const alerts = [{ name: 'oncall', waiting: 2, failures: 1, lost: 0, detail: 'refused' }];
  const control = { leaders: [leader()], apiservers: [server()], backups: [backup()], etcd: etcdView };
  const page = await filled().render(node({ alerts, ...control, elections: [election('boss')] }));
  for (const { name, type, help, labels, buckets } of table) {
    t.match(page, `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${name}`, name);
    const sample =
      page.split('\n').find((line) => line.startsWith(`${name}${type === 'histogram' ? '_count' : ''}`)) ?? '';
    const named = [...sample.matchAll(/(\w+)="/g)].map((match) => match[1]);
    t.same(named.toSorted(), [...labels].toSorted(), `${name}: labels`);
    t.equal(type === 'histogram', buckets !== undefined, `${name}: buckets`);
  }
  const served = [...page.matchAll(/^# TYPE (\S+)/gm)].map((match) => match[1]);
  t.same(served.toSorted(), table.map((family) => family.name).toSorted(), 'and nothing else is');
});

t.test('counters follow what is told', async (t) => {
  const page = await lines(filled());
  const expected = [
    'nodemend_component_restarts_total{component="kubelet",by="nodemend",reason="restart.hung"} 1',
    'nodemend_component_restarts_total{component="kubelet",by="systemd",reason="unit.crashed"} 1',
    'nodemend_component_restarts_total{component="kubelet",by="nodemend",reason="restart.down"} 0',
    'nodemend_incidents_total{component="kubelet",reason="probe.timeout"} 1',
    'nodemend_actions_total{component="kubelet",action="kill",result="ok"} 1',
    'nodemend_recovery_duration_seconds_bucket{le="20",component="kubelet",reason="probe.timeout"} 0',
    'nodemend_recovery_duration_seconds_bucket{le="30",component="kubelet",reason="probe.timeout"} 1',
    'nodemend_recovery_duration_seconds_sum{component="kubelet",reason="probe.timeout"} 21.5',
    'nodemend_probe_observations_total{component="kubelet",probe="healthz",verdict="healthy"} 1',
    'nodemend_probe_duration_seconds_sum{component="kubelet",probe="healthz"} 0.004',
  ];
  for (const line of expected) t.ok(page.includes(line), line);
});

t.test('an incident without recovery is no recovery, a failed action is counted as one', async (t) => {
  const metrics = createMetrics();
  for (const transition of transitions) {
    if (transition.type === 'incident.closed') metrics.observe({ ...transition, recovered: false });
    if (transition.type === 'action.ended') metrics.observe({ ...transition, ok: false });
  }
  const page = await lines(metrics);
  t.notOk(page.some((line) => line.startsWith('nodemend_recovery_duration_seconds_count')));
  t.ok(page.includes('nodemend_actions_total{component="kubelet",action="kill",result="failed"} 1'));
});

t.test('gauges show the view', async (t) => {
  const kubelet = component('kubelet', {
    phase: 'mending',
    verdict: 'unknown',
    critical: false,
    budget: { remaining: 1, of: 3, perMs: 1 },
    incident: { id: 'i1', reason: 'unit.crashed', sinceMs: 1 },
  });
  const stopped = component('etcd', { phase: 'stopped', verdict: 'unknown' });
  const page = await lines(createMetrics(), node({ components: [component('containerd'), kubelet, stopped] }));
  const expected = [
    `nodemend_build_info{version="0.1.0",commit="abc1234",runtime="node ${process.version}"} 1`,
    'nodemend_component_phase{component="kubelet",phase="mending"} 1',
    'nodemend_component_phase{component="kubelet",phase="healthy"} 0',
    'nodemend_component_healthy{component="containerd"} 1',
    'nodemend_component_healthy{component="kubelet"} 0',
    'nodemend_component_critical{component="kubelet"} 0',
    'nodemend_component_budget_remaining{component="kubelet"} 1',
    'nodemend_component_incident_open{component="kubelet"} 1',
    'nodemend_node_ready 1',
    'nodemend_node_paused 0',
    'nodemend_node_pressure_ratio 0.25',
    'nodemend_bus_connected 1',
    'nodemend_store_writable 1',
    'nodemend_loop_lag_seconds 0.012',
    'nodemend_loop_last_turn_timestamp_seconds 1699999999.9',
    'nodemend_config_last_reload_successful 1',
    'nodemend_config_last_reload_success_timestamp_seconds 1699999000.5',
    'process_start_time_seconds 1699999000',
  ];
  for (const line of expected) t.ok(page.includes(line), line);
  t.notOk(
    page.some((line) => line.startsWith('nodemend_component_healthy{component="etcd"}')),
    'unknown is absent',
  );
});

t.test('what is not well is 0', async (t) => {
  const view = node({
    ready: notReady,
    busConnected: false,
    store: { health: 'unwritable', detail: '' },
    config: { ok: false, loadedWallMs: 1_000, detail: '' },
  });
  const page = await lines(createMetrics(), view);
  for (const name of ['node_ready', 'bus_connected', 'store_writable', 'config_last_reload_successful']) {
    t.ok(page.includes(`nodemend_${name} 0`), name);
  }
  t.ok((await lines(createMetrics(), node({ stopping: true }))).includes('nodemend_node_ready 0'));
});

t.test('a component that leaves the configuration leaves the page', async (t) => {
  const metrics = filled();
  const before = await metrics.render(node());
  t.match(before, 'component="kubelet"');
  const after = await metrics.render(node({ nowMs: 2_000_000, components: [component('containerd')] }));
  t.notMatch(after, 'kubelet');
  t.match(after, 'component="containerd"');
  const back = await metrics.render(node({ nowMs: 3_000_000 }));
  t.match(back, 'nodemend_actions_total', 'the family stays');
  t.match(back, 'nodemend_incidents_total{component="kubelet",reason="probe.timeout"} 0\n', 'its counters begin anew');
});

t.test('targets of alerts have their messages counted, and leave the page with the configuration', async (t) => {
  const metrics = filled();
  const alerts = [{ name: 'oncall', waiting: 2, failures: 1, lost: 0, detail: 'refused' }];
  const page = await metrics.render(node({ alerts }));
  t.match(page, 'nodemend_alert_messages_total{target="oncall",result="sent"} 1\n');
  t.match(page, 'nodemend_alert_messages_total{target="oncall",result="dropped"} 0\n');
  t.match(page, 'nodemend_alert_messages_waiting{target="oncall"} 2\n');
  t.notMatch(await metrics.render(node({ nowMs: 2_000_000 })), 'oncall');
});

t.test('a component that becomes unknown has no health, and has one again later', async (t) => {
  const metrics = createMetrics();
  const at = (nowMs: number, verdict: 'healthy' | 'unknown') =>
    metrics.render(node({ nowMs, components: [component('kubelet', { verdict })] }));
  const line = 'nodemend_component_healthy{component="kubelet"} 1';
  t.match(await at(1_000, 'healthy'), line);
  t.notMatch(await at(3_000, 'unknown'), line);
  t.match(await at(5_000, 'healthy'), line);
});

t.test(
  'leader elections and API servers: one verdict, one state, and nothing of those that are looked at no more',
  async (t) => {
    const metrics = createMetrics();
    const shown = node({
      leaders: [leader({ verdict: 'wedged', here: 'leader' })],
      apiservers: [server({ rotates: false })],
    });
    const page = await lines(metrics, shown);
    t.same(
      page.filter((line) => /^nodemend_(leader|apiserver)/.test(line) && !line.endsWith(' 0')),
      [
        'nodemend_leader_verdict{lease="kube-scheduler",verdict="wedged"} 1',
        'nodemend_leader_instance{lease="kube-scheduler",state="leader"} 1',
        'nodemend_leader_renewal_age_seconds{lease="kube-scheduler"} 18.5',
        'nodemend_leader_transitions{lease="kube-scheduler"} 3',
        'nodemend_apiserver_state{server="https://10.0.0.1:6443",state="ready"} 1',
      ],
    );
    t.ok(page.includes('nodemend_apiserver_in_rotation{server="https://10.0.0.1:6443"} 0'));
    const after = await lines(metrics, {
      ...node({ leaders: [leader({ here: null, silentMs: null })] }),
      nowMs: 2_000_000,
    });
    t.ok(after.some((line) => line === 'nodemend_leader_verdict{lease="kube-scheduler",verdict="ok"} 1'));
    t.notOk(after.some((line) => /^nodemend_(apiserver|leader_instance|leader_renewal|leader_transitions)/.test(line)));
  },
);

t.test('backups of others: one verdict each, and nothing of those that are looked at no more', async (t) => {
  const metrics = createMetrics();
  const schedule = { name: 'cluster', item: 'schedule/daily', bytes: null };
  const page = await lines(metrics, node({ backups: [backup(), backup({ ...schedule, verdict: 'stale' })] }));
  const shown = (all: readonly string[]) =>
    all.filter((line) => /^nodemend_backup_/.test(line) && !line.endsWith(' 0'));
  t.same(shown(page), [
    'nodemend_backup_verdict{backup="database",item="",verdict="fresh"} 1',
    'nodemend_backup_verdict{backup="cluster",item="schedule/daily",verdict="stale"} 1',
    'nodemend_backup_last_success_timestamp_seconds{backup="database",item=""} 1699990000',
    'nodemend_backup_last_success_timestamp_seconds{backup="cluster",item="schedule/daily"} 1699990000',
    'nodemend_backup_age_limit_seconds{backup="database",item=""} 93600',
    'nodemend_backup_age_limit_seconds{backup="cluster",item="schedule/daily"} 93600',
    'nodemend_backup_last_bytes{backup="database",item=""} 21000000',
  ]);
  const location = backup({ name: 'cluster', item: 'location/default', goodWallMs: null, limitMs: null, bytes: null });
  const after = await lines(metrics, { ...node({ backups: [location] }), nowMs: 2_000_000 });
  t.same(shown(after), ['nodemend_backup_verdict{backup="cluster",item="location/default",verdict="fresh"} 1']);
});

t.test('a page is made once a second, and anew after a transition', async (t) => {
  const metrics = createMetrics();
  const view = node();
  const changed = { ...view, busConnected: false };
  const first = await metrics.render(view);
  t.equal(await metrics.render({ ...changed, nowMs: view.nowMs + 999 }), first);
  t.not(await metrics.render({ ...changed, nowMs: view.nowMs + 1_000 }), first);
  const second = await metrics.render({ ...view, nowMs: view.nowMs + 1_001 });
  metrics.observe({ type: 'node.changed', reason: 'bus.lost', detail: '' });
  t.not(await metrics.render({ ...view, nowMs: view.nowMs + 1_001 }), second);
});

t.test('OpenMetrics names the families of counters without their suffix, and ends', async (t) => {
  const text = await filled().render(node());
  const open = toOpenMetrics(text);
  t.match(open, '# TYPE nodemend_component_restarts counter\nnodemend_component_restarts_total{');
  t.match(open, '# TYPE nodemend_node_ready gauge\n');
  t.match(open, /[^\n]\n# EOF\n$/);
  t.notMatch(open, '\n\n');
  t.equal(
    open.split('\n').filter((line) => !line.startsWith('#')).length,
    text.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length + 1,
    'no sample is lost',
  );
});

t.test('the page comes in the format that is asked for', async (t) => {
  const http = createHttp(createStandIn(), createMetrics());
  t.teardown(() => http.close());
  const get = (accept?: string) =>
    http.app.inject({ url: '/metrics', headers: accept === undefined ? {} : { accept } });
  const plain = await get();
  t.equal(plain.headers['content-type'], 'text/plain; version=0.0.4; charset=utf-8');
  t.notMatch(plain.body, '# EOF');
  // What Prometheus 2 and 3 send.
  const open = await get('application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1');
  t.equal(open.headers['content-type'], 'application/openmetrics-text; version=1.0.0; charset=utf-8');
  t.match(open.body, /# EOF\n$/);
  t.equal((await get()).body, plain.body, 'asking for one format does not spoil the other');
});
