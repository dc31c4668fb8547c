/**
 * One connection to a D-Bus daemon: authentication, calls with deadlines, signals. The only importer of the library.
 * It never throws and never lets the library throw: a refused, closed or babbling socket ends in one call of `onLost`.
 * Replies and signals are handed on synchronously and in the order of the wire, which the snapshots rely upon.
 */
import { createConnection, type Socket } from 'node:net';
import { createConnection as createBus, type Message } from '@homebridge/dbus-native';
import { socketOfAddress } from './address.ts';

export interface Call {
  readonly destination: string;
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  readonly signature?: string;
  readonly body?: readonly unknown[];
}

export type Reply =
  | { readonly kind: 'reply'; readonly body: readonly unknown[] }
  | { readonly kind: 'error'; readonly name: string; readonly message: string }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'lost' };

export interface Signal {
  readonly sender: string;
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  readonly body: readonly unknown[];
}

export interface Connection {
  /** Calls `done` exactly once, at the latest after `timeoutMs`; what comes later is dropped. */
  call(call: Call, timeoutMs: number, done: (reply: Reply) => void): void;
  /** Ends the connection at once and answers what is pending with `lost`; `onLost` is not called any more. */
  close(): void;
}

export interface ConnectionOptions {
  readonly address: string;
  readonly onSignal: (signal: Signal) => void;
  readonly onLost: (detail: string) => void;
}

/** The largest reply read here (all properties of a service) has 40 KiB; dbus-daemon itself allows 32 MiB on a system bus. */
const maxFrameBytes = 4 * 1024 * 1024;
const noAutoStart = 2;
const methodCall = 1;
const signalType = 4;
const errorType = 3;

interface Pending {
  readonly done: (reply: Reply) => void;
  readonly timer: NodeJS.Timeout;
}

/** Begins to connect. Calls may be made at once; they are sent when the daemon has let us in. */
export const openConnection = (options: ConnectionOptions): Connection => {
  const pending = new Map<number, Pending>();
  let serial = 0;
  let closed = false;

  const finish = (detail: string | null): void => {
    if (closed) return;
    closed = true;
    socket.destroy();
    const left = [...pending.values()];
    pending.clear();
    for (const { done, timer } of left) {
      clearTimeout(timer);
      done({ kind: 'lost' });
    }
    if (detail !== null) options.onLost(detail);
  };

  const socket = createConnection({ path: socketOfAddress(options.address) ?? '/nonexistent' });
  guard(socket, (problem) => finish(`the bus sent what is no message: ${problem}`));
  const bus = createBus({ stream: socket, authMethods: ['EXTERNAL'] });
  bus.on('error', (error: Error) => finish(`cannot talk to ${options.address}: ${clean(error.message)}`));
  bus.on('end', () => finish('the bus closed the connection'));
  socket.on('close', () => finish('the connection to the bus is closed'));
  bus.on('message', (message: Message) => {
    if (closed) return;
    apart(() => receive(message));
  });

  const receive = (message: Message): void => {
    if (message.type === signalType) options.onSignal(signalOf(message));
    const waiting = message.replySerial === undefined ? undefined : pending.get(message.replySerial);
    if (waiting === undefined) return;
    pending.delete(message.replySerial ?? 0);
    clearTimeout(waiting.timer);
    waiting.done(replyOf(message));
  };

  return {
    call(call, timeoutMs, done) {
      if (closed) return done({ kind: 'lost' });
      serial += 1;
      const mine = serial;
      const timer = setTimeout(() => {
        pending.delete(mine);
        done({ kind: 'timeout' });
      }, timeoutMs);
      pending.set(mine, { done, timer });
      bus.message({ ...call, body: [...(call.body ?? [])], serial: mine, type: methodCall, flags: noAutoStart });
    },
    close: () => finish(null),
  };
};

/**
 * The library parses inside the socket's `readable` event and throws on garbage, which would end the process. Catching it
 * in the socket's own emit keeps the library's handling of listeners as it is; the size check bounds what it reads.
 */
const guard = (socket: Socket, onGarbage: (problem: string) => void): void => {
  const emit = socket.emit.bind(socket) as (event: string | symbol, ...values: unknown[]) => boolean;
  const read = socket.read.bind(socket);
  socket.emit = ((event: string | symbol, ...values: unknown[]): boolean => {
    if (event !== 'readable') return emit(event, ...values);
    try {
      return emit(event, ...values);
    } catch (error) {
      onGarbage(clean(error instanceof Error ? error.message : String(error)));
      return true;
    }
  }) as typeof socket.emit;
  socket.read = (bytes?: number) => {
    if (bytes !== undefined && bytes > maxFrameBytes) throw new Error(`a message of ${bytes} bytes is too long`);
    return read(bytes);
  };
};

/** Our own mistakes are not garbage of the bus: they leave the guard and end the process as they should. */
const apart = (work: () => void): void => {
  try {
    work();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
};

const signalOf = (message: Message): Signal => ({
  sender: message.sender ?? '',
  path: message.path ?? '',
  interface: message.interface ?? '',
  member: message.member ?? '',
  body: message.body ?? [],
});

const replyOf = (message: Message): Reply => {
  const body = message.body ?? [];
  if (message.type !== errorType) return { kind: 'reply', body };
  const first = body[0];
  return { kind: 'error', name: message.errorName ?? '', message: clean(typeof first === 'string' ? first : '') };
};

/** Control characters out, at most 200 characters: what comes from the bus ends in logs and on pages. */
const clean = (value: string): string => value.replace(/\p{Cc}+/gu, ' ').slice(0, 200);
