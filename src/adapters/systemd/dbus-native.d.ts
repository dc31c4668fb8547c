/** The part of @homebridge/dbus-native that is used here; its own declarations lack createConnection. */
declare module '@homebridge/dbus-native' {
  import type { EventEmitter } from 'node:events';
  import type { Socket } from 'node:net';

  /** One D-Bus message. `body` holds plain values; a variant is [signature tree, [value]], `ay` is a Buffer, `t` and `x` are numbers. */
  export interface Message {
    serial: number;
    /** 1 method call, 2 method return, 3 error, 4 signal. */
    type: number;
    /** 1 no reply expected, 2 no auto-start. */
    flags?: number;
    path?: string;
    interface?: string;
    member?: string;
    errorName?: string;
    replySerial?: number;
    destination?: string;
    sender?: string;
    signature?: string;
    body?: unknown[];
  }

  /** Emits connect, message, error and end. Messages given before connect are kept and sent then. */
  export interface BusConnection extends EventEmitter {
    message(message: Message): void;
  }

  export function createConnection(options: {
    stream: Socket;
    authMethods?: string[];
    server?: boolean;
  }): BusConnection;
}
