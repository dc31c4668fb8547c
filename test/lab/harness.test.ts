/** The lab shows what it claims: real nodes that boot, run, reboot and reach each other, and that leave nothing behind. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { runContainer, runDockerContainer } from './harness/containers.ts';
import { installKubelet } from './harness/kubelet.ts';
import { createLab } from './harness/lab.ts';
import { labTest, skipWithoutLab } from './harness/lab-test.ts';
import { tracesOf } from './harness/traces.ts';
import { waitFor } from './harness/wait.ts';

labTest('a node boots, runs commands, keeps files and reboots with a new boot id', async (t, lab) => {
  const node = await lab.node('a');
  t.equal((await node.ok(['hostname'])).trim(), 'a');
  t.equal((await node.unit('containerd.service'))['ActiveState'], 'active');
  t.equal((await node.run(['sh', '-c', 'cat; exit 3'], { input: 'in' })).code, 3);
  t.equal((await node.run(['cat'], { input: 'text' })).stdout, 'text');
  t.ok((await node.run(['sleep', '1000'], { timeoutMs: 200 })).timedOut, 'a command is killed at its deadline');
  await t.rejects(node.ok(['false']), /a: "false" ended with 1/);

  node.write('/etc/marker', 'kept');
  const before = await node.bootId();
  await node.reboot();
  t.equal(node.boots(), 2);
  t.not(await node.bootId(), before);
  t.equal(node.read('/etc/marker'), 'kept');

  await node.powerCut();
  t.ok(node.isOff());
  await t.rejects(async () => node.run(['true']), /not running/);
  await node.powerOn();
  t.equal(node.read('/etc/marker'), 'kept');
});

labTest('the witness sees who asked systemd for what', async (t, lab) => {
  const node = await lab.node('a');
  const witness = await node.witness();
  const manager = ['org.freedesktop.systemd1', '/org/freedesktop/systemd1', 'org.freedesktop.systemd1.Manager'];
  await node.ok(['busctl', 'call', ...manager, 'RestartUnit', 'ss', 'containerd.service', 'replace']);
  const isRestart = (member: string) => member === 'RestartUnit';
  const call = await witness.waitForMessage(({ member }) => isRestart(member), 10_000, 'the call');
  t.match(call.args, ['containerd.service', 'replace']);
  t.equal(witness.deeds({ sender: call.sender, about: 'containerd' }).length, 1);
  t.match((await node.busNames('systemd-logind.service'))[0], /^:1\./);
  t.same(witness.deeds({ sender: await node.busNames('systemd-logind.service') }), [], 'and nothing of others');
  await witness.waitForMessage(({ member }) => member === 'JobRemoved', 10_000, 'the end of the job');
  witness.clear();
  t.same(witness.calls(), []);
});

labTest(
  'containers keep their processes when containerd is killed; a stopped containerd still accepts',
  async (t, lab) => {
    const node = await lab.node('a');
    const container = await runContainer(node, 'one');
    const pid = await node.mainPid('containerd.service');
    await node.signal('containerd.service', 'KILL');
    const restarted = async () => ![0, pid].includes(await node.mainPid('containerd.service'));
    await node.waitFor(restarted, 30_000, 'systemd to restart containerd');
    t.ok(await container.survives());
    await node.ok(['kill', '-9', String(container.pid)]);
    await node.waitFor(async () => !(await container.survives()), 10_000, 'the container to be gone');
  },
);

labTest('docker works on a node that has it switched on', async (t, lab) => {
  const node = await lab.node('a', { enable: ['docker.service'] });
  t.equal((await node.unit('docker.service'))['ActiveState'], 'active');
  t.ok(await (await runDockerContainer(node, 'one')).survives());
});

labTest('the kubelet stand-in behaves as it is told and says that it is a stand-in', async (t, lab) => {
  const node = await lab.node('a');
  const kubelet = await installKubelet(node);
  const url = 'http://127.0.0.1:10248/healthz';
  t.match(await node.http(url), { status: 200, body: 'ok', headers: { 'content-type': 'text/plain; charset=utf-8' } });
  t.match(await node.http(`${url}/syncloop`), { status: 404, body: '404 page not found\n' });
  kubelet.mode('fail');
  t.equal((await node.http(url)).status, 500);
  kubelet.mode('hang');
  await t.rejects(node.http(url, { timeoutMs: 300 }), /no reply/);
  kubelet.mode('ok');
  await kubelet.exit(0);
  const unit = await node.unit('kubelet.service');
  t.match(unit, { SubState: 'auto-restart', RestartUSec: '10s', Result: 'success', ExecMainStatus: '0' });
  t.match(unit['Description'], /STAND-IN/);
});

labTest(
  'two units of one name on two nodes are apart, and three nodes reach each other until one is cut off',
  async (t, lab) => {
    const nodes = [await lab.node('a'), await lab.node('b'), await lab.node('c')];
    const [a, b, c] = nodes as [(typeof nodes)[0], (typeof nodes)[0], (typeof nodes)[0]];
    const reaches = (from: typeof a, to: typeof a) =>
      from.run(['busybox', 'nc', '-w', '2', to.address, '9000'], { timeoutMs: 10_000 }).then(({ stdout }) => stdout);
    for (const { ok, name } of nodes) {
      const serve = ['busybox', 'nc', '-ll', '-p', '9000', '-e', '/bin/echo', name];
      await ok(['systemd-run', '--unit=server', ...serve]);
    }
    const round = [
      [a, b],
      [b, c],
      [c, a],
    ] as const;
    for (const [from, to] of round) {
      await waitFor(async () => (await reaches(from, to)) === `${to.name}\n`, 10_000, `${to.name} from ${from.name}`);
    }

    await b.plug(false);
    t.equal(await reaches(a, b), '');
    t.equal(await reaches(c, a), 'a\n');
    await b.plug(true);
    await waitFor(async () => (await reaches(a, b)) === 'b\n', 10_000, 'b to be back');

    const others = [await a.mainPid('server.service'), await c.mainPid('server.service')];
    await b.signal('server.service', 'KILL', 'all');
    t.same([await a.mainPid('server.service'), await c.mainPid('server.service')], others);
  },
);

/** What there is of the lab `id` and of its node's first process. */
function traces(id: string, leader: number): string[] {
  return [...(existsSync(`/proc/${leader}`) ? ['process'] : []), ...tracesOf(id)];
}

async function killedLab(withGuard: boolean): Promise<{ id: string; leader: number }> {
  const program = fileURLToPath(new URL('./harness/idle-lab.ts', import.meta.url));
  const child = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  const { id, guard, leader } = JSON.parse(line) as { id: string; guard: number; leader: number };
  if (!existsSync(`/proc/${leader}`)) throw new Error('the node does not run');
  if (withGuard) process.kill(guard, 'SIGKILL');
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
  return { id, leader };
}

t.test(
  'a lab whose test process is killed is removed at once',
  { timeout: 300_000, skip: skipWithoutLab() },
  async (t) => {
    const { id, leader } = await killedLab(false);
    t.not(traces(id, leader).length, 0);
    t.ok(await waitFor(() => traces(id, leader).length === 0, 30_000, 'the guard to remove the lab'));
  },
);

t.test(
  'what a killed run left behind is removed when the next lab starts',
  { timeout: 300_000, skip: skipWithoutLab() },
  async (t) => {
    const { id, leader } = await killedLab(true);
    t.not(traces(id, leader).length, 0);
    await (await createLab()).close();
    t.ok(await waitFor(() => traces(id, leader).length === 0, 30_000, 'the leftovers to be gone'));
  },
);
