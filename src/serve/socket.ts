/**
 * The place of the control socket: takes over a socket file that a dead daemon left behind, never one of a live daemon and
 * never a file that is no socket; gives the new one to its group.
 */
import { lstatSync, readFileSync, unlinkSync } from 'node:fs';
import { chown } from 'node:fs/promises';
import type { Server } from 'node:http';
import { createConnection } from 'node:net';
import { bind } from './listener.ts';

const connectMs = 1_000;

/** A live daemon has the socket: there is no use in trying again. */
export class SocketInUse extends Error {}

/**
 * Listens on `path` with mode 0660. The umask is the process's, so it is changed only around the bind, which is synchronous.
 * Rejects with one clear sentence.
 */
export async function listenOn(server: Server, path: string): Promise<void> {
  await clearStale(path);
  const umask = process.umask(0o117);
  const bound = bind(server, { path, backlog: 64 }, path);
  process.umask(umask);
  await bound;
}

/** Gives the socket to the group; a sentence about what did not work, or null. Without such a group it stays with root. */
export async function giveToGroup(path: string, group: string, groupFile = '/etc/group'): Promise<string | null> {
  try {
    const line = readFileSync(groupFile, 'utf8')
      .split('\n')
      .find((candidate) => candidate.startsWith(`${group}:`));
    if (line === undefined) return null;
    const gid = Number(line.split(':')[2]);
    // As a service the daemon runs with this group and so made the socket; its system call filter forbids chown.
    if (lstatSync(path).gid !== gid) await chown(path, -1, gid);
    return null;
  } catch (error) {
    return `cannot give ${path} to the group ${group} (${codeOf(error)}): only root can use it`;
  }
}

async function clearStale(path: string): Promise<void> {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return;
  if (!stat.isSocket())
    throw new Error(`cannot listen on ${path}: it is no socket; remove it or choose another "socket"`);
  if (await isAnswered(path)) {
    throw new SocketInUse(`cannot listen on ${path}: another daemon listens there; stop it first`);
  }
  unlinkSync(path);
}

/** Whether somebody has the socket open. Anything but a clear refusal counts as yes: a live daemon's is never taken. */
function isAnswered(path: string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const probe = createConnection({ path, timeout: connectMs });
  probe.once('connect', () => resolve(true));
  probe.once('timeout', () => resolve(true));
  probe.once('error', (error) => resolve(!['ECONNREFUSED', 'ENOENT'].includes(codeOf(error))));
  return promise.finally(() => probe.destroy());
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
