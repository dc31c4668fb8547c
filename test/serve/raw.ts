/** A raw client over a real socket: sends bytes as they are and waits for text, or for the end, with a generous deadline. */
import { connect, type Socket } from 'node:net';

export interface Raw {
  readonly socket: Socket;
  send(text: string): void;
  /** All that came so far, once it contains the text so often. */
  until(text: string, times?: number): Promise<string>;
  /** All that came, once the server closed the connection. */
  closed(): Promise<string>;
}

const deadlineMs = 20_000;

export async function openRaw(where: { port: number } | { path: string }): Promise<Raw> {
  const socket = 'port' in where ? connect(where.port, '127.0.0.1') : connect(where.path);
  let received = '';
  let isClosed = false;
  const waiting = new Set<() => void>();
  const wake = () => {
    for (const check of waiting) check();
  };
  socket.setEncoding('latin1').on('data', (text: string) => {
    received += text;
    wake();
  });
  // A connection that the server resets ends like one that it closes.
  socket.on('error', () => socket.destroy());
  socket.on('close', () => {
    isClosed = true;
    wake();
  });

  function when(isDone: () => boolean, what: string): Promise<string> {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const timer = setTimeout(
      () => reject(new Error(`no ${what} within the deadline; got ${received.slice(-400)}`)),
      deadlineMs,
    );
    const check = () => {
      if (isDone()) resolve(received);
      else if (isClosed) reject(new Error(`closed before ${what}; got ${received.slice(-400)}`));
    };
    waiting.add(check);
    check();
    return promise.finally(() => {
      clearTimeout(timer);
      waiting.delete(check);
    });
  }

  const { promise: connected, resolve: isConnected } = Promise.withResolvers<void>();
  socket.once('connect', isConnected);
  socket.once('close', isConnected);
  await connected;
  return {
    socket,
    send: (text) => socket.write(text, 'latin1'),
    until: (text, times = 1) => when(() => received.split(text).length > times, JSON.stringify(text)),
    closed: () => when(() => isClosed, 'end'),
  };
}

/** Resolves once the condition holds, looked at on every turn of the event loop. */
export async function eventually(isTrue: () => boolean): Promise<void> {
  const untilMs = performance.now() + deadlineMs;
  while (!isTrue()) {
    if (performance.now() > untilMs) throw new Error('the condition did not come true within the deadline');
    await new Promise((resolve) => setImmediate(resolve));
  }
}
