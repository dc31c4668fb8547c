/** What a transition says about alerts: that one begins, or that one is over. Pure; every transition is looked at. */
import { type Reason, reasons } from '../reason.ts';
import type { Transition } from '../transition.ts';

export type Kind =
  | 'incident'
  | 'exhausted'
  | 'helpless'
  | 'reboot'
  | 'not-ready'
  | 'bus'
  | 'store'
  | 'config'
  | 'pause'
  | 'leader'
  | 'election'
  | 'command'
  | 'backup'
  | 'snapshot'
  | 'proof';

export interface Begins {
  readonly begins: string;
  readonly component: string | null;
  readonly reason: Reason;
  readonly detail: string;
  readonly always?: true;
  /** The node may be gone in a moment: nothing is gathered. */
  readonly urgent?: true;
  readonly forMs?: number;
}

export type Sign = Begins | { readonly ends: string };

const day = 86_400_000;

export const keyOf = (kind: Kind, component: string | null): string => `${kind}:${component ?? ''}`;

function signsOfIncident(transition: Extract<Transition, { type: 'incident.opened' | 'incident.closed' }>): Sign[] {
  const { component } = transition;
  if (transition.type === 'incident.opened') {
    const { reason, detail } = transition;
    return [{ begins: keyOf('incident', component), component, reason, detail }];
  }
  return (['incident', 'helpless', 'reboot'] as const).map((kind) => ({ ends: keyOf(kind, component) }));
}

function signsOfPhase({
  component,
  from,
  to,
  reason,
  detail,
}: Extract<Transition, { type: 'component.phase' }>): Sign[] {
  const key = keyOf('exhausted', component);
  if (to === 'exhausted') return [{ begins: key, component, reason, detail, always: true }];
  return from === 'exhausted' ? [{ ends: key }] : [];
}

function signsOfNode({ reason, detail }: Extract<Transition, { type: 'node.changed' }>): Sign[] {
  const begins = (kind: Kind, more: Partial<Begins> = {}): Sign[] => [
    { begins: keyOf(kind, null), component: null, reason, detail, ...more },
  ];
  const ends = (kind: Kind): Sign[] => [{ ends: keyOf(kind, null) }];
  switch (reason) {
    case 'bus.lost':
      return begins('bus');
    case 'bus.connected':
      return ends('bus');
    case 'store.unwritable':
      return begins('store');
    case 'store.lost':
      // For so long budgets are small and reboots forbidden.
      return begins('store', { forMs: day });
    case 'store.ok':
      return ends('store');
    case 'config.rejected':
      return begins('config');
    case 'config.loaded':
      return ends('config');
    default:
      return [];
  }
}

/** What cannot be told neither begins nor ends anything. */
function signsOfLeader({ check, to, reason, detail }: Extract<Transition, { type: 'leader.changed' }>): Sign[] {
  const key = keyOf('leader', check);
  if (to === 'unknown') return [];
  return to === 'ok' ? [{ ends: key }] : [{ begins: key, component: null, reason, detail: `${check}: ${detail}` }];
}

/** Trouble with an election of our own lasts until this node stands by, leads or looks on again; who leads is no trouble. */
function signsOfElection({ election, to, reason, detail }: Extract<Transition, { type: 'election.changed' }>): Sign[] {
  const key = keyOf('election', election);
  if (reasons[reason].severity !== 'info')
    return [{ begins: key, component: null, reason, detail: `${election}: ${detail}` }];
  return to === 'resigning' || reason === 'election.unseen' ? [] : [{ ends: key }];
}

/** One that was ended with its term, as is usual, has not failed. */
function signsOfCommand(transition: Extract<Transition, { type: 'election.hook' }>): Sign[] {
  const { election, hook, ok, reason, detail } = transition;
  const key = keyOf('command', `${election}/${hook}`);
  if (ok) return [{ ends: key }];
  if (reason === 'action.canceled') return [];
  return [{ begins: key, component: null, reason, detail: `${hook} of ${election}: ${detail}` }];
}

/** One matter that has turned into another is told anew: it may be worse. */
function signsOfFreshness({
  check,
  item,
  from,
  to,
  reason,
  detail,
}: Extract<Transition, { type: 'freshness.changed' }>): Sign[] {
  const name = item === '' ? check : `${check}/${item}`;
  const key = keyOf('backup', name);
  const isAmiss = (verdict: typeof to): boolean => reasons[`freshness.${verdict}`].severity !== 'info';
  return [
    ...(isAmiss(from) || !isAmiss(to) ? [{ ends: key }] : []),
    ...(isAmiss(to) ? [{ begins: key, component: null, reason, detail: `${name}: ${detail}` }] : []),
  ];
}

/** Of snapshots that nodemend takes of etcd, and of their restores on trial. */
function signsOfBackup({ file, reason, detail }: Extract<Transition, { type: 'backup.changed' }>): Sign[] {
  if (reason === 'backup.taken') return [{ ends: keyOf('snapshot', null) }];
  if (reason === 'backup.proven') return [{ ends: keyOf('proof', null) }];
  // Another node is at it; or there is a good one, and the next is tried in full.
  if (reason === 'backup.busy' || reason === 'backup.incomplete') return [];
  // None was taken, or the one that was tried fell short.
  const key = keyOf(file === null ? 'snapshot' : 'proof', null);
  return [{ begins: key, component: null, reason, detail }];
}

export function signsOf(transition: Transition): Sign[] {
  switch (transition.type) {
    case 'incident.opened':
    case 'incident.closed':
      return signsOfIncident(transition);
    case 'component.phase':
      return signsOfPhase(transition);
    case 'action.begun':
      if (transition.remedy !== 'reboot') return [];
      return [
        {
          begins: keyOf('reboot', transition.component),
          component: transition.component,
          reason: transition.reason,
          detail: '',
          always: true,
          urgent: true,
        },
      ];
    case 'action.ended':
      return transition.remedy === 'reboot' ? [{ ends: keyOf('reboot', transition.component) }] : [];
    case 'action.deferred': {
      const { component, reason } = transition;
      const helpless = reasons[reason].severity !== 'info' && reason !== 'restart.budget-spent';
      return helpless ? [{ begins: keyOf('helpless', component), component, reason, detail: '' }] : [];
    }
    case 'node.ready': {
      const { ready, reason, detail } = transition;
      // A node that shuts down is no news, and no recovery either.
      if (reason === 'node.shutting-down') return [];
      const key = keyOf('not-ready', null);
      return ready ? [{ ends: key }] : [{ begins: key, component: null, reason, detail }];
    }
    case 'node.changed':
      return signsOfNode(transition);
    case 'pause.changed': {
      const { component, reason, detail, untilMs } = transition;
      const key = keyOf('pause', component);
      return untilMs === null ? [{ ends: key }] : [{ begins: key, component, reason, detail }];
    }
    case 'leader.changed':
      return signsOfLeader(transition);
    case 'freshness.changed':
      return signsOfFreshness(transition);
    case 'backup.changed':
      return signsOfBackup(transition);
    case 'apiserver.rotation':
    // Of etcd Prometheus alerts, from whichever node still answers.
    case 'etcd.changed':
    case 'component.restarted':
    // Who leads is no trouble of this node.
    case 'election.leader':
      return [];
    case 'election.changed':
      return signsOfElection(transition);
    case 'election.hook':
      return signsOfCommand(transition);
  }
}
