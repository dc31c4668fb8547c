/** Backups that others make, seen from within the real unit's sandbox: what it sees as it is, and what the drop-in of the README opens. */
import type { NodeView } from '../../src/serve/view.ts';
import { labTest } from './harness/lab-test.ts';
import { installNodemend } from './harness/nodemend.ts';

const config = `
discover: false
backups:
  plain: { files: { path: /srv/dumps/* } }
  home: { files: { path: /root/dumps/* } }
  closed: { files: { path: /srv/closed/* } }
  tmp: { files: { path: /tmp/dumps/* } }
  own: { command: [/usr/bin/test, -s, /srv/dumps/db] }
`;

labTest('backups are seen as far as the sandbox lets them be, and beyond with a drop-in', async (t, lab) => {
  const node = await lab.node('a');
  await node.ok(['install', '-d', '/srv/dumps', '/root/dumps', '/tmp/dumps']);
  await node.ok(['install', '-d', '-m', '0700', '-o', 'nobody', '/srv/closed']);
  for (const folder of ['/srv/dumps', '/root/dumps', '/srv/closed', '/tmp/dumps']) node.write(`${folder}/db`, 'a dump');
  node.write('/etc/nodemend/nodemend.yaml', config, 0o600);
  await installNodemend(node);

  const seen = async (): Promise<Readonly<Record<string, string>>> => {
    const { stdout } = await node.run(['nodemend', 'status', '--json']);
    const { backups } = JSON.parse(stdout || '{"backups":[]}') as Pick<NodeView, 'backups'>;
    return Object.fromEntries(backups.map(({ name, verdict, detail }) => [name, `${verdict} ${detail}`]));
  };
  const isLookedAt = (said: string): boolean => !said.includes('not looked at yet');
  const allLooked = async (): Promise<boolean> => {
    const all = Object.values(await seen());
    return all.length === 5 && all.every(isLookedAt);
  };
  await node.waitFor(allLooked, 30_000, 'a look at each');
  t.match(await seen(), {
    plain: /^fresh \/srv\/dumps\/db is /,
    home: /^waiting cannot read \/root\/dumps\/\*: EACCES/,
    closed: /^waiting cannot read \/srv\/closed\/\*: EACCES/,
    tmp: /^missing no file matches \/tmp\/dumps\/\*$/,
    own: /^fresh/,
  });

  const opened = '[Service]\nProtectHome=read-only\nCapabilityBoundingSet=CAP_SYS_PTRACE CAP_DAC_READ_SEARCH\n';
  await node.ok(['install', '-d', '/etc/systemd/system/nodemend.service.d']);
  node.write('/etc/systemd/system/nodemend.service.d/backups.conf', opened);
  await node.ok(['systemctl', 'daemon-reload']);
  await node.ok(['systemctl', 'restart', 'nodemend.service']);
  const fresh = async (): Promise<number> =>
    Object.values(await seen()).filter((said) => said.startsWith('fresh ')).length;
  await node.waitFor(async () => (await fresh()) === 4, 30_000, 'all but that in /tmp, which is another one');
  t.match(await node.ok(['nodemend', 'history']), /^.* backup\/tmp +freshness\.missing +open .*$/m);
});
