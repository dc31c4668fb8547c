/**
 * Prometheus' own tools on the agent's real pages: promtool finds nothing, and a Prometheus on another node scrapes, queries, evaluates the rules
 * that come with nodemend and fires through Alertmanager, which hears of the same trouble from the agent itself.
 */
import { join } from 'node:path';
import { alertmanagerUrl, alertsIn, startAlertmanager } from './harness/alertmanager.ts';
import { breakEdge, HOSTILE, mendEdge, startEdge } from './harness/edge.ts';
import { labTest } from './harness/lab-test.ts';
import type { LabNode } from './harness/node.ts';
import { REPOSITORY } from './harness/places.ts';
import { bootWorker } from './harness/worker.ts';

const OPEN = 'application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1';

interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

interface Target {
  readonly health: string;
  readonly lastError: string;
}

async function get(node: LabNode, path: string): Promise<unknown> {
  return (JSON.parse((await node.http(`http://127.0.0.1:9090${path}`)).body) as { data: unknown }).data;
}

async function query(node: LabNode, expression: string): Promise<readonly Sample[]> {
  const data = await get(node, `/api/v1/query?query=${encodeURIComponent(expression)}`);
  return (data as { result: Sample[] }).result;
}

async function startPrometheus(node: LabNode, target: string): Promise<void> {
  const jobs = [
    'global: { scrape_interval: 1s, evaluation_interval: 1s }',
    'rule_files: [rules/*.yml]',
    'alerting: { alertmanagers: [{ static_configs: [{ targets: [127.0.0.1:9093] }] }] }',
    'scrape_configs:',
    '  - job_name: nodemend',
    `    static_configs: [{ targets: ['${target}'] }]`,
  ];
  node.copyIn(join(REPOSITORY, 'config/prometheus'), '/etc/prometheus/rules');
  node.write('/etc/prometheus/prometheus.yml', `${jobs.join('\n')}\n`);
  await node.ok(['systemctl', 'start', 'prometheus.service'], { timeoutMs: 60_000 });
}

const configFor = (alertmanager: string): string => `components:
  edge:
    unit: edge.service
    grace: 1s
    budget: { actions: 1, per: 1h }
    backoff: { first: 100ms }
    probes: { says: { exec: [/bin/sh, -c, 'cat /etc/edge.hostile; exit 1'], role: report, every: 1s, timeout: 900ms } }
alerts:
  oncall: { alertmanager: { url: "${alertmanager}" }, wait: 0s }
`;

labTest('promtool finds nothing, and a Prometheus on another node scrapes the agent', async (t, lab) => {
  const watcher = await lab.node('watcher', { disable: ['containerd.service'] });
  await startAlertmanager(watcher);
  const worker = await bootWorker(lab, { config: configFor(alertmanagerUrl(watcher.address)) });
  await startPrometheus(watcher, `${worker.node.address}:9745`);
  await startEdge(worker.node);
  // Something has to have happened for every family to have a sample.
  await worker.crash('kubelet.service');
  await worker.awaitWell();

  const plain = await worker.ask('/metrics');
  t.equal(plain.headers['content-type'], 'text/plain; version=0.0.4; charset=utf-8');
  t.match(plain.body, /^nodemend_recovery_duration_seconds_count\{component="kubelet",reason="unit.crashed"\} 1$/m);
  const checked = await worker.node.run(['promtool', 'check', 'metrics'], { input: plain.body });
  t.same([checked.code, checked.stdout, checked.stderr], [0, '', '']);
  const spoilt = plain.body.replaceAll('nodemend_incidents_total', 'nodemend_incidents');
  t.not((await worker.node.run(['promtool', 'check', 'metrics'], { input: spoilt })).stderr, '', 'it does look');
  const open = await worker.ask('/metrics', { accept: OPEN });
  t.equal(open.headers['content-type'], 'application/openmetrics-text; version=1.0.0; charset=utf-8');
  t.match(open.body, /\n# EOF\n$/);

  const scraped = async (): Promise<boolean> => (await query(watcher, 'up{job="nodemend"}'))[0]?.value[1] === '1';
  await watcher.waitFor(scraped, 60_000, 'the first scrape');
  const { activeTargets } = (await get(watcher, '/api/v1/targets')) as { activeTargets: Target[] };
  t.match(activeTargets, [{ health: 'up', lastError: '' }]);
  const phases = await query(watcher, 'nodemend_component_phase == 1');
  const now = Object.fromEntries(phases.map(({ metric }) => [metric['component'] ?? '', metric['phase'] ?? '']));
  t.same(now, { containerd: 'healthy', docker: 'healthy', kubelet: 'healthy', etcd: 'stopped', edge: 'healthy' });
  const restarts = await query(watcher, 'sum by (by) (nodemend_component_restarts_total{component="kubelet"})');
  t.match(restarts, [{ metric: { by: 'nodemend' }, value: [Number, '1'] }, { metric: { by: 'systemd' } }]);
  const quantile = 'histogram_quantile(0.99, sum by (le) (nodemend_recovery_duration_seconds_bucket))';
  t.ok(Number((await query(watcher, quantile))[0]?.value[1]) > 0, 'a quantile can be had of the recovery times');

  const says = async () => {
    const { probes } = await worker.component('edge');
    return probes.find(({ name }) => name === 'says')?.detail.includes('alert(1)');
  };
  await worker.node.waitFor(says, 60_000, 'the hostile words to be seen');
  await worker.node.ok(['nodemend', 'pause', 'etcd', '--for', '1h', '--reason', HOSTILE]);
  const shown = {
    page: (await worker.ask('/')).body,
    metrics: (await worker.ask('/metrics')).body,
    terminal: (await worker.node.run(['nodemend', 'status'])).stdout,
    journal: await worker.node.ok(['journalctl', '-o', 'cat', '--all', '--no-pager', '_SYSTEMD_UNIT=nodemend.service']),
  };
  for (const [where, text] of Object.entries(shown)) {
    t.notOk(/[\p{Cf}]|[^\P{Cc}\n\t]/u.test(text), `nothing on the ${where} moves a cursor or turns text around`);
  }
  t.notMatch(shown.page, '<script>alert');
  t.match(shown.terminal, 'mine', 'what is left of them is shown');
  t.match(shown.page, '&lt;script&gt;alert(1)&lt;/script&gt;');

  await breakEdge(worker.node);
  const exhausted = async () => (await worker.component('edge')).phase === 'exhausted';
  await worker.node.waitFor(exhausted, 60_000, 'the budget to be spent');
  const told = async (): Promise<Record<string, unknown>> => {
    const ofEdge = (await alertsIn(watcher)).filter(({ component }) => component === 'edge');
    return Object.fromEntries(ofEdge.map(({ alertname, ...labels }) => [alertname, labels]));
  };
  const both = async () => {
    const alerts = await told();
    return 'NodemendExhausted' in alerts && 'NodemendComponentExhausted' in alerts && alerts;
  };
  t.match(await watcher.waitFor(both, 60_000, 'Alertmanager to hear of it from the agent and from Prometheus'), {
    NodemendExhausted: { node: 'worker', reason: 'restart.budget-spent', severity: 'critical' },
    NodemendComponentExhausted: { job: 'nodemend', phase: 'exhausted', severity: 'critical' },
  });
  mendEdge(worker.node);
  await worker.node.ok(['nodemend', 'restart', 'edge']);
  const over = async () => Object.keys(await told()).length === 0;
  t.ok(await watcher.waitFor(over, 60_000, 'all alerts of it to be over'));

  await worker.node.ok(['systemctl', 'stop', 'nodemend.service']);
  const missed = async (): Promise<boolean> => (await query(watcher, 'up{job="nodemend"}'))[0]?.value[1] === '0';
  t.ok(await watcher.waitFor(missed, 60_000, 'Prometheus to notice that the agent is gone'));
});
