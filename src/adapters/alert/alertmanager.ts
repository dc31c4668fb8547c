/** Alertmanager, by version 2 of its API. It groups, silences and routes by itself, so each alert goes there with labels of a closed set. */
import type { Alert } from '../../core/alert/state.ts';
import { reasons } from '../../core/reason.ts';
import type { Severity } from '../../core/reasons/row.ts';
import type { AlertMessage } from '../../ports.ts';
import { cleanDetail } from '../probe/detail.ts';
import { lostSentence, summaryOf } from './words.ts';

/** As Prometheus sends them: an alert that is not told again within this is over for Alertmanager. Told again every minute by default. */
const lastsMs = 300_000;

const names: Readonly<Record<string, string>> = {
  incident: 'NodemendIncident',
  exhausted: 'NodemendExhausted',
  helpless: 'NodemendHelpless',
  reboot: 'NodemendReboot',
  'not-ready': 'NodemendNotReady',
  bus: 'NodemendBlind',
  store: 'NodemendStore',
  config: 'NodemendConfig',
  pause: 'NodemendPaused',
  leader: 'NodemendLeader',
  backup: 'NodemendBackup',
  snapshot: 'NodemendSnapshot',
  proof: 'NodemendProof',
};

/** The words that rules for Prometheus use. */
const severities: Readonly<Record<Severity, string>> = { info: 'info', warn: 'warning', error: 'critical' };

/** What tells alerts of one kind apart, under the labels that the metrics have: each election and each backup has one of its own. */
function subjectOf(kind: string, name: string): Readonly<Record<string, string>> {
  if (kind === 'leader') return { lease: name };
  const [backup = '', ...item] = name.split('/');
  return kind === 'backup' ? { backup, item: item.join('/') } : {};
}

function entry(alert: Alert, node: string, lost: number, wallMs: number, repeatMs: number) {
  const { severity, does, advice } = reasons[alert.reason];
  const [kind = ''] = alert.key.split(':', 1);
  const labels = {
    alertname: names[kind] ?? 'Nodemend',
    node,
    ...(alert.component === null ? {} : { component: alert.component }),
    ...subjectOf(kind, alert.key.slice(kind.length + 1)),
    reason: alert.reason,
    severity: severities[severity],
  };
  const annotations = {
    summary: summaryOf({ ...alert, endedWallMs: null }, node),
    description: `nodemend: ${does}. You: ${advice}.`,
    detail: cleanDetail(alert.detail),
    runbook: `nodemend explain ${alert.reason}`,
    ...(lost === 0 ? {} : { lost: lostSentence(lost) }),
  };
  const endsMs = alert.endedWallMs ?? wallMs + Math.max(lastsMs, 3 * repeatMs);
  return {
    labels,
    annotations,
    startsAt: new Date(alert.sinceWallMs).toISOString(),
    endsAt: new Date(endsMs).toISOString(),
  };
}

function testEntry(node: string, wallMs: number) {
  return {
    labels: { alertname: 'NodemendTest', node, severity: 'info' },
    annotations: { summary: `a test from nodemend on ${node}`, description: 'Messages arrive. Nothing is the matter.' },
    startsAt: new Date(wallMs).toISOString(),
    endsAt: new Date(wallMs + lastsMs).toISOString(),
  };
}

export function alertsBody(
  { node, notice, lost, test, repeatMs }: AlertMessage & { readonly repeatMs: number },
  wallMs: number,
): string {
  const entries = notice.alerts.map((alert) => entry(alert, node, lost, wallMs, repeatMs));
  return JSON.stringify(test ? [testEntry(node, wallMs), ...entries] : entries);
}

export const alertsUrl = (url: string): string => `${url.replace(/\/+$/, '')}/api/v2/alerts`;
