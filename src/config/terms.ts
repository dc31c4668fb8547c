/** What the settings of a unit mean for its supervision, in words: the same rules by which the core decides, none of their own. */
import { hastenedWithin } from '../core/mend/budget.ts';
import { groupDies } from '../core/mend/ladder.ts';
import type { ComponentPolicy } from '../core/mend/policy.ts';
import { tolerableDelayMs } from '../core/mend/repair.ts';
import type { Unit, UnitSettings } from '../core/mend/unit.ts';
import { leastHangMs } from '../core/mend/verdict.ts';
import { writeDuration } from './duration.ts';

export interface Term {
  /** As it stands in the unit, such as RestartSec=5s. */
  readonly setting: string;
  /** One sentence. */
  readonly meaning: string;
}

const span = (ms: number): string => writeDuration(Math.round(ms));

const restartMeanings: Readonly<Record<string, string>> = {
  no: 'systemd never starts it again: nodemend does',
  always: 'systemd starts it again however it ends',
  'on-failure': 'systemd leaves it down after a clean exit: nodemend starts it then',
  'on-success': 'systemd leaves it down after a failure: nodemend starts it then',
  'on-abnormal': 'systemd leaves it down after any exit of its own: nodemend starts it then',
  'on-abort': 'systemd starts it again after a signal alone: nodemend starts it after all else',
  'on-watchdog': 'systemd starts it again after its watchdog alone: nodemend starts it after all else',
};

function restartTerm({ restart }: UnitSettings): Term {
  return {
    setting: `Restart=${restart}`,
    meaning: restartMeanings[restart] ?? 'nodemend starts it where systemd does not',
  };
}

function delayTerm({ restartMs }: UnitSettings, { budget }: ComponentPolicy): Term {
  const setting = `RestartSec=${span(restartMs)}`;
  if (restartMs <= tolerableDelayMs)
    return { setting, meaning: "systemd's own restarts are quick: they are only counted" };
  const at = hastenedWithin(budget.actions);
  const crashes = at === 1 ? 'the first crash' : `the first ${at} crashes`;
  const per = span(budget.perMs);
  const started = at === 0 ? 'left to it, for the budget allows no action' : `${crashes} in ${per} started at once`;
  return { setting, meaning: `systemd alone would wait ${span(restartMs)}: ${started}` };
}

function limitTerm({ startLimitBurst, startLimitIntervalMs }: UnitSettings, { budget }: ComponentPolicy): Term {
  const own = `${budget.actions} in ${span(budget.perMs)}`;
  if (startLimitBurst === 0 || startLimitIntervalMs === 0)
    return {
      setting: 'StartLimitBurst=0',
      meaning: `systemd never gives up; its restarts count against the budget of ${own}`,
    };
  const setting = `StartLimitBurst=${startLimitBurst} in ${span(startLimitIntervalMs)}`;
  return {
    setting,
    meaning: `then systemd gives up: nodemend resets the limit and goes on within its budget of ${own}`,
  };
}

function killTerm({ killMode }: UnitSettings): Term {
  const meaning = groupDies(killMode)
    ? 'a restart would end its containers: it is only started when it is down'
    : 'its containers outlive a restart';
  return { setting: `KillMode=${killMode}`, meaning };
}

function watchdogTerm(policy: ComponentPolicy, { watchdogMs }: UnitSettings): Term {
  const least = span(leastHangMs(policy, watchdogMs));
  return {
    setting: `WatchdogSec=${span(watchdogMs)}`,
    meaning: `systemd's watchdog goes first: silence is a hang after ${least}`,
  };
}

function stopTerm({ timeoutStopMs }: UnitSettings, { ladder }: ComponentPolicy): Term {
  const setting = `TimeoutStopSec=${timeoutStopMs === null ? 'infinity' : span(timeoutStopMs)}`;
  const held = timeoutStopMs === null ? 'for ever' : `for ${span(timeoutStopMs)}`;
  const meaning = ladder.some(({ remedy }) => remedy === 'kill')
    ? `a hung process would hold up a plain restart ${held}: it is ended by SIGKILL first`
    : `a hung process holds up its restart ${held}, for the ladder has no kill`;
  return { setting, meaning };
}

/** In the order in which one reads a unit; only what bears on this component. */
export function termsOf(policy: ComponentPolicy, unit: Unit): Term[] {
  const { settings } = unit;
  const restarts = settings.restart !== 'no';
  const onlyStarted = policy.hostsContainers && groupDies(settings.killMode);
  return [
    ...(unit.needDaemonReload
      ? [{ setting: 'NeedDaemonReload=yes', meaning: 'its files have changed since: run systemctl daemon-reload' }]
      : []),
    restartTerm(settings),
    ...(restarts ? [delayTerm(settings, policy), limitTerm(settings, policy)] : []),
    ...(policy.hostsContainers ? [killTerm(settings)] : []),
    ...(settings.watchdogMs > 0 ? [watchdogTerm(policy, settings)] : []),
    ...(onlyStarted ? [] : [stopTerm(settings, policy)]),
  ];
}
