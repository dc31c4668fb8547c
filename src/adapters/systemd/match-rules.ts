/**
 * The match rules we give to the bus. Pure. Only what is needed: one daemon-reload makes systemd send hundreds of UnitNew and
 * UnitRemoved, so no rule may ever match those.
 */
import { pathOfUnit } from './object-path.ts';

export const busName = 'org.freedesktop.DBus';
export const systemdName = 'org.freedesktop.systemd1';
export const systemdPath = '/org/freedesktop/systemd1';
export const managerInterface = 'org.freedesktop.systemd1.Manager';
export const logindName = 'org.freedesktop.login1';
export const logindPath = '/org/freedesktop/login1';
export const logindInterface = 'org.freedesktop.login1.Manager';
export const propertiesInterface = 'org.freedesktop.DBus.Properties';

/**
 * Every way down conflicts with all services through this target. Watching its job shows shutdowns that logind does not
 * announce: ctrl-alt-del, a signal to PID 1 from a hypervisor, `systemctl start poweroff.target`.
 */
export const shutdownTarget = 'shutdown.target';

const manager = (member: string, more = ''): string =>
  `type='signal',sender='${systemdName}',path='${systemdPath}',interface='${managerInterface}',member='${member}'${more}`;

const jobs = (unit: string): string[] => [
  manager('JobNew', `,arg2='${unit}'`),
  manager('JobRemoved', `,arg2='${unit}'`),
];

const owner = (name: string): string =>
  `type='signal',sender='${busName}',interface='${busName}',member='NameOwnerChanged',arg0='${name}'`;

/** The rules that are always there. */
export const nodeRules: readonly string[] = [
  owner(systemdName),
  owner(logindName),
  manager('Reloading'),
  manager('UnitFilesChanged'),
  ...jobs(shutdownTarget),
  `type='signal',sender='${logindName}',path='${logindPath}',interface='${logindInterface}',member='PrepareForShutdown'`,
];

/** dbus-daemon allows 512 rules per connection (max_match_rules_per_connection of its system.conf); three for each unit stay well below. */
const mostNamed = 150;

const everyUnit: readonly string[] = [
  `type='signal',sender='${systemdName}',path_namespace='${systemdPath}/unit',interface='${propertiesInterface}',member='PropertiesChanged'`,
  manager('JobNew'),
  manager('JobRemoved'),
];

/** The rules for units with these primary names. When they are many, all units' signals are asked for; who is not watched is dropped later. */
export const rulesOf = (ids: readonly string[]): readonly string[] =>
  ids.length > mostNamed ? everyUnit : ids.flatMap(unitRules);

/** The rules for one unit. `id` is its primary name, which is what systemd's signals carry when the unit is known by an alias. */
export const unitRules = (id: string): string[] => {
  // A name that could end its quotes names no unit either.
  if (!/^[A-Za-z0-9:_.\\@-]+$/.test(id)) return [];
  const changed = `type='signal',sender='${systemdName}',path='${pathOfUnit(id)}',interface='${propertiesInterface}',member='PropertiesChanged'`;
  return [changed, ...jobs(id)];
};
