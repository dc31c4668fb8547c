/** From the words of `alerts:` to who is told what, and where that is. */
import type { AlertTarget } from '../core/alert/policy.ts';
import { reasons } from '../core/reason.ts';
import type { AlertPlace } from '../ports.ts';
import { type AlertTargetConfig, alertKinds } from './alert-schema.ts';
import { findableLeaders } from './control-plane.ts';
import type { CrossProblem } from './cross-check.ts';
import { durationMs } from './duration.ts';
import { nearest } from './nearest.ts';
import type { Config } from './schema.ts';

export interface AlertSettings {
  readonly target: AlertTarget;
  readonly place: AlertPlace;
}

const repeatsOfAlertmanager = '1m';
const usualRepeat = '4h';

function placeOf({ alertmanager, webhook, mail, command }: AlertTargetConfig, repeatMs: number): AlertPlace {
  if (alertmanager !== undefined) {
    const { url, token = null, ca = null } = alertmanager;
    return { kind: 'alertmanager', url, token, ca, repeatMs };
  }
  if (webhook !== undefined) {
    const { url = null, urlFrom = null, token = null, ca = null } = webhook;
    return { kind: 'webhook', url, urlFrom, token, ca };
  }
  if (mail !== undefined) {
    const { server, from, to, user = null, password = null, ca = null } = mail;
    return { kind: 'mail', server, from, to, user, password, ca };
  }
  return { kind: 'command', argv: command ?? [] };
}

export function resolveAlerts({ alerts }: Config): AlertSettings[] {
  return Object.entries(alerts).map(([name, target]) => {
    const usual = target.alertmanager === undefined ? usualRepeat : repeatsOfAlertmanager;
    const repeatMs = durationMs(target.repeat ?? usual);
    const { severity: least, reasons: told, wait } = target;
    return {
      target: { name, least, reasons: told, waitMs: durationMs(wait), repeatMs },
      place: placeOf(target, repeatMs),
    };
  });
}

/** Whether nothing under this configuration would end an alert, by its key. Backups tell of their end themselves. */
export function isOrphan(key: string, { leaders, discover, backup }: Config): boolean {
  const [kind = '', name = ''] = key.split(':');
  if (kind === 'leader') return !Object.hasOwn(leaders, name) && !(discover && findableLeaders.includes(name));
  return (kind === 'snapshot' || kind === 'proof') && backup === undefined;
}

function checkReason(pattern: string): string | null {
  const codes = Object.keys(reasons);
  const kinds = codes.map((code) => `${code.split('.')[0]}.*`);
  if (pattern === '*' || codes.includes(pattern) || kinds.includes(pattern)) return null;
  const meant = nearest(pattern, [...codes, ...kinds]);
  const hint = meant === null ? 'nodemend explain lists all' : `did you mean ${meant}?`;
  return `there is no reason ${JSON.stringify(pattern)}; ${hint}`;
}

/** What one value of a target says about another. */
export function checkAlerts({ alerts }: Config): CrossProblem[] {
  return Object.entries(alerts).flatMap(([name, target]) => {
    const path = ['alerts', name];
    const problems: CrossProblem[] = [];
    const told = (at: readonly string[], keys: readonly string[], message: string) =>
      problems.push({ path: [...path, ...at], keys, message });
    const kinds = alertKinds.filter((kind) => target[kind] !== undefined);
    if (kinds.length !== 1) {
      const found = kinds.length === 0 ? 'none' : kinds.join(' and ');
      told([], alertKinds, `found ${found}, expected exactly one of ${alertKinds.join(', ')}`);
    }
    const { webhook, mail } = target;
    if (webhook !== undefined && (webhook.url === undefined) === (webhook.urlFrom === undefined))
      told(['webhook'], ['url', 'urlFrom'], 'expected exactly one of url and urlFrom');
    if (mail !== undefined && (mail.user === undefined) !== (mail.password === undefined))
      told(['mail'], ['user', 'password'], 'user and password go together');
    for (const pattern of target.reasons) {
      const problem = checkReason(pattern);
      if (problem !== null) told(['reasons'], [], problem);
    }
    return problems;
  });
}
