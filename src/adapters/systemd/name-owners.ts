/**
 * Who owns the names of systemd and logind. Any process may send us a signal that looks like systemd's (the system bus lets
 * signals to a single receiver pass), so a signal counts only when its sender owns the name. Only the bus daemon itself can
 * send as org.freedesktop.DBus.
 */
import { toBus } from './calls.ts';
import type { Call, Reply, Signal } from './connection.ts';
import { busName, logindInterface, logindName, systemdName } from './match-rules.ts';

export interface NameOwners {
  /** Asks the bus for the owners as of now. */
  learn(): Promise<void>;
  /** Takes a NameOwnerChanged of the bus daemon; true when the signal was one, whatever it said. */
  take(signal: Signal): boolean;
  /** Whether the signal comes from the one it claims to come from. */
  isGenuine(signal: Signal): boolean;
  has(name: string): boolean;
}

export const createNameOwners = (options: {
  readonly ask: (call: Call, done: (reply: Reply) => void) => void;
  readonly onMoved: (name: string, owner: string) => void;
}): NameOwners => {
  const owners = new Map<string, string>();
  const learnOne = (name: string): Promise<void> =>
    new Promise((resolve) => {
      options.ask(toBus('GetNameOwner', name), (reply) => {
        // Set at once, in the order of the wire: a change that comes after the reply must win.
        if (reply.kind === 'reply' && typeof reply.body[0] === 'string') owners.set(name, reply.body[0]);
        resolve();
      });
    });
  return {
    learn: async () => {
      await Promise.all([learnOne(systemdName), learnOne(logindName)]);
    },
    take(signal) {
      if (signal.sender !== busName) return false;
      const [name, , owner] = signal.body;
      if (signal.member !== 'NameOwnerChanged' || typeof name !== 'string' || typeof owner !== 'string') return true;
      owners.set(name, owner);
      options.onMoved(name, owner);
      return true;
    },
    isGenuine(signal) {
      const owner = owners.get(signal.interface === logindInterface ? logindName : systemdName);
      return owner !== undefined && owner !== '' && owner === signal.sender;
    },
    has: (name) => (owners.get(name) ?? '') !== '',
  };
};
