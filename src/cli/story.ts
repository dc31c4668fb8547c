/** An incident told in order, a sentence to each thing that happened. Pure. */
import { type Reason, reasons } from '../core/reason.ts';
import type { ReasonRow } from '../core/reasons/row.ts';
import type { Phase, Transition } from '../core/transition.ts';
import type { IncidentRecord } from '../ports.ts';
import { formatSpan } from '../serve/duration.ts';

export interface Sentence {
  readonly wallMs: number;
  readonly text: string;
}

/** Of a long incident the beginning and the end are told. */
const mostTold = 40;

/** null for a code that this version does not know: one of an earlier or a later one. */
export function rowOf(reason: string): ReasonRow | null {
  return Object.hasOwn(reasons, reason) ? reasons[reason as Reason] : null;
}

function because({ reason, detail = '' }: { readonly reason: string; readonly detail?: string }): string {
  const meaning = rowOf(reason)?.meaning;
  const said = [meaning === undefined ? '' : reason, detail].filter((text) => text !== '').join(', ');
  return `${meaning ?? reason}${said === '' ? '' : ` (${said})`}`;
}

const begins: Readonly<Record<string, string>> = {
  start: 'nodemend starts it',
  restart: 'nodemend restarts it',
  kill: 'nodemend kills its main process and restarts it',
  exec: 'nodemend runs the command of its ladder',
  reboot: 'nodemend reboots the node',
};

const phases: Readonly<Partial<Record<Phase, string>>> = {
  starting: 'it starts up',
  exhausted: 'nodemend gives up but for one retry now and then',
  held: 'it waits for what it depends on',
  paused: 'hands off: it is paused',
  stopped: 'hands off: it is stopped',
  masked: 'hands off: it is masked',
  absent: 'hands off: it is gone',
};

/** null where another sentence says the same. */
function tell(transition: Transition): string | null {
  switch (transition.type) {
    case 'incident.opened':
      return `nodemend is certain: ${because(transition)}`;
    case 'action.begun':
      return `${begins[transition.remedy] ?? transition.remedy}: ${because(transition)}`;
    case 'action.ended': {
      const took = formatSpan(transition.durationMs);
      return transition.ok ? `that is done, in ${took}` : `that fails after ${took}: ${because(transition)}`;
    }
    case 'action.deferred':
      return `nodemend holds back: ${because(transition)}`;
    case 'component.restarted':
      if (transition.by === 'nodemend') return null;
      return `${transition.by === 'systemd' ? 'systemd' : 'somebody else'} restarts it`;
    case 'component.phase': {
      const told = phases[transition.to];
      return told === undefined ? null : `${told}: ${because(transition)}`;
    }
    case 'freshness.changed':
      return `${transition.from} -> ${transition.to}: ${because(transition)}`;
    case 'backup.changed':
      return because(transition);
    case 'incident.closed':
      return transition.recovered
        ? `it is well again, ${formatSpan(transition.durationMs)} after the first bad sign: ${because(transition)}`
        : `the incident ends without recovery: ${because(transition)}`;
    default:
      return null;
  }
}

/** How long there had been a bad sign before nodemend was certain; 0 as long as that is not known. */
function doubtMs({ openedWallMs, closedWallMs, durationMs }: IncidentRecord): number {
  return closedWallMs === null || durationMs === null ? 0 : Math.max(0, durationMs - (closedWallMs - openedWallMs));
}

export function storyOf(incident: IncidentRecord): readonly Sentence[] {
  const doubt = doubtMs(incident);
  const first: Sentence[] = doubt < 1 ? [] : [{ wallMs: incident.openedWallMs - doubt, text: 'the first bad sign' }];
  const told = incident.transitions.flatMap(({ wallMs, transition }): Sentence[] => {
    const text = tell(transition);
    return text === null ? [] : [{ wallMs, text }];
  });
  const all = [...first, ...told];
  const left = all.length - mostTold;
  const at = mostTold / 2;
  if (left <= 1) return all;
  const gap = { wallMs: all[at]?.wallMs ?? 0, text: `... ${left} more of the kind: --json has them` };
  return [...all.slice(0, at), gap, ...all.slice(-at)];
}
