/** What becomes of the messages to the targets of alerts. */
import { type ReasonRow, row } from './row.ts';

export const alertReasons = {
  'alert.delivered': row(
    'info',
    'a target of alerts takes messages again',
    'delivered what had waited',
    'nothing to do',
  ),
  'alert.failing': row(
    'warn',
    'a target of alerts does not take its message; it is kept and sent later',
    'keeps the messages on disk, in order, and tries again, at most 5 minutes apart; repairs go on',
    'see whether the target is reachable from this node: nodemend alert test',
  ),
  'alert.refused': row(
    'error',
    'a target of alerts says that it will never take this message, so it is not sent again',
    'goes on with the next message',
    'the detail has the words of the target; look at its address, its token and its credentials: nodemend alert test',
  ),
  'alert.dropped': row(
    'error',
    'more messages wait for a target of alerts than are kept; the oldest is lost',
    'says in the next message how many were lost; what still lasts is told again',
    'see nodemend explain alert.failing',
  ),
} as const satisfies Record<string, ReasonRow>;
