/** The package on a real node: installing, upgrading, removing, and the sandbox it runs in. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { IncidentRecord } from '../../src/ports.ts';
import type { NodeView } from '../../src/serve/view.ts';
import { LONG, labTest } from './harness/lab-test.ts';
import type { LabNode } from './harness/node.ts';
import { buildPackage, ensurePackage, installNodemend, repack } from './harness/nodemend.ts';
import { REPOSITORY } from './harness/places.ts';

const live = async (node: LabNode): Promise<boolean> => (await node.http('http://127.0.0.1:9745/livez')).status === 200;
const exists = async (node: LabNode, path: string): Promise<boolean> =>
  (await node.run(['test', '-e', path])).code === 0;
const exposure = /Overall exposure level for nodemend\.service: ([\d.]+)/;

labTest('installing enables and starts, with the files, modes and sandbox that are promised', async (t, lab) => {
  const node = await lab.node('a');
  await installNodemend(node);
  await node.waitFor(() => live(node), 10_000, 'the HTTP port');
  const unit = await node.unit('nodemend.service');
  t.match(unit, {
    UnitFileState: 'enabled',
    Type: 'notify',
    NRestarts: '0',
    OOMScoreAdjust: '-900',
    WatchdogUSec: '30s',
  });
  t.match(unit['FragmentPath'], /^(\/usr)?\/lib\/systemd\/system\/nodemend\.service$/);
  t.equal((await node.run(['nodemend', '--help'])).code, 0);
  const modes = await node.ok([
    'stat',
    '-c',
    '%a %U %G',
    '/var/lib/nodemend',
    '/run/nodemend',
    '/run/nodemend/nodemend.sock',
  ]);
  t.equal(modes, '700 root nodemend\n750 root nodemend\n660 root nodemend\n');
  t.equal((await node.ok(['systemctl', '--failed', '--no-legend'])).trim(), '');
  t.equal((await node.run(['systemd-analyze', 'verify', 'nodemend.service'])).stderr, '');

  for (const [page, section] of [
    ['nodemend', 8],
    ['nodemend.yaml', 5],
  ])
    t.match(await node.ok(['zcat', `/usr/share/man/man${section}/${page}.${section}.gz`]), /^\.TH "NODEMEND/);
  t.ok(await exists(node, '/usr/share/zsh/vendor-completions/_nodemend'));
  const tab = 'source /usr/share/bash-completion/completions/nodemend; COMP_WORDS=(nodemend status cont) COMP_CWORD=2';
  t.equal(await node.ok(['bash', '-c', `${tab}; _nodemend; echo "\${COMPREPLY[*]}"`]), 'containerd\n');

  const security = await node.ok(['systemd-analyze', 'security', '--no-pager', 'nodemend.service']);
  const score = Number(exposure.exec(security)?.[1]);
  t.ok(score > 0 && score <= 2.5, `exposure ${score} is at most 2.5`);
  const readme = readFileSync(join(REPOSITORY, 'README.md'), 'utf8').replaceAll('\\|', '|');
  t.match(readme, `gives an exposure of ${score}`);
  const remaining = [...security.matchAll(/^✗ (\S+)/gm)].map(([, setting = '']) => setting);
  t.not(remaining.length, 0);
  for (const setting of remaining) t.ok(readme.includes(`\`${setting}\``), `the README says what ${setting} is for`);
  const status = node.read(`/proc/${await node.mainPid('nodemend.service')}/status`);
  t.match(status, /^CapEff:\s*0000000000080000$/m, 'of the capabilities it has CAP_SYS_PTRACE alone');
});

labTest('it is back after SIGKILL, and a configuration that cannot be used is not tried for ever', async (t, lab) => {
  const node = await lab.node('a');
  await installNodemend(node);
  const pid = await node.mainPid('nodemend.service');
  await node.signal('nodemend.service', 'KILL');
  const isBack = async () => ![0, pid].includes(await node.mainPid('nodemend.service')) && (await live(node));
  await node.waitFor(isBack, 30_000, 'nodemend to be back');

  // With the last good one beside the state it would come back with that.
  await node.ok(['rm', '/var/lib/nodemend/last-good.yaml']);
  node.write('/etc/nodemend/nodemend.yaml', 'components: [');
  await node.run(['systemctl', 'restart', 'nodemend.service']);
  await node.waitFor(
    async () => (await node.unit('nodemend.service'))['ActiveState'] === 'failed',
    30_000,
    'nodemend to give up',
  );
  t.match(await node.unit('nodemend.service'), { ExecMainStatus: '2', NRestarts: '0' });
});

/** What an agent has to go on with: the incident, who restarted what, what is left of the budget, and the pause. */
async function memory(node: LabNode): Promise<object> {
  const { incidents } = JSON.parse(await node.ok(['nodemend', 'history', '--json'])) as { incidents: IncidentRecord[] };
  const view = JSON.parse((await node.run(['nodemend', 'status', '--json'])).stdout) as NodeView;
  const containerd = view.components.find(({ name }) => name === 'containerd');
  return {
    // Evidence may still come in after the end of an incident.
    incidents: incidents.map(({ evidence: _evidence, ...incident }) => incident),
    restarts: containerd?.restarts,
    remaining: containerd?.budget.remaining,
    pause: containerd?.pause?.text,
  };
}

labTest(
  'upgrades and downgrades keep state and configuration, act on nothing and run the other one',
  async (t, lab) => {
    const folder = mkdtempSync(join(tmpdir(), 'nodemend-upgrade-'));
    t.teardown(() => rmSync(folder, { recursive: true }));
    const node = await lab.node('a');
    await installNodemend(node);
    node.write('/etc/nodemend/nodemend.yaml', `${node.read('/etc/nodemend/nodemend.yaml')}\n# mine\n`);
    const isWell = async () => (await node.run(['nodemend', 'status', 'containerd'])).code === 0;
    await node.waitFor(isWell, 60_000, 'containerd to be seen well');
    await node.signal('containerd.service', 'KILL');
    const isMended = async () =>
      (await isWell()) && /mended/.test((await node.run(['nodemend', 'history', 'containerd'])).stdout);
    await node.waitFor(isMended, 60_000, 'containerd to be mended');
    await node.ok(['nodemend', 'pause', 'containerd', '--for', '1h', '--reason', 'kept']);
    const known = await memory(node);
    t.match(known, {
      incidents: [{ component: 'containerd', recovered: true }],
      restarts: { nodemend: 1 },
      pause: 'kept',
    });
    const runtime = await node.unit('containerd.service');
    const witness = await node.witness();

    const made = await ensurePackage();
    for (const [deb, version] of [
      [await repack(made, '999', folder), /^Version: 999$/m],
      [made, /^Version: 0\./m],
    ] as const) {
      const before = await node.unit('nodemend.service');
      await installNodemend(node, { deb });
      await node.waitFor(() => live(node), 10_000, 'the HTTP port');
      const after = await node.unit('nodemend.service');
      t.not(after['MainPID'], before['MainPID']);
      t.match(await node.ok(['dpkg-query', '-s', 'nodemend']), version);
      t.same(await memory(node), known);
      t.match(node.read('/etc/nodemend/nodemend.yaml'), /# mine/);
    }
    t.equal((await node.unit('containerd.service'))['InvocationID'], runtime['InvocationID']);
    t.same(witness.deeds({ about: 'containerd' }), []);
  },
);

labTest(
  'removing stops it and keeps configuration and history; purging removes them; installing anew works',
  async (t, lab) => {
    const node = await lab.node('a');
    await installNodemend(node);
    const leftRunning = async () => (await node.run(['pgrep', '-f', '/usr/lib/nodemend'])).stdout.trim();
    t.not(await leftRunning(), '');
    await node.ok(['dpkg', '--remove', 'nodemend'], { timeoutMs: 60_000 });
    t.equal(await leftRunning(), '');
    t.notOk(await exists(node, '/usr/lib/nodemend'));
    t.notOk(await exists(node, '/run/nodemend'));
    t.ok(await exists(node, '/var/lib/nodemend'));
    t.ok(await exists(node, '/etc/nodemend/nodemend.yaml'));

    await installNodemend(node);
    await node.ok(['dpkg', '--purge', 'nodemend'], { timeoutMs: 60_000 });
    t.equal(await leftRunning(), '');
    for (const path of ['/var/lib/nodemend', '/var/cache/nodemend', '/etc/nodemend', '/usr/lib/nodemend']) {
      t.notOk(await exists(node, path), `${path} is gone`);
    }
    const known = await node.run(['systemctl', 'list-unit-files', '--no-legend', 'nodemend.service']);
    t.equal(known.stdout.trim(), '', 'no unit file, link or mask is left');
    await installNodemend(node);
    t.equal((await node.unit('nodemend.service'))['UnitFileState'], 'enabled');
  },
);

labTest('the same tree gives the same package, byte for byte', async (t) => {
  const [first, second] = [await buildPackage(), await buildPackage()];
  t.teardown(() => [first, second].map((path) => rmSync(dirname(path), { recursive: true })));
  t.ok(readFileSync(first).equals(readFileSync(second)));
});

if (LONG) {
  labTest('a stopped nodemend is killed by its watchdog and started again', async (t, lab) => {
    const node = await lab.node('a');
    await installNodemend(node);
    const pid = await node.mainPid('nodemend.service');
    await node.signal('nodemend.service', 'STOP');
    const isBack = async () => ![0, pid].includes(await node.mainPid('nodemend.service')) && (await live(node));
    t.ok(await node.waitFor(isBack, 120_000, 'the watchdog'));
  });
}
