/** The verdicts of one check, by the name of what they are about. */
import { type Reason, reasons } from '../reason.ts';
import { judgeFiles } from './files.ts';
import type { BackupsFound, CommandFound, VeleroFound } from './found.ts';
import type { VeleroTarget } from './policy.ts';
import type { BackupCheck, BackupItem, Freshness, Judgement } from './state.ts';
import { judgeLocation, judgeSchedule } from './velero.ts';

export const reasonsOf: Readonly<Record<Freshness, Reason>> = {
  fresh: 'freshness.fresh',
  waiting: 'freshness.waiting',
  stale: 'freshness.stale',
  missing: 'freshness.missing',
  small: 'freshness.small',
  failed: 'freshness.failed',
  partial: 'freshness.partial',
  stuck: 'freshness.stuck',
  paused: 'freshness.paused',
  unavailable: 'freshness.unavailable',
  unknown: 'freshness.unknown',
  gone: 'freshness.gone',
};

/** Whether somebody has to know. That it cannot be told counts: nobody would learn that backups have ended. */
export const isAmiss = (verdict: Freshness): boolean => reasons[reasonsOf[verdict]].severity !== 'info';

export type Judgements = Readonly<Record<string, Judgement>>;

const leastBlindMs = 1_800_000;

/** For how long what was seen last holds. */
const blindAfterMs = ({ policy }: BackupCheck): number =>
  Math.max(leastBlindMs, 3 * (policy.everyMs + policy.timeoutMs));

const bare = { goodWallMs: null, limitMs: null, bytes: null, standstill: null };

function judgeCommand({ ok, detail }: CommandFound, wallMs: number, before: BackupItem | undefined): Judgement {
  const goodWallMs = ok ? wallMs : (before?.goodWallMs ?? null);
  return { ...bare, verdict: ok ? 'fresh' : 'failed', detail, goodWallMs };
}

function judgeVelero(
  { schedules, locations }: VeleroFound,
  { items, policy }: BackupCheck,
  at: { readonly nowMs: number; readonly nowWallMs: number },
): Judgements {
  const { namespace } = policy.target as VeleroTarget;
  const judged = [
    ...schedules.map((schedule) => {
      const name = `schedule/${schedule.name}`;
      return [name, judgeSchedule(schedule, items[name]?.standstill ?? null, at)] as const;
    }),
    ...locations.map((location) => {
      const name = `location/${location.name}`;
      return [name, judgeLocation(location, items[name] ?? null, at)] as const;
    }),
  ];
  if (schedules.length > 0) return Object.fromEntries(judged);
  const none: Judgement = { ...bare, verdict: 'missing', detail: `there is no Schedule in namespace ${namespace}` };
  return Object.fromEntries([['', none], ...judged]);
}

/** Of what was just seen. It does not age until the next look: by then there may be another. */
export function judgeFound(check: BackupCheck, found: BackupsFound, nowWallMs: number, nowMs: number): Judgements {
  const { target } = check.policy;
  if (found.kind === 'files') return target.kind === 'files' ? { '': judgeFiles(found, target, nowWallMs) } : {};
  if (found.kind === 'command') return { '': judgeCommand(found, nowWallMs, check.items['']) };
  return judgeVelero(found, check, { nowMs, nowWallMs });
}

/** While nothing is seen all that is known stands, until it has been too long. */
export function judgeUnseen(check: BackupCheck, nowMs: number): Judgements {
  const { items, seenAtMs, blind } = check;
  const isTooLong = nowMs - seenAtMs > blindAfterMs(check);
  const nothing: Judgement = { ...bare, verdict: 'waiting', detail: 'not looked at yet' };
  const known: Judgements = Object.keys(items).length === 0 ? { '': nothing } : items;
  const judged = Object.entries(known).map(([name, before]): [string, Judgement] => {
    if (isTooLong)
      return [name, { ...before, verdict: 'unknown', detail: blind === '' ? 'the look does not end' : blind }];
    return [name, before.verdict === 'waiting' && blind !== '' ? { ...before, detail: blind } : before];
  });
  return Object.fromEntries(judged);
}
