/** Who takes alerts, for real: Debian's Alertmanager, an SMTP server that writes a mailbox, and servers that behave badly. All on the loopback. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';
import { findProgram, unpacked } from '../../programs.ts';
import { eventually } from '../../serve/raw.ts';

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

/** Starts a server and waits until it listens; it ends with the test. */
async function start(t: Test, argv: readonly string[], port: number, env: NodeJS.ProcessEnv = {}): Promise<void> {
  const [program = '', ...rest] = argv;
  const child: ChildProcess = spawn(program, rest, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...env },
  });
  let said = '';
  child.stderr?.on('data', (text: Buffer) => {
    said = (said + text.toString()).slice(-4_000);
  });
  t.teardown(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  });
  let up = false;
  await eventually(() => {
    if (child.exitCode !== null) throw new Error(`${program} ended: ${said}`);
    void answers(port).then((is) => {
      up ||= is;
    });
    return up;
  });
}

function folderOf(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'nodemend-alert-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export interface Alertmanager {
  readonly url: string;
  /** What it holds, as its API gives it. */
  alerts(): Promise<readonly AlertmanagerAlert[]>;
}

export interface AlertmanagerAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly status: { readonly state: string };
  readonly endsAt: string;
}

export async function startAlertmanager(t: Test): Promise<Alertmanager> {
  const program = await findProgram('prometheus-alertmanager', 'prometheus-alertmanager');
  const folder = folderOf(t);
  const config = join(folder, 'alertmanager.yml');
  writeFileSync(config, 'route: { receiver: nobody }\nreceivers: [{ name: nobody }]\n');
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const storage = `--storage.path=${join(folder, 'data')}`;
  const listen = [`--web.listen-address=127.0.0.1:${port}`, '--cluster.listen-address='];
  await start(t, [...program, `--config.file=${config}`, storage, ...listen], port);
  return {
    url,
    alerts: async () => {
      const reply = await fetch(`${url}/api/v2/alerts`);
      return (await reply.json()) as AlertmanagerAlert[];
    },
  };
}

export interface MailServer {
  readonly url: string;
  /** The mails that arrived, whole. */
  mails(): string[];
}

/** `argvOf`: of the Python program, without Python. */
async function startMailbox(t: Test, argvOf: (port: number, box: string) => readonly string[], protocol = 'smtp') {
  const root = await unpacked(['python3-aiosmtpd', 'python3-attr', 'python3-public']);
  const box = join(folderOf(t), 'box');
  for (const name of ['cur', 'new', 'tmp']) mkdirSync(join(box, name), { recursive: true });
  const port = await freePort();
  const python = existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3';
  const path = join(root, 'usr/lib/python3/dist-packages');
  await start(t, [python, ...argvOf(port, box)], port, { PYTHONPATH: path });
  return {
    url: `${protocol}://127.0.0.1:${port}`,
    mails: () => readdirSync(join(box, 'new')).map((name) => readFileSync(join(box, 'new', name), 'utf8')),
  };
}

export function startMailServer(t: Test): Promise<MailServer> {
  const handler = ['-c', 'aiosmtpd.handlers.Mailbox'];
  return startMailbox(t, (port, box) => ['-m', 'aiosmtpd', '-n', '-l', `127.0.0.1:${port}`, ...handler, box]);
}

const tls = (name: string): string => join(import.meta.dirname, '../../fixtures/tls', name);

/** One that wants TLS, with the fixtures' certificate, and a log-in: nodemend, hunter2. */
export function startGuardedMailServer(t: Test, how: 'starttls' | 'smtps'): Promise<MailServer> {
  const program = join(import.meta.dirname, 'mail-server.py');
  const protocol = how === 'smtps' ? 'smtps' : 'smtp';
  const certificate = [tls('server.pem'), tls('server.key')];
  return startMailbox(t, (port, box) => [program, String(port), box, ...certificate, how], protocol);
}

/** A TCP server that does to each connection what it is told. */
export async function startServer(t: Test, onConnection: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    onConnection(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

export interface Received {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface Hook {
  readonly url: string;
  readonly received: Received[];
  answer(status: number, body: string): void;
}

/** A webhook that keeps what it is posted. */
export async function startHook(t: Test): Promise<Hook> {
  const received: Received[] = [];
  let reply = { status: 200, body: '' };
  const server = createHttpServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    received.push({ path: request.url ?? '', headers: request.headers, body });
    response.writeHead(reply.status).end(reply.body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    answer: (status, body) => {
      reply = { status, body };
    },
  };
}
