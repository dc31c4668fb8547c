/** What systemd says of a unit, and what a component waits for. */
import { type ReasonRow, row } from './row.ts';

export const unitReasons = {
  'component.unseen': row(
    'info',
    'nothing is known of the component yet',
    'reads the unit and asks its probes',
    'wait a few seconds; when it stays so, nodemend status says whether the system bus is connected',
  ),
  'component.healthy': row('info', 'the unit is active and its probes are green', 'goes on looking', 'nothing to do'),
  'unit.absent': row(
    'info',
    'the unit does not exist on this node; hands off until it is installed',
    'watches for it and protects it as soon as it is installed',
    'install it, or take the component out of the configuration',
  ),
  'unit.masked': row(
    'info',
    'the unit is masked by an operator; unmask it to have it supervised',
    'leaves it alone and does not count it against the node',
    'systemctl unmask UNIT when it is to run again',
  ),
  'unit.disabled': row(
    'info',
    'the unit is disabled and not running; hands off until it is started',
    'leaves it alone until somebody starts it',
    'systemctl enable --now UNIT when it is to run',
  ),
  'unit.frozen': row(
    'info',
    'the unit is frozen by systemctl freeze; hands off until it is thawed',
    'leaves it alone until it is thawed',
    'systemctl thaw UNIT when the maintenance is over',
  ),
  'unit.stopped': row(
    'info',
    'an operator stopped the unit; start it to have it supervised again',
    'leaves it stopped',
    'systemctl start UNIT when the maintenance is over',
  ),
  'unit.stopped-by-dependency': row(
    'info',
    'the unit stopped because a unit it requires stopped; it is started once that is back',
    'starts it as soon as its dependency is back',
    'look at the dependency: nodemend status',
  ),
  'unit.condition-failed': row(
    'info',
    'a Condition of the unit does not hold, so systemd did not start it',
    'leaves it to systemd',
    'systemctl status UNIT names the condition',
  ),
  'unit.starting': row(
    'info',
    'the unit is starting or within its start-up grace',
    'waits for its probes, as long as its grace lasts',
    'nothing to do; when starts take longer than the grace, raise grace',
  ),
  'unit.stopping': row('info', 'the unit is stopping', 'waits for the end of the stop', 'nothing to do'),
  'unit.crashed': row(
    'warn',
    'the main process ended by a signal or a failure',
    "starts it, or counts the restart where systemd's own is quick",
    'look for the cause in journalctl -u UNIT and in the evidence: nodemend history --incident ID',
  ),
  'unit.exited': row(
    'warn',
    'the main process exited cleanly although it should run',
    'starts it again',
    'find out who or what ended it: journalctl -u UNIT',
  ),
  'unit.oom-killed': row(
    'warn',
    'the kernel killed the unit for lack of memory; look at its memory limit',
    'starts it again; never reboots for it',
    'raise its memory limit, or give the node more room: systemctl show UNIT -p MemoryMax, journalctl -k',
  ),
  'unit.watchdog': row(
    'warn',
    "systemd's own watchdog ended the unit",
    'counts it, and starts the unit where systemd does not',
    'it hung: look at what it was doing before, journalctl -u UNIT',
  ),
  'unit.timeout': row(
    'warn',
    'the unit did not start or stop in its time',
    'ends it by SIGKILL and starts it anew',
    'find out why it takes so long: journalctl -u UNIT; a slow disk or a huge state need a larger TimeoutStartSec',
  ),
  'unit.start-limit-hit': row(
    'warn',
    'systemd gave up on the unit because it was started too often; the cause is in its journal',
    'resets the limit and goes on within its budget',
    'mend what ends it at each start: journalctl -u UNIT',
  ),
  'unit.dependency-back': row(
    'info',
    'the unit stopped with its dependency, which is back',
    'starts it',
    'nothing to do',
  ),
  'dependency.down': row(
    'info',
    'waits for a component it depends on',
    "waits; it is never restarted for another's fault",
    'look at the component it waits for: nodemend status',
  ),
  'systemd.restarting': row(
    'info',
    "left to systemd's own Restart=",
    'counts the restart and watches',
    'nothing to do',
  ),
} as const satisfies Record<string, ReasonRow>;
