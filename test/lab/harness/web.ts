/** Nodes that serve something: a small web service that nodemend supervises, and what load balancers ask of nodemend. */
import { fileURLToPath } from 'node:url';
import type { Lab } from './lab.ts';
import type { LabNode } from './node.ts';
import { installNodemend } from './nodemend.ts';

const FOLDER = fileURLToPath(new URL('../web', import.meta.url));

export const TRACK_FILE = '/var/lib/nodemend/keepalived';

const CONFIG = `discover: false
components: { web: { unit: web.service, critical: true } }
readyz: { upAfter: 500ms }
agentCheck: {}
trackFile: ${TRACK_FILE}
`;

/** Boots a node with the service and nodemend on it; resolves once nodemend says that it may take traffic. */
export async function bootWeb(lab: Lab, name: string): Promise<LabNode> {
  const node = await lab.node(name, { disable: ['containerd.service'] });
  node.copyIn(`${FOLDER}/server.mjs`, '/opt/lab/web.mjs');
  node.copyIn(`${FOLDER}/web.service`, '/etc/systemd/system/web.service');
  await node.ok(['systemctl', 'daemon-reload']);
  await node.ok(['systemctl', 'enable', '--now', 'web.service'], { timeoutMs: 60_000 });
  await installNodemend(node, { config: CONFIG });
  await node.waitFor(() => node.read(TRACK_FILE) === '0\n', 60_000, `nodemend on ${name} to be ready`);
  return node;
}
