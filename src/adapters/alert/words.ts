/** Alerts in words, for people and for programs. Pure. What comes from outside is one line of plain text already. */
import type { Alert } from '../../core/alert/state.ts';
import { reasons } from '../../core/reason.ts';
import type { AlertMessage } from '../../ports.ts';
import { cleanDetail } from '../probe/detail.ts';

const isoTime = (wallMs: number): string => new Date(wallMs).toISOString();

export const isFiring = ({ endedWallMs }: Alert): boolean => endedWallMs === null;

/** What is the matter, in one line. */
export function summaryOf(alert: Alert, node: string): string {
  const whom = alert.component === null ? node : `${alert.component} on ${node}`;
  const { meaning } = reasons[alert.reason];
  const detail = cleanDetail(alert.detail);
  const what = `${whom}: ${meaning}${detail === '' ? '' : ` (${detail})`}`;
  return isFiring(alert) ? what : `over: ${what}`;
}

/** The whole message in one line. */
export function headlineOf({ node, notice: { alerts }, test }: AlertMessage): string {
  if (test) return `a test from nodemend on ${node}`;
  const [first] = alerts;
  if (first === undefined) return `nothing new on ${node}`;
  return alerts.length === 1 ? summaryOf(first, node) : `${summaryOf(first, node)}, and ${alerts.length - 1} more`;
}

function paragraph(alert: Alert, node: string): string {
  const { does, advice } = reasons[alert.reason];
  const lines = [
    summaryOf(alert, node),
    `  reason    ${alert.reason}`,
    `  began     ${isoTime(alert.sinceWallMs)}`,
    ...(alert.endedWallMs === null ? [] : [`  ended     ${isoTime(alert.endedWallMs)}`]),
    `  nodemend  ${does}`,
    `  you       ${advice}`,
  ];
  return `${lines.join('\n')}\n`;
}

export function lostSentence(lost: number): string {
  return lost === 0 ? '' : `${lost} earlier messages were lost, because too many waited`;
}

export function textOf(message: AlertMessage): string {
  const { node, notice, lost, test } = message;
  const parts = [
    ...(test ? [`This is a test: messages from nodemend on ${node} arrive here.\n`] : []),
    ...notice.alerts.map((alert) => paragraph(alert, node)),
    ...(lost === 0 ? [] : [`${lostSentence(lost)}.\n`]),
    `On the node: nodemend status, nodemend history, nodemend explain REASON.\n`,
  ];
  return parts.join('\n');
}

/** For programs: what a webhook gets as its body and a command in its environment. */
export function documentOf(message: AlertMessage): string {
  const { node, notice, lost, test } = message;
  return JSON.stringify({
    version: 1,
    node,
    id: notice.id,
    test,
    status: notice.alerts.some(isFiring) ? 'firing' : test ? 'test' : 'resolved',
    text: headlineOf(message),
    lost,
    alerts: notice.alerts.map((alert) => ({
      kind: alert.key.split(':')[0],
      component: alert.component,
      reason: alert.reason,
      severity: reasons[alert.reason].severity,
      status: isFiring(alert) ? 'firing' : 'resolved',
      summary: summaryOf(alert, node),
      detail: cleanDetail(alert.detail),
      began: isoTime(alert.sinceWallMs),
      ended: alert.endedWallMs === null ? null : isoTime(alert.endedWallMs),
      nodemend: reasons[alert.reason].does,
      you: reasons[alert.reason].advice,
    })),
  });
}
