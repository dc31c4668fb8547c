/** D-Bus addresses: only Unix sockets, which is all that a system bus uses. Pure. */

/** Where systemd and dbus-daemon put the system bus. */
export const systemBusAddress = 'unix:path=/run/dbus/system_bus_socket';

/** As every D-Bus program finds it. */
export const busAddress = (env: NodeJS.ProcessEnv): string => env['DBUS_SYSTEM_BUS_ADDRESS'] || systemBusAddress;

/**
 * The path to connect to for `unix:path=...` or `unix:abstract=...`; the first usable one of a list separated by `;`.
 * null when there is none.
 */
export const socketOfAddress = (address: string): string | null => {
  for (const one of address.split(';')) {
    if (!one.startsWith('unix:')) continue;
    for (const pair of one.slice('unix:'.length).split(',')) {
      const at = pair.indexOf('=');
      const value = decode(pair.slice(at + 1));
      if (value === '') continue;
      if (pair.startsWith('path=')) return value;
      if (pair.startsWith('abstract=')) return `\0${value}`;
    }
  }
  return null;
};

/** Bytes outside [-0-9A-Za-z_/.\*] are written %xx in an address. */
const decode = (value: string): string =>
  value.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
