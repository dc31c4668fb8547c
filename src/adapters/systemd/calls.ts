/** The calls that are made, as values. Pure. */
import type { Call } from './connection.ts';
import {
  busName,
  logindInterface,
  logindName,
  logindPath,
  managerInterface,
  propertiesInterface,
  systemdName,
  systemdPath,
} from './match-rules.ts';

/** A call to the bus daemon itself. */
export const toBus = (member: string, ...names: readonly string[]): Call => ({
  destination: busName,
  path: '/org/freedesktop/DBus',
  interface: busName,
  member,
  signature: 's'.repeat(names.length),
  body: names,
});

/** A call to systemd's Manager. */
export const toManager = (member: string, signature = '', body: readonly unknown[] = []): Call => ({
  destination: systemdName,
  path: systemdPath,
  interface: managerInterface,
  member,
  signature,
  body,
});

export const ping: Call = { ...toManager('Ping'), interface: 'org.freedesktop.DBus.Peer' };

/** All properties at once: the empty interface name gives Unit and Service in one reply, hence of one moment. */
export const getAll = (path: string): Call => ({
  destination: systemdName,
  path,
  interface: propertiesInterface,
  member: 'GetAll',
  signature: 's',
  body: [''],
});

const get = (destination: string, path: string, owner: string, name: string): Call => ({
  destination,
  path,
  interface: propertiesInterface,
  member: 'Get',
  signature: 'ss',
  body: [owner, name],
});

/** `stopping` once a shutdown has begun. */
export const getSystemState = get(systemdName, systemdPath, managerInterface, 'SystemState');

/** True from the announcement of a shutdown on, also while inhibitors delay it. */
export const getPreparingForShutdown = get(logindName, logindPath, logindInterface, 'PreparingForShutdown');

/** Without asking anybody on a terminal for a password. */
export const reboot: Call = {
  destination: logindName,
  path: logindPath,
  interface: logindInterface,
  member: 'Reboot',
  signature: 'b',
  body: [false],
};
