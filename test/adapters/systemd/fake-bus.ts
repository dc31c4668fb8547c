/**
 * A stand-in for dbus-daemon with systemd and logind behind it, in this process, on a Unix socket. It speaks the real wire
 * format through the library's own reader and writer, and can do what the real ones do only on bad days.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Message } from '@homebridge/dbus-native';
import { marshall, unmarshalMessages } from '@homebridge/dbus-native/lib/message.js';
import { asWritten, type Dict } from './recorded.ts';

export type Answer =
  | { readonly signature: string; readonly body: readonly unknown[] }
  | { readonly error: string; readonly message: string }
  | 'nothing';

export type Answerer = (call: Message) => Answer | Promise<Answer>;

export interface FakeBus {
  readonly address: string;
  /** Every call that came in, oldest first. */
  readonly calls: Message[];
  readonly rules: Set<string>;
  /** Properties by object path. */
  readonly units: Map<string, Dict>;
  /** Answers to calls by member; what is not here gets a sensible default. */
  readonly answers: Map<string, Answerer>;
  readonly owners: Map<string, string>;
  connections(): number;
  signal(signal: Partial<Message>): void;
  /** Raw bytes to every client. */
  babble(bytes: Buffer): void;
  /** Ends every connection. */
  drop(): void;
  /** Reads on, answers nothing, like a stopped daemon. */
  freeze(frozen: boolean): void;
  /** Called for every call. */
  onCall(listener: () => void): void;
  close(): Promise<void>;
}

/** What dbus-daemon allows a connection to the system bus, unless told otherwise. */
const mostRules = 512;

const empty: Answer = { signature: '', body: [] };

const standard = (bus: FakeBus): Record<string, Answerer> => ({
  Hello: () => ({ signature: 's', body: [':1.99'] }),
  GetNameOwner(call) {
    const owner = bus.owners.get(String(call.body?.[0]));
    return owner === undefined
      ? { error: 'org.freedesktop.DBus.Error.NameHasNoOwner', message: 'no owner' }
      : { signature: 's', body: [owner] };
  },
  AddMatch(call) {
    if (bus.rules.size >= mostRules)
      return { error: 'org.freedesktop.DBus.Error.LimitsExceeded', message: 'no more rules' };
    bus.rules.add(String(call.body?.[0]));
    return empty;
  },
  RemoveMatch(call) {
    bus.rules.delete(String(call.body?.[0]));
    return empty;
  },
  Get: (call) => ({ signature: 'v', body: [call.body?.[1] === 'SystemState' ? ['s', 'running'] : ['b', false]] }),
  GetAll(call) {
    const dict = bus.units.get(call.path ?? '');
    return dict === undefined
      ? { error: 'org.freedesktop.DBus.Error.InvalidArgs', message: 'no such unit' }
      : { signature: 'a{sv}', body: [asWritten(dict)] };
  },
});

/** Lines of the authentication, then messages. */
const greet = (socket: Socket, onMessages: () => void): void => {
  let line = '';
  const readable = (): void => {
    for (let byte = socket.read(1) as Buffer | null; byte !== null; byte = socket.read(1) as Buffer | null) {
      line += byte.toString('latin1');
      if (!line.endsWith('\r\n')) continue;
      if (line.startsWith('\0AUTH EXTERNAL')) socket.write('OK 0123456789abcdef0123456789abcdef\r\n');
      if (line === 'BEGIN\r\n') {
        socket.removeListener('readable', readable);
        onMessages();
        // What came in the same chunk as BEGIN would wait for the next one.
        socket.emit('readable');
        return;
      }
      line = '';
    }
  };
  socket.on('readable', readable);
};

export const createFakeBus = async (): Promise<FakeBus> => {
  const directory = mkdtempSync(join(tmpdir(), 'fake-bus-'));
  const path = join(directory, 'socket');
  const sockets = new Set<Socket>();
  const listeners: (() => void)[] = [];
  let serial = 1;
  let frozen = false;
  const write = (socket: Socket, message: Partial<Message>): void => {
    serial += 1;
    if (!socket.destroyed) socket.write(marshall({ serial, ...message }));
  };
  const answer = async (socket: Socket, call: Message): Promise<void> => {
    bus.calls.push(call);
    for (const listener of listeners) listener();
    if (frozen) return;
    const answerer = bus.answers.get(call.member ?? '') ?? standard(bus)[call.member ?? ''] ?? (() => empty);
    const given = await answerer(call);
    if (given === 'nothing') return;
    const head = { replySerial: call.serial, sender: bus.owners.get(call.destination ?? '') ?? 'org.freedesktop.DBus' };
    if ('error' in given) {
      write(socket, { ...head, type: 3, errorName: given.error, signature: 's', body: [given.message] });
    } else if (given.signature === '') write(socket, { ...head, type: 2 });
    else write(socket, { ...head, type: 2, signature: given.signature, body: [...given.body] });
  };
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => {
      sockets.delete(socket);
      for (const listener of listeners) listener();
    });
    // A client that leaves while we write is none of the fake's business.
    socket.on('error', () => sockets.delete(socket));
    if (!frozen) greet(socket, () => unmarshalMessages(socket, (call) => void answer(socket, call), {}));
  });
  const bus: FakeBus = {
    address: `unix:path=${path}`,
    calls: [],
    rules: new Set(),
    units: new Map(),
    answers: new Map(),
    owners: new Map([
      ['org.freedesktop.systemd1', ':1.0'],
      ['org.freedesktop.login1', ':1.1'],
    ]),
    connections: () => sockets.size,
    signal(signal) {
      for (const socket of sockets) write(socket, { type: 4, sender: ':1.0', ...signal });
    },
    babble(bytes) {
      for (const socket of sockets) socket.write(bytes);
    },
    drop() {
      for (const socket of sockets) socket.destroy();
      bus.rules.clear();
    },
    freeze(now) {
      frozen = now;
      // What came while frozen was never greeted; reading on is what lets its end be seen.
      if (!now) for (const socket of sockets) if (socket.listenerCount('readable') === 0) socket.resume();
    },
    onCall: (listener) => void listeners.push(listener),
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      rmSync(directory, { recursive: true, force: true });
    },
  };
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return bus;
};
