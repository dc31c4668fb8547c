/** One transition in words, for a timeline. Pure; every transition has its sentence. */
import type { Transition } from '../core/transition.ts';
import { formatSpan } from './duration.ts';

export function describe(transition: Transition): string {
  switch (transition.type) {
    case 'component.phase':
      return `${transition.from} -> ${transition.to}: ${because(transition)}`;
    case 'component.restarted':
      return `restarted by ${transition.by === 'other' ? 'somebody else' : transition.by}: ${transition.reason}`;
    case 'incident.opened':
      return `incident opened: ${because(transition)}`;
    case 'incident.closed': {
      const end = transition.recovered ? 'recovered' : 'ended';
      return `incident ${end} after ${formatSpan(transition.durationMs)}: ${transition.reason}`;
    }
    case 'action.begun':
      return `${transition.remedy} begun: ${transition.reason}`;
    case 'action.ended': {
      const end = transition.ok ? 'done' : 'failed';
      return `${transition.remedy} ${end} after ${formatSpan(transition.durationMs)}: ${because(transition)}`;
    }
    case 'action.deferred':
      return `held back: ${transition.reason}`;
    case 'node.ready':
      return `node ${transition.ready ? 'ready' : 'not ready'}: ${because(transition)}`;
    case 'leader.changed':
      return `${transition.from} -> ${transition.to}: ${because(transition)}`;
    case 'apiserver.rotation':
      return `${transition.server} ${transition.rotates ? 'in' : 'out of'} rotation: ${because(transition)}`;
    case 'election.changed':
      return `${transition.from} -> ${transition.to}: ${because(transition)}`;
    case 'election.leader':
      return transition.leader === '' ? 'nobody leads' : `${transition.leader} leads`;
    case 'election.hook':
      return `command for ${transition.hook} ${transition.ok ? 'done' : 'failed'}: ${because(transition)}`;
    case 'freshness.changed':
      return `${transition.item === '' ? '' : `${transition.item} `}${transition.from} -> ${transition.to}: ${because(transition)}`;
    case 'node.changed':
    case 'pause.changed':
    case 'backup.changed':
      return because(transition);
    case 'etcd.changed':
      return `${transition.member ?? 'cluster'} ${transition.over ? 'no longer ' : ''}${because(transition)}`;
  }
}

function because({ reason, detail }: { readonly reason: string; readonly detail: string }): string {
  return detail === '' ? reason : `${reason}, ${detail}`;
}
