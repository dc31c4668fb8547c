/** What the log says of a transition: one line, at the severity of its reason. */
import { type Reason, reasons, type Severity } from './core/reason.ts';
import type { Transition } from './core/transition.ts';
import type { Log } from './log.ts';
import { describe } from './serve/describe.ts';

/** Whom it concerns; null: the node. */
function subject(transition: Transition): string | null {
  if ('component' in transition) return transition.component;
  if ('election' in transition) return transition.election;
  return 'check' in transition ? transition.check : null;
}

/** One line for one transition, at the severity of its reason; what a recovery says is never worse than `info`. */
export function logTransition(log: Pick<Log, Severity>, transition: Transition): void {
  const reason: Reason = transition.reason;
  const { severity, meaning } = reasons[reason];
  const whom = subject(transition);
  log['over' in transition && transition.over ? 'info' : severity](
    { ...transition, meaning },
    `${whom === null ? '' : `${whom}: `}${describe(transition)}`,
  );
}
