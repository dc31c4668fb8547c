/**
 * Shows a TCP port of a node on the test machine's loopback, for browsers and programs outside the lab's network. The listening socket is
 * made here and handed to a process that lives in the node's network and carries the bytes.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { LabNode } from './node.ts';

export interface Relay {
  /** On 127.0.0.1 of the test machine. */
  readonly port: number;
  close(): void;
}

/** Listens on `port`, or on any free one where that is taken. */
async function listen(port: number): Promise<Server> {
  const server = createServer();
  server.listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
    return server;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || port === 0) throw error;
    return listen(0);
  }
}

/** `port` is the node's; the same number is taken here when it is free. The relay ends with this process at the latest. */
export async function openRelay(node: LabNode, port: number): Promise<Relay> {
  const server = await listen(port);
  const { port: here } = server.address() as AddressInfo;
  const program = fileURLToPath(new URL('./relay-process.ts', import.meta.url));
  const enter = ['-t', String(node.leaderPid()), '-n', '--', process.execPath, program, String(port)];
  const child = spawn('nsenter', enter, { detached: true, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  child.send('server', server);
  const ready = once(child, 'message').then(() => true);
  const ended = once(child, 'exit').then(() => false);
  if (!(await Promise.race([ready, ended]))) throw new Error(`cannot carry port ${port} of node ${node.name} here`);
  // From here on the process alone accepts.
  server.close();
  child.unref();
  child.channel?.unref();
  return { port: here, close: () => void (child.connected && child.disconnect()) };
}
