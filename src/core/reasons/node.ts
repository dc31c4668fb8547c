/** The node as a whole: the bus, time, pauses, readiness, the store and the configuration. */
import { type ReasonRow, row } from './row.ts';

export const nodeReasons = {
  'bus.connected': row(
    'info',
    'the system bus is connected and every unit has been read anew',
    'reads every unit and goes on',
    'nothing to do',
  ),
  'bus.lost': row(
    'error',
    'the system bus cannot be reached; the agent is blind and holds still',
    'connects again, without end; does nothing meanwhile; keeps the last answer of /readyz, then gives the configured one',
    'systemctl status dbus; journalctl -u dbus',
  ),
  'clock.gap': row(
    'warn',
    'time jumped or the agent was stopped; evidence gathered before is discarded',
    'discards what it saw before and looks anew',
    'nothing to do after a suspend or a snapshot; else find out what stopped the node or the agent',
  ),
  'pause.set': row(
    'info',
    'an operator paused supervision',
    'does nothing until the pause ends; goes on looking',
    'nodemend resume ends it sooner',
  ),
  'pause.expired': row('info', 'the pause ran out; supervision is back', 'supervises again', 'nothing to do'),
  'pause.resumed': row('info', 'an operator resumed supervision', 'supervises again', 'nothing to do'),
  'node.upgrading': row(
    'info',
    'a package manager is at work; nothing is done until it ends',
    'waits for the end, 30 minutes at most',
    'nothing to do; when no package manager runs, see who holds its lock: fuser /var/lib/dpkg/lock',
  ),
  'node.shutting-down': row(
    'info',
    'the node is shutting down; nothing is done any more',
    'does nothing, and says not ready at /readyz',
    'nothing to do',
  ),
  'node.pressure': row(
    'info',
    'the node is under pressure; deadlines are widened',
    'widens its deadlines, up to four times',
    'find out what loads the node: /proc/pressure, top, iotop',
  ),
  'node.ready': row(
    'info',
    'no critical component is unhealthy, mending or exhausted',
    'answers 200 at /readyz',
    'nothing to do',
  ),
  'node.not-ready': row(
    'warn',
    'a critical component is unhealthy, mending or exhausted',
    'answers 503 at /readyz and mends what it can',
    'nodemend status says which component, and what is being done',
  ),
  'node.unseen': row(
    'info',
    'not every critical component has been seen yet',
    'looks at the components for the first time',
    'nothing to do; it takes seconds',
  ),
  'node.blind': row(
    'warn',
    'the agent cannot see; the last answer is kept, then the configured one given',
    'answers at /readyz what readyz.failOpen says',
    'mend the system bus: see nodemend explain bus.lost',
  ),
  'store.ok': row('info', 'state is stored durably', 'goes on', 'nothing to do'),
  'store.fresh': row(
    'info',
    'a new state was begun',
    'goes on with whole budgets',
    'nothing to do after an installation',
  ),
  'store.lost': row(
    'error',
    'the stored state was missing or damaged; budgets are conservative and reboots forbidden',
    'began a new state; one action per window and no reboot for a day',
    'nothing must be done; a damaged database lies beside the new one for whoever wants to know why',
  ),
  'store.unwritable': row(
    'error',
    'state cannot be written; budgets are conservative and reboots forbidden',
    'goes on in memory, one action per window, no reboot; tries to write again and again',
    'make room or make it writable: df /var/lib/nodemend, mount, journalctl -k',
  ),
  'config.loaded': row('info', 'the configuration is in force', 'goes by it', 'nothing to do'),
  'config.rejected': row(
    'error',
    'the configuration has problems; the last good one stays in force',
    'goes on with the last good one',
    'nodemend check lists every problem; then systemctl reload nodemend',
  ),
} as const satisfies Record<string, ReasonRow>;
