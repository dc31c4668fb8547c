/** Debian's Alertmanager on a node, from its package: nothing of it is in the tree that every node stands on. */
import { join } from 'node:path';
import { unpacked } from '../../programs.ts';
import type { LabNode } from './node.ts';

const PORT = 9_093;

export const alertmanagerUrl = (address: string): string => `http://${address}:${PORT}`;

export async function startAlertmanager(node: LabNode): Promise<void> {
  const folder = await unpacked(['prometheus-alertmanager']);
  node.copyIn(join(folder, 'usr/bin/prometheus-alertmanager'), '/usr/local/bin/alertmanager');
  node.copyIn(join(folder, 'usr/share/prometheus'), '/usr/share/prometheus');
  node.write('/etc/alertmanager.yml', 'route: { receiver: nobody }\nreceivers: [{ name: nobody }]\n');
  const options = ['--config.file=/etc/alertmanager.yml', '--storage.path=/run/alertmanager'];
  const listen = [`--web.listen-address=:${PORT}`, '--cluster.listen-address='];
  await node.ok(['systemd-run', '--unit=alertmanager', '/usr/local/bin/alertmanager', ...options, ...listen]);
  const isUp = async () => (await node.http(`${alertmanagerUrl('127.0.0.1')}/-/ready`)).status === 200;
  await node.waitFor(isUp, 60_000, 'Alertmanager to be ready');
}

/** The labels of what it holds and what is not over. */
export async function alertsIn(node: LabNode): Promise<readonly Readonly<Record<string, string>>[]> {
  const { body } = await node.http(`${alertmanagerUrl('127.0.0.1')}/api/v2/alerts`);
  return (JSON.parse(body) as { labels: Record<string, string> }[]).map(({ labels }) => labels);
}
