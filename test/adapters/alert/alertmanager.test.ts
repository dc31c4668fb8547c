import t from 'tap';
import { alertsBody } from '../../../src/adapters/alert/alertmanager.ts';
import type { Alert } from '../../../src/core/alert/state.ts';
import type { Reason } from '../../../src/core/reason.ts';

const alert = (key: string, reason: Reason): Alert => ({
  key,
  component: null,
  reason,
  detail: '',
  sinceWallMs: 1_790_000_000_000,
  endedWallMs: null,
  endAtMs: null,
  always: false,
});

t.test('two of one kind are two alerts: labels tell them apart, and those alone', async (t) => {
  const alerts = [
    alert('leader:kube-scheduler', 'leader.none'),
    alert('leader:kube-controller-manager', 'leader.none'),
    alert('backup:database', 'freshness.stale'),
    alert('backup:cluster/schedule/daily', 'freshness.stale'),
    alert('backup:cluster/schedule/weekly', 'freshness.stale'),
    alert('snapshot:', 'backup.failed'),
    alert('proof:', 'backup.unproven'),
  ];
  const message = { node: 'worker-1', notice: { id: 1, alerts }, lost: 0, test: false, repeatMs: 60_000 };
  const entries = JSON.parse(alertsBody(message, 1_790_000_000_000)) as { labels: Record<string, string> }[];
  const labels = entries.map((entry) => entry.labels);
  t.equal(new Set(labels.map((one) => JSON.stringify(one))).size, alerts.length);
  t.match(labels, [
    { alertname: 'NodemendLeader', lease: 'kube-scheduler' },
    { lease: 'kube-controller-manager' },
    { alertname: 'NodemendBackup', backup: 'database', item: '', severity: 'critical' },
    { backup: 'cluster', item: 'schedule/daily', reason: 'freshness.stale' },
    { item: 'schedule/weekly' },
    { alertname: 'NodemendSnapshot', node: 'worker-1' },
    { alertname: 'NodemendProof' },
  ]);
});
