/** A service that systemd starts and never again, that starts only while a file is there, and whose description is hostile. */
import type { LabNode } from './node.ts';
import { strike } from './strike.ts';

/** What a hostile image or package may write into a unit and print when it is asked. */
export const HOSTILE = '\u001b[2J\u001b]0;mine\u0007<script>alert(1)</script>\u202e';

const SERVICE = `[Unit]
Description=${HOSTILE}
[Service]
Type=exec
ExecStart=/bin/sh -c 'test -e /etc/edge.conf || exit 78; exec sleep infinity'
`;

export const mendEdge = (node: LabNode): void => node.write('/etc/edge.conf', '');

export async function startEdge(node: LabNode): Promise<void> {
  node.write('/etc/systemd/system/edge.service', SERVICE);
  node.write('/etc/edge.hostile', HOSTILE);
  mendEdge(node);
  await node.ok(['systemctl', 'daemon-reload']);
  await node.ok(['systemctl', 'start', 'edge.service']);
}

/** It ends, and no start helps until `mendEdge`. */
export async function breakEdge(node: LabNode): Promise<void> {
  await node.ok(['rm', '/etc/edge.conf']);
  await strike(node, 'edge.service', 'SIGKILL');
}
