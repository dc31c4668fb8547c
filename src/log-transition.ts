/** What the log says of a transition: one line, at the severity of its reason. */
import { type Reason, reasons, type Severity } from './core/reason.ts';
import type { Transition } from './core/transition.ts';
import type { Log } from './log.ts';

const sentences: Readonly<Record<Transition['type'], string>> = {
  'component.phase': 'component changed phase',
  'component.restarted': 'component was restarted',
  'incident.opened': 'incident opened',
  'incident.closed': 'incident closed',
  'action.begun': 'action begun',
  'action.ended': 'action ended',
  'action.deferred': 'action deferred',
  'node.ready': 'node readiness changed',
  'node.changed': 'node changed',
  'pause.changed': 'pause changed',
  'leader.changed': 'leader check changed',
  'apiserver.rotation': 'API server changed rotation',
  'etcd.changed': 'etcd changed',
  'backup.changed': 'backup of etcd',
  'election.changed': 'election changed',
  'election.leader': 'another leader',
  'election.hook': 'election command ended',
};

/** One line for one transition, at the severity of its reason; what a recovery says is never worse than `info`. */
export function logTransition(log: Pick<Log, Severity>, transition: Transition): void {
  const reason: Reason = transition.reason;
  const { severity, meaning } = reasons[reason];
  log['over' in transition && transition.over ? 'info' : severity](
    { ...transition, meaning },
    sentences[transition.type],
  );
}
