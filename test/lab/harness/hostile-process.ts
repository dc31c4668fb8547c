/**
 * Clients as nobody wants them, all at once, against the port of 127.0.0.1 that is given: a thousand that say nothing, some that ask or read as
 * slowly as they can, and many that talk nonsense. Tells once a second, on stdout, what it has done and heard.
 */
import { createConnection, type Socket } from 'node:net';

export interface Heard {
  /** Idle connections that stand now, and how many were opened in all. */
  readonly idle: number;
  readonly opened: number;
  /** Connections that were answered, by the status they got. */
  readonly statuses: Readonly<Record<string, number>>;
}

const port = Number(process.argv[2]);

const IDLE = 1_000;
const SLOW = 3;
/** A connection that the server ended is opened anew, but not at once: this is a crowd, not a flood. */
const AGAIN_MS = 2_000;

const NONSENSE: readonly string[] = [
  'GET\r\n\r\n',
  'NONSENSE \u0000\u0001\u0002\r\n\r\n',
  'GET /readyz HTTP/9.9\r\nHost: a\r\n\r\n',
  'GET /readyz HTTP/1.1\r\n\r\n',
  'GET /readyz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n',
  'POST /readyz HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n',
  'POST /metrics HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
  `GET /${'a'.repeat(60_000)} HTTP/1.1\r\nHost: a\r\n\r\n`,
  `GET /readyz HTTP/1.1\r\nHost: a\r\nX-Huge: ${'b'.repeat(60_000)}\r\n\r\n`,
  `GET /readyz HTTP/1.1\r\nHost: a\r\n${'X-Many: c\r\n'.repeat(5_000)}\r\n`,
];

let idle = 0;
let opened = 0;
const statuses: Record<string, number> = {};

/** Connects and calls `work`; begins again after the end. */
function keep(work: (socket: Socket) => void): void {
  const socket = createConnection({ port, host: '127.0.0.1' }, () => work(socket));
  // Being cut off is what these clients are for.
  socket.on('error', () => undefined);
  socket.on('close', () => setTimeout(() => keep(work), AGAIN_MS));
}

function sayNothing(socket: Socket): void {
  idle += 1;
  opened += 1;
  socket.once('close', () => {
    idle -= 1;
  });
  socket.resume();
}

/** A header line that never ends, a byte at a time. */
function askSlowly(socket: Socket): void {
  socket.write('GET /metrics HTTP/1.1\r\nHost: a\r\nX-Slow: ');
  const timer = setInterval(() => socket.write('x'), 500);
  socket.once('close', () => clearInterval(timer));
  socket.resume();
}

/** Asks for as much as it may and reads nothing of it. */
function readNothing(socket: Socket): void {
  socket.pause();
  socket.write('GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(50));
}

function talkNonsense(text: string): void {
  const socket = createConnection({ port, host: '127.0.0.1' }, () => socket.write(text));
  socket.setTimeout(5_000, () => socket.destroy());
  socket.on('error', () => undefined);
  socket.once('data', (chunk) => {
    const status = /^HTTP\/1\.1 (\d{3})/.exec(chunk.toString('latin1'))?.[1] ?? 'none';
    statuses[status] = (statuses[status] ?? 0) + 1;
    socket.destroy();
  });
}

for (let one = 0; one < IDLE; one += 1) keep(sayNothing);
for (let one = 0; one < SLOW; one += 1) keep(askSlowly);
for (let one = 0; one < SLOW; one += 1) keep(readNothing);
let turn = 0;
setInterval(() => {
  talkNonsense(NONSENSE[turn % NONSENSE.length] ?? '');
  turn += 1;
}, 50);
setInterval(() => {
  const heard: Heard = { idle, opened, statuses };
  process.stdout.write(`${JSON.stringify(heard)}\n`);
}, 1_000);
