/**
 * A socket of systemd's as a descriptor that systemd itself has opened and connected for us: OpenFile= in the unit, from systemd 253 on. A
 * write to it is a datagram, so that no program need be run for a message.
 */
import { write } from 'node:fs';

/** The first descriptor that is handed over, see sd_listen_fds(3). */
const firstDescriptor = 3;
/** PID 1 that reads nothing, with 512 messages before ours, would block the write for as long. */
const timeoutMs = 1_000;

/** By the name that the unit gives it. null when none was handed over to this very process. */
export function findDescriptor(env: NodeJS.ProcessEnv, pid: number, name: string): number | null {
  if (Number(env['LISTEN_PID']) !== pid) return null;
  const names = (env['LISTEN_FDNAMES'] ?? '').split(':').slice(0, Number(env['LISTEN_FDS']));
  const at = names.indexOf(name);
  return at < 0 ? null : firstDescriptor + at;
}

/** Resolves to whether the message was taken, after 1 s at the latest. */
export function writeDatagram(descriptor: number, text: string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(resolve, timeoutMs, false);
  // On a thread: the loop is never blocked by it.
  write(descriptor, text, null, (error) => resolve(error === null));
  return promise.finally(() => clearTimeout(timer));
}
