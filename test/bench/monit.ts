/** monit, the peer of the comparison: Debian's package with a control file of ours. */
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { LabNode } from '../lab/harness/node.ts';

export interface MonitCheck {
  readonly unit: string;
  readonly pidFile: string;
  /** Also connect to this port, as monit's manual shows for a hung service. */
  readonly port?: number;
}

const systemctl = '/usr/bin/systemctl';
const ownPort = 2_812;
const withinMs = 60_000;
const pollMs = 1;

function checkOf({ unit, pidFile, port }: MonitCheck): string {
  const lines = [
    `check process ${unit.replace(/[@.]/g, '-')} with pidfile "${pidFile}"`,
    `  start program = "${systemctl} start ${unit}"`,
    `  stop program = "${systemctl} stop ${unit}"`,
    // Its default, a restart, would run the stop program as well and be slower.
    '  if does not exist then start',
    ...(port === undefined ? [] : [`  if failed host 127.0.0.1 port ${port} type tcp then restart`]),
  ];
  return lines.join('\n');
}

/** Whether somebody on the node listens on the port, by the kernel's table of sockets (0A is LISTEN). */
function listens(node: LabNode, port: number): boolean {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  const table = readFileSync(`/proc/${node.leaderPid()}/net/tcp`, 'utf8');
  return new RegExp(`^ *\\d+: [0-9A-F]{8}:${hex} [0-9A-F]{8}:[0-9A-F]{4} 0A`, 'm').test(table);
}

async function start(node: LabNode): Promise<void> {
  // Started so often, systemd would refuse it.
  await node.run(['systemctl', 'reset-failed', 'monit.service']);
  await node.ok(['systemctl', 'restart', 'monit.service'], { timeoutMs: withinMs });
  const untilMs = performance.now() + withinMs;
  while (!listens(node, ownPort)) {
    if (performance.now() > untilMs) throw new Error(`monit does not run: ${await node.journal('monit.service')}`);
    await delay(pollMs);
  }
}

/** Starts monit anew, looking every `cycleSeconds` (whole; 1 is its fastest); resolves when it has opened its port. */
export async function startMonit(node: LabNode, cycleSeconds: number, checks: readonly MonitCheck[]): Promise<void> {
  const files = ['set log /var/log/monit.log', 'set idfile /run/monit.id', 'set statefile /run/monit.state'];
  const port = [`set httpd port ${ownPort} and use address 127.0.0.1`, '  allow localhost'];
  const lines = [`set daemon ${cycleSeconds}`, ...files, ...port, ...checks.map(checkOf)];
  node.write('/etc/monit/monitrc', `${lines.join('\n')}\n`, 0o600);
  await node.ok(['monit', '-t']);
  await start(node);
}

export async function stopMonit(node: LabNode): Promise<void> {
  await node.ok(['systemctl', 'stop', 'monit.service'], { timeoutMs: withinMs });
}
