/** The services of the benchmark's own: small programs under units that nobody restarts, unless a row says otherwise. */
import type { LabNode } from '../lab/harness/node.ts';

/** Sleeps. Writes its process id (of $$$$ systemd leaves $$ for the shell) where monit looks for it. */
const sleeper = "/bin/sh -c 'echo $$$$ > /run/%n.pid; exec sleep infinity'";

const listenerProgram = `import { createServer } from 'node:http';
createServer((_request, response) => response.end('ok')).listen(Number(process.argv[2]), '127.0.0.1');
`;

/** Answers on a port, which it opens last. */
const listener = (port: number) =>
  `/bin/sh -c 'echo $$$$ > /run/%n.pid; exec /opt/lab/node /opt/lab/listener.mjs ${port}'`;

const unitText = (command: string): string => `[Unit]
Description=of the nodemend benchmark
StartLimitIntervalSec=0

[Service]
ExecStart=${command}
Restart=no
`;

async function install(node: LabNode, name: string, command: string): Promise<void> {
  node.write(`/etc/systemd/system/${name}`, unitText(command));
  await node.ok(['systemctl', 'daemon-reload']);
}

export const pidFileOf = (unit: string): string => `/run/${unit}.pid`;

export async function startSleeper(node: LabNode, unit: string): Promise<void> {
  await install(node, unit, sleeper);
  await node.ok(['systemctl', 'start', unit]);
}

/** `count` instances of a template; resolves to their names. */
export async function startSleepers(node: LabNode, template: string, count: number): Promise<string[]> {
  await install(node, `${template}@.service`, sleeper);
  const units = Array.from({ length: count }, (_, index) => `${template}@${index + 1}.service`);
  await node.ok(['systemctl', 'start', ...units], { timeoutMs: 300_000 });
  return units;
}

/** Resolves once it answers. */
export async function startListener(node: LabNode, unit: string, port: number): Promise<void> {
  node.write('/opt/lab/listener.mjs', listenerProgram);
  await install(node, unit, listener(port));
  await node.ok(['systemctl', 'start', unit]);
  const answers = async () => (await node.http(`http://127.0.0.1:${port}/`)).status === 200;
  await node.waitFor(answers, 30_000, `${unit} to answer`);
}

export async function stopUnits(node: LabNode, units: readonly string[]): Promise<void> {
  await node.ok(['systemctl', 'stop', ...units], { timeoutMs: 300_000 });
}
