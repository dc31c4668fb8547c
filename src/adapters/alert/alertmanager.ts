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
};

/** The words that rules for Prometheus use. */
const severities: Readonly<Record<Severity, string>> = { info: 'info', warn: 'warning', error: 'critical' };

function entry(alert: Alert, node: string, lost: number, wallMs: number, repeatMs: number) {
  const { severity, does, advice } = reasons[alert.reason];
  const labels = {
    alertname: names[alert.key.split(':')[0] ?? ''] ?? 'Nodemend',
    node,
    ...(alert.component === null ? {} : { component: alert.component }),
    // One alert for each election, under the label that its metrics have.
    ...(alert.key.startsWith('leader:') && { lease: alert.key.slice('leader:'.length) }),
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
