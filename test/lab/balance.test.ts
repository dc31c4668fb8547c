/**
 * Real load balancers on what nodemend says: a node is paused, drained, cut off and brought back under load, and not one request fails. They run
 * the examples of config/ as they stand, but for HAProxy's periods.
 */
import type { Test } from 'tap';
import { beginLoad, example, type LoadReport, serversOf } from './harness/haproxy.ts';
import { labTest } from './harness/lab-test.ts';
import type { LabNode } from './harness/node.ts';
import { say } from './harness/places.ts';
import { bootWeb, TRACK_FILE } from './harness/web.ts';

/** tap gives a case within a case half a minute. */
const WAITS = { timeout: 300_000 };
const ADDRESS = '10.77.0.100/24';

async function startHaproxy(node: LabNode): Promise<void> {
  node.write('/etc/haproxy/haproxy.cfg', example('haproxy/haproxy.cfg').replaceAll('inter 2s', 'inter 200ms'));
  await node.ok(['systemctl', 'start', 'haproxy.service'], { timeoutMs: 60_000 });
}

async function startKeepalived(node: LabNode): Promise<void> {
  node.write('/etc/keepalived/keepalived.conf', example('keepalived/keepalived.conf'));
  await node.ok(['systemctl', 'start', 'keepalived.service'], { timeoutMs: 60_000 });
}

const hasAddress = async (node: LabNode): Promise<boolean> =>
  (await node.ok(['ip', '-4', 'address', 'show', 'dev', 'eth0'])).includes(ADDRESS);

async function checkExamples(t: Test, node: LabNode): Promise<void> {
  const checks: readonly [string, readonly string[]][] = [
    ['haproxy/haproxy.cfg', ['haproxy', '-c', '-f']],
    ['keepalived/keepalived.conf', ['keepalived', '-t', '-f']],
    ['nginx/nginx.conf', ['nginx', '-t', '-c']],
  ];
  // keepalived wants the folder of its track file to be there; nodemend's package makes it.
  await node.ok(['mkdir', '/var/lib/nodemend']);
  for (const [name, argv] of checks) {
    const path = `/root/${name.replace('/', '-')}`;
    node.write(path, example(name));
    const checked = await node.run([...argv, path]);
    t.equal(checked.code, 0, `${name}: ${checked.stdout}${checked.stderr}`);
    t.notMatch(checked.stdout + checked.stderr, /warn/i, name);
    node.write(path, example(name).replace(/^(\s*)(server|weight|proxy_pass) /m, '$1no-such-word '));
    t.not((await node.run([...argv, path])).code, 0, `${name}: it does look`);
  }
}

labTest('a node is paused, drained, stopped and brought back without one failed request', async (t, lab) => {
  // In this order, for the examples name their addresses.
  const workers = Promise.all(['w1', 'w2', 'w3'].map((name) => bootWeb(lab, name)));
  const booted = await Promise.all([workers, lab.node('front', { disable: ['containerd.service'] })]);
  const [[first, second], front] = booted as [[LabNode, LabNode, LabNode], LabNode];
  await t.test('the real programs accept the examples as they stand', WAITS, (t) => checkExamples(t, front));
  await startHaproxy(front);
  const status = async (backend: string) => (await serversOf(front, backend))['worker-1']?.status ?? '';
  const until = (backend: string, wanted: RegExp) =>
    front.waitFor(async () => wanted.test(await status(backend)), 60_000, `${backend}: worker-1 ${wanted}`);
  const allUp = async (backend: string) => {
    const servers = Object.values(await serversOf(front, backend));
    return servers.length === 3 && servers.every((server) => server.status === 'UP');
  };
  for (const backend of ['by-agent', 'by-readyz'])
    await front.waitFor(() => allUp(backend), 60_000, `all servers ${backend} to be up`);
  await startKeepalived(first);
  await first.waitFor(() => hasAddress(first), 60_000, 'the address on w1');
  await startKeepalived(second);
  const loads = [8080, 8081].map((port) => beginLoad(front, `http://127.0.0.1:${port}/`));
  const isLoaded = async () => Object.values(await serversOf(front, 'by-readyz')).every((one) => one.sessions > 20);
  await front.waitFor(isLoaded, 60_000, 'requests on all of them');

  await first.ok(['nodemend', 'pause', '--for', '30m', '--reason', 'new disk']);
  await until('by-agent', /^MAINT/);
  t.equal(await status('by-readyz'), 'UP', 'supervision is paused, and /readyz speaks of the components');
  await first.waitFor(() => first.read(TRACK_FILE) === '1\n', 20_000, 'the track file to say 1');
  await second.waitFor(() => hasAddress(second), 60_000, 'keepalived to move the address to w2');
  await first.waitFor(async () => !(await hasAddress(first)), 20_000, 'w1 to let go of the address');
  await first.ok(['nodemend', 'resume']);
  await until('by-agent', /^UP$/);

  const stopped = first.ok(['systemctl', 'stop', 'nodemend.service'], { timeoutMs: 60_000 });
  await Promise.all([until('by-agent', /^DRAIN/), until('by-readyz', /^DOWN/)]);
  await stopped;
  t.match(await status('by-agent'), /^DRAIN/, 'an agent that is gone does not take its word back');
  await first.powerCut();
  await until('by-agent', /^DOWN/);

  const before = (await serversOf(front, 'by-agent'))['worker-1']?.sessions ?? 0;
  await first.powerOn();
  await Promise.all([until('by-agent', /^UP$/), until('by-readyz', /^UP$/)]);
  const isUsed = async () => ((await serversOf(front, 'by-agent'))['worker-1']?.sessions ?? 0) > before + 20;
  await front.waitFor(isUsed, 60_000, 'new requests on w1');

  const reports = await Promise.all(loads.map((load) => load.end()));
  say(`under load: ${reports.map((report) => `${report['2xx']} answered`).join(' by agent-check, ')} by /readyz`);
  for (const report of reports) {
    const { non2xx, errors, timeouts, resets }: LoadReport = report;
    t.same({ non2xx, errors, timeouts, resets }, { non2xx: 0, errors: 0, timeouts: 0, resets: 0 });
    t.ok(report['2xx'] > 100, `${report['2xx']} requests`);
  }
  for (const backend of ['by-agent', 'by-readyz'])
    t.same(
      Object.values(await serversOf(front, backend)).map(({ retries }) => retries),
      [0, 0, 0],
      `${backend}: none was tried twice`,
    );

  await t.test('nginx on a node goes by /readyz, and does without an agent that is away', WAITS, async (t) => {
    second.write('/root/nginx.conf', example('nginx/nginx.conf'));
    await second.ok(['systemd-run', '--quiet', 'nginx', '-c', '/root/nginx.conf', '-g', 'daemon off;']);
    // A small program, because the agent says 503 for three seconds only.
    const ask = async (port: number) => {
      const url = `http://127.0.0.1:${port}/`;
      const asked = await second.run(['busybox', 'wget', '-q', '-T', '10', '-O', '/dev/null', url]);
      return /HTTP\/1\.1 (\d+)/.exec(asked.stderr)?.[1] ?? (asked.code === 0 ? '200' : asked.stderr);
    };
    await second.waitFor(async () => (await ask(8082)) === '200', 60_000, 'nginx to serve');
    t.equal(await ask(8080), '200', 'the nodes that have no nginx are passed over');
    const ending = second.ok(['systemctl', 'stop', 'nodemend.service'], { timeoutMs: 60_000 });
    await second.waitFor(async () => (await ask(8082)) === '503', 20_000, 'nginx to say 503');
    await ending;
    t.equal(await ask(8082), '200');
  });
});
