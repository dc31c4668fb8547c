/**
 * Every kind of look at the real daemons, with the rights that the service has: well, frozen, stopped, without their sockets, with sockets
 * that are closed to us. And what becomes of us on a disk that does not answer.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import type { ProbeTarget } from '../../src/core/mend/policy.ts';
import { mustRun } from './harness/command.ts';
import { runContainer, runDockerContainer } from './harness/containers.ts';
import { labTest, skipWithoutLab } from './harness/lab-test.ts';
import { createLooker, type Looker } from './harness/looker.ts';
import type { LabNode } from './harness/node.ts';
import { REPOSITORY } from './harness/places.ts';

const CONTAINERD = '/run/containerd/containerd.sock';
const DOCKER = '/run/docker.sock';
const UNITS = ['containerd.service', 'docker.service', 'etcd.service'] as const;
const PLENTY_MS = 20_000;
/** For those who are not expected to answer. */
const SHORT_MS = 1_500;

const etcd = (port: number, credentials = {}): ProbeTarget => ({
  kind: 'etcd',
  url: port === 2379 ? 'http://127.0.0.1:2379' : `https://127.0.0.1:${port}`,
  ca: null,
  cert: null,
  key: null,
  look: 'health',
  ...credentials,
});

const TARGETS: Readonly<Record<string, ProbeTarget>> = {
  'containerd.service': { kind: 'unit' },
  'docker.service': { kind: 'unit' },
  'etcd.service': { kind: 'unit' },
  version: { kind: 'containerd', socket: CONTAINERD, look: 'version' },
  metadata: { kind: 'containerd', socket: CONTAINERD, look: 'metadata' },
  shims: { kind: 'containerd', socket: CONTAINERD, look: 'shims' },
  'cri version': { kind: 'cri', socket: CONTAINERD, look: 'version' },
  'cri status': { kind: 'cri', socket: CONTAINERD, look: 'status' },
  ping: { kind: 'docker', socket: DOCKER, look: 'ping' },
  'docker version': { kind: 'docker', socket: DOCKER, look: 'version' },
  inspect: { kind: 'docker', socket: DOCKER, look: 'inspect' },
  etcd: etcd(2379),
  tcp: { kind: 'tcp', host: '127.0.0.1', port: 2379 },
};

const OF_CONTAINERD = ['version', 'metadata', 'shims', 'cri version', 'cri status'];
const OF_DOCKER = ['ping', 'docker version', 'inspect'];
/** What those who are not named in a case are expected to be. */
const WELL = { verdict: 'healthy', reason: 'probe.ok' };

type Expected = Readonly<Record<string, object>>;

const each = (names: readonly string[], expected: object): Expected =>
  Object.fromEntries(names.map((name) => [name, expected]));

/** Looks at everything and compares with what is expected. */
async function check(t: Test, node: LabNode, look: Looker, what: string, expected: Expected): Promise<void> {
  const wish = async ([name, target]: [string, ProbeTarget]) => {
    const silent = JSON.stringify(expected[name] ?? WELL).includes('probe.timeout');
    const pid = target.kind === 'unit' ? await node.mainPid(name) : 0;
    return [name, { target, pid, timeoutMs: silent ? SHORT_MS : PLENTY_MS }] as const;
  };
  const wishes = Object.fromEntries(await Promise.all(Object.entries(TARGETS).map(wish)));
  const { seen } = await look({ wishes, dumps: {} });
  for (const name of Object.keys(TARGETS)) t.match(seen[name], expected[name] ?? WELL, `${what}: ${name}`);
}

const timeout = { verdict: 'unhealthy', reason: 'probe.timeout' };
const frozen = { verdict: 'unhealthy', reason: 'probe.stopped', detail: /is stopped by a signal \(T\)$/ };
const refused = { verdict: 'unhealthy', reason: 'probe.refused' };
const noSocket = (socket: string) => ({
  verdict: 'unhealthy',
  reason: 'probe.no-socket',
  detail: `connect ENOENT ${socket}`,
});
const denied = (socket: string) => ({
  verdict: 'unknown',
  reason: 'probe.denied',
  detail: `connect EACCES ${socket}`,
});

async function checkFrozen(t: Test, node: LabNode, look: Looker): Promise<void> {
  for (const unit of UNITS) await node.signal(unit, 'STOP');
  const silent = each([...OF_CONTAINERD, ...OF_DOCKER, 'etcd'], timeout);
  // The kernel accepts for a stopped process: a connect alone proves nothing.
  await check(t, node, look, 'all frozen', { ...each(UNITS, frozen), ...silent });
  await node.signal('docker.service', 'CONT');
  await node.signal('etcd.service', 'CONT');
  await check(t, node, look, 'containerd frozen', {
    'containerd.service': frozen,
    ...each(OF_CONTAINERD, timeout),
    // dockerd asks containerd for this one. That is why it is a witness and no vote.
    'docker version': timeout,
  });
  await node.signal('containerd.service', 'CONT');
}

async function checkSockets(t: Test, node: LabNode, look: Looker): Promise<void> {
  await node.ok(['chmod', '000', CONTAINERD, DOCKER]);
  await check(t, node, look, 'sockets closed to us', {
    ...each(OF_CONTAINERD, denied(CONTAINERD)),
    ...each(OF_DOCKER, denied(DOCKER)),
  });
  await node.ok(['chmod', '660', CONTAINERD, DOCKER]);
  for (const socket of [CONTAINERD, DOCKER]) await node.ok(['mv', socket, `${socket}.aside`]);
  await check(t, node, look, 'sockets gone', {
    ...each(OF_CONTAINERD, noSocket(CONTAINERD)),
    ...each(OF_DOCKER, noSocket(DOCKER)),
  });
  for (const socket of [CONTAINERD, DOCKER]) await node.ok(['mv', `${socket}.aside`, socket]);
}

async function checkStrictEtcd(t: Test, node: LabNode, look: Looker): Promise<void> {
  for (const name of ['ca.pem', 'server.pem', 'server.key', 'client.pem', 'client.key'])
    node.write(`/etc/tls/${name}`, readFileSync(join(REPOSITORY, 'test/fixtures/tls', name)), 0o600);
  const [ca, cert, key] = ['/etc/tls/ca.pem', '/etc/tls/client.pem', '/etc/tls/client.key'];
  const flags = {
    'data-dir': '/tmp/strict',
    'listen-peer-urls': 'http://127.0.0.1:2480',
    'listen-client-urls': 'https://127.0.0.1:2479',
    'advertise-client-urls': 'https://127.0.0.1:2479',
    'cert-file': '/etc/tls/server.pem',
    'key-file': '/etc/tls/server.key',
    'trusted-ca-file': ca,
  };
  const argv = Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`);
  await node.ok(['systemd-run', '--unit=strict-etcd', '/usr/bin/etcd', '--client-cert-auth', ...argv]);
  const lookAt = async (credentials: object) => {
    const wish = { target: etcd(2479, credentials), timeoutMs: PLENTY_MS, pid: 0 };
    return (await look({ wishes: { strict: wish }, dumps: {} })).seen['strict'];
  };
  const isWell = async () => (await lookAt({ ca, cert, key }))?.verdict === 'healthy';
  await node.waitFor(isWell, 30_000, 'the strict etcd to answer one that it knows');
  const unknown = { verdict: 'unknown', reason: 'probe.tls' };
  t.match(await lookAt({ ca }), unknown, 'an etcd that wants a certificate of ours');
  t.match(await lookAt({ cert, key }), unknown, 'an etcd whose authority we do not know');
}

/** A name service that takes questions and gives no answers. */
async function checkDeadNames(t: Test, node: LabNode, look: Looker): Promise<void> {
  const mute = "require('node:dgram').createSocket('udp4').bind(53, '127.0.0.1')";
  await node.ok(['systemd-run', '--unit=mute-names', '/opt/lab/node', '-e', mute]);
  const listens = async () => (await node.ok(['ss', '--udp', '--listening', '--numeric'])).includes('127.0.0.1:53');
  await node.waitFor(listens, 20_000, 'the mute name service to listen');
  await node.ok(['rm', '-f', '/etc/resolv.conf']);
  node.write('/etc/resolv.conf', 'nameserver 127.0.0.1\noptions timeout:3 attempts:1\n');
  const target: ProbeTarget = { kind: 'tcp', host: 'edge.example', port: 2379 };
  const { seen } = await look({ wishes: { names: { target, timeoutMs: 500, pid: 0 } }, dumps: {} });
  t.match(seen['names'], { verdict: 'unknown', reason: 'probe.no-address', detail: /was not resolved in time$/ });
}

labTest(
  'every kind of look tells well from frozen, stopped and closed to us, with the rights of the service',
  async (t, lab) => {
    const node = await lab.node('a', { enable: ['docker.service'] });
    await node.ok(['systemctl', 'start', 'etcd.service'], { timeoutMs: 60_000 });
    const pod = await runContainer(node, 'pod');
    await runDockerContainer(node, 'web');
    const look = await createLooker(node);

    await check(t, node, look, 'all well', {
      version: { ...WELL, detail: /^containerd 1\.7/ },
      metadata: { ...WELL, detail: /a lease was written and deleted$/ },
      shims: { ...WELL, detail: '2 shims answer' },
      inspect: { ...WELL, detail: /^1 containers; [0-9a-f]{12} answers$/ },
    });
    t.equal((await node.ok(['ctr', '-n', 'nodemend', 'leases', 'list', '-q'])).trim(), '', 'no lease is left');

    const pids = { containerd: await node.mainPid('containerd.service'), docker: await node.mainPid('docker.service') };
    const { dumped } = await look({ wishes: {}, dumps: { ...pids, pod: pod.pid } });
    t.match(dumped['containerd'], /goroutine 1 \[[\s\S]*containerd/, "containerd's goroutines are kept");
    t.match(dumped['docker'], /goroutine 1 \[[\s\S]*dockerd/, "dockerd's goroutines are kept");
    t.equal(dumped['pod'], 'the process does not handle SIGUSR1');
    t.ok(await pod.survives(), 'a process that would end by the signal does not get it');
    t.equal(await node.mainPid('containerd.service'), pids.containerd);
    t.equal(await node.mainPid('docker.service'), pids.docker);

    await checkFrozen(t, node, look);

    await node.ok(['kill', '-STOP', String(pod.shimPid)]);
    const hung = `container k8s.io/pod: its shim, process ${pod.shimPid} (T), does not answer`;
    const shimHung = { verdict: 'unhealthy', reason: 'probe.shim-hung', detail: hung };
    await check(t, node, look, 'a shim frozen', { shims: shimHung });
    await node.ok(['kill', '-CONT', String(pod.shimPid)]);

    await checkSockets(t, node, look);
    await checkStrictEtcd(t, node, look);
    await checkDeadNames(t, node, look);

    await node.ok(['systemctl', 'stop', 'docker.socket', ...UNITS], { timeoutMs: 60_000 });
    await check(t, node, look, 'all stopped', {
      ...each(UNITS, { verdict: 'unknown', reason: 'probe.failed', detail: /has no main process$/ }),
      ...each(OF_CONTAINERD, noSocket(CONTAINERD)),
      ...each([...OF_DOCKER, 'etcd', 'tcp'], refused),
    });
  },
);

t.test(
  'on a disk that does not answer nothing waits for it, and the loop turns',
  { skip: skipWithoutLab(), timeout: 120_000 },
  async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'nodemend-dead-disk-'));
    t.teardown(() => rmSync(folder, { recursive: true }));
    const program = join(REPOSITORY, 'test/lab/harness/dead-disk-program.ts');
    const told = await mustRun(['unshare', '--mount', process.execPath, program, folder], {
      timeoutMs: 60_000,
      env: { PATH: process.env['PATH'], UV_THREADPOOL_SIZE: '16' },
    });
    const { captured, sampled, ran, looked, tls, running, more } = JSON.parse(told);
    t.match(captured, { value: null });
    t.ok(captured.ms < 3_000, `a repair waits ${Math.round(captured.ms)} ms for its evidence`);
    t.ok(captured.turns > 20, `${captured.turns} turns meanwhile`);
    t.match(sampled, { value: { packageManager: null, pressure: Number } });
    t.match(ran, { value: { timedOut: true, failedToStart: 'its file was not read in time' } });
    t.match(looked, { value: { verdict: 'unknown', reason: 'probe.no-command' } });
    t.match(tls, { value: { verdict: 'unknown', reason: 'probe.failed', detail: /cannot read the CA file/ } });
    t.match(running, { value: { verdict: 'healthy' } });
    const [second, third, again] = more;
    t.equal(second.value, null);
    t.match(third, { value: null }, 'two captures hang; a third one does not begin');
    t.ok(third.ms < second.ms / 2, `${Math.round(third.ms)} ms`);
    t.match(again, { value: { pressure: Number } });
  },
);
