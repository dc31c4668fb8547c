/** A service that systemd starts and never again, and that starts only while a file is there. */
import type { LabNode } from './node.ts';
import { strike } from './strike.ts';

const SERVICE = `[Service]
Type=exec
ExecStart=/bin/sh -c 'test -e /etc/edge.conf || exit 78; exec sleep infinity'
`;

export const mendEdge = (node: LabNode): void => node.write('/etc/edge.conf', '');

export async function startEdge(node: LabNode): Promise<void> {
  node.write('/etc/systemd/system/edge.service', SERVICE);
  mendEdge(node);
  await node.ok(['systemctl', 'daemon-reload']);
  await node.ok(['systemctl', 'start', 'edge.service']);
}

/** It ends, and no start helps until `mendEdge`. */
export async function breakEdge(node: LabNode): Promise<void> {
  await node.ok(['rm', '/etc/edge.conf']);
  await strike(node, 'edge.service', 'SIGKILL');
}
