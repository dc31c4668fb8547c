/** The library's own reader and writer of messages, which the fake bus uses from the other side. */
declare module '@homebridge/dbus-native/lib/message.js' {
  import type { Socket } from 'node:net';
  import type { Message } from '@homebridge/dbus-native';

  export function unmarshalMessages(stream: Socket, onMessage: (message: Message) => void, options: object): void;
  export function marshall(message: Partial<Message>): Buffer;
}
