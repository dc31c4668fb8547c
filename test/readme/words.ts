/** The README's sentences for words of the code that have no sentence there. A word without one does not compile. */
import type { Sign } from '../../src/core/mend/reading.ts';
import type { Effect } from '../../src/core/mend/table.ts';
import type { Phase } from '../../src/core/transition.ts';

export const phases: Readonly<Record<Phase, string>> = {
  unknown: 'nothing is known yet, or nothing can be seen any more',
  starting: 'the unit starts, or is within its `grace` and not all of its probes are green yet',
  healthy: 'the unit is active and its probes are green',
  suspect: 'a vote is bad, but not often or long enough, or no witness agrees',
  unhealthy: 'it is down or hangs, and something will be done as soon as it may',
  mending: 'a remedy is under way or being verified',
  exhausted: 'the budget is spent: one retry per longest back-off, for ever',
  stopped: 'hands off: an operator stopped the unit, or it is disabled and not running',
  masked: 'hands off: the unit is masked',
  absent: 'hands off: there is no such unit',
  held: 'it waits for a component it depends on',
  paused: 'hands off: an operator paused supervision, or the unit is frozen by systemd',
};

export const signs: Readonly<Record<Sign, string>> = {
  blind: 'the system bus is lost, or the unit has not been read on this connection yet',
  paused: 'a pause is set, or systemd has frozen the unit',
  absent: 'the unit does not exist',
  masked: 'the unit is masked',
  stopped: 'the unit ended because somebody stopped it',
  waiting: 'it is not well, and a component it depends on is not up',
  changing: 'the unit is stopping, or a job for it is under way',
  starting: 'the unit is activating or within its grace',
  acting: 'a remedy is being prepared or is under way',
  verifying: 'a remedy is done and its result is not in yet',
  verified: 'the unit runs anew and its probes are green',
  unverified: 'the remedy failed, or its time is over',
  moot: 'a remedy was prepared and is not needed any more',
  restarting: 'the unit ended and systemd is about to restart it',
  down: 'the unit ended and nobody will start it',
  hung: 'the probes agree that it hangs or is unhealthy',
  spent: 'as `down`, `restarting` or `hung`, and the budget is spent',
  shaky: 'a vote is bad, but that is not enough yet',
  unseen: 'no look has come back in this run of the unit',
  dim: 'the looks come back without an answer (`unknown`)',
  fine: 'the unit is active and its probes are green',
};

export const effects: Readonly<Record<Effect, string>> = {
  none: '',
  repair: 'opens an incident and tries the next remedy',
  hasten: 'opens an incident and starts at once what systemd would leave down for long',
  retry: 'one half-open attempt when it is due',
  escalate: 'the remedy did not help: the next rung',
  close: 'closes the incident: recovered',
  drop: 'closes the incident: nothing is mended any more',
  abandon: 'calls off what was prepared',
};
