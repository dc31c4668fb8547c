import { createServer } from 'node:net';
import t, { type Test } from 'tap';
import { createClient } from '../../src/cli/client.ts';
import { history } from '../../src/cli/history.ts';
import type { Io } from '../../src/cli/io.ts';
import { pause } from '../../src/cli/pause.ts';
import { restart } from '../../src/cli/restart.ts';
import { resume } from '../../src/cli/resume.ts';
import { status } from '../../src/cli/status.ts';
import { createControl } from '../../src/serve/control.ts';
import { createMetrics } from '../../src/serve/metrics.ts';
import { eventually } from '../serve/raw.ts';
import { component, createStandIn, incident, notReady } from '../serve/stand-in.ts';
import { record } from './recorder.ts';
import { setUp, somewhere } from './stage.ts';

t.test('status of the node: 0 when it is ready, 1 when it is not', async (t) => {
  const { source, socket, io } = await setUp(t);
  t.equal(await status({ socket }, io), 0);
  t.match(io.said.out, /^worker-1 is ready for /);
  source.show({ ready: notReady });
  t.equal(await status({ socket }, record()), 1);
  source.show({ ready: { ...notReady, ready: true }, stopping: true });
  const stopping = record();
  t.equal(await status({ socket }, stopping), 1);
  t.match(stopping.said.out, /^worker-1 is stopping for /);
});

t.test('status of a component: 0 when it is healthy, 1 when it is not, 2 when there is none', async (t) => {
  const { source, socket, io } = await setUp(t);
  source.show({
    components: [component('containerd'), component('kubelet', { phase: 'held', reason: 'dependency.down' })],
  });
  t.equal(await status({ socket, component: 'containerd' }, io), 0);
  t.match(io.said.out, /^containerd \(containerd\.service\) is healthy for /);
  t.equal(await status({ socket, component: 'kubelet' }, io), 1);
  t.equal(await status({ socket, component: 'etcd' }, io), 2);
  t.equal(io.said.err, 'unknown component "etcd": known are containerd, kubelet\n');
});

t.test('status for programs', async (t) => {
  const { source, socket, io } = await setUp(t);
  t.equal(await status({ socket, json: true }, io), 0);
  t.same(JSON.parse(io.said.out), JSON.parse(JSON.stringify(source.view())));
  const one = record();
  await status({ socket, component: 'kubelet', json: true }, one);
  t.equal(JSON.parse(one.said.out).name, 'kubelet');
});

t.test('a watch shows every transition at once and ends with its signal', async (t) => {
  const { source, socket } = await setUp(t);
  const io = record(true);
  const end = new AbortController();
  const watching = status({ socket, watch: true, signal: end.signal, everyMs: 60_000 }, io);
  await eventually(() => io.said.out.includes('is ready'));
  source.show({ ready: notReady });
  // Told until it is heard: the stream may not be open yet.
  await eventually(() => {
    source.tell({ wallMs: 1, transition: { type: 'node.changed', reason: 'node.not-ready', detail: '' } });
    return io.said.out.includes('is not ready');
  });
  end.abort();
  t.equal(typeof (await watching), 'number');
});

t.test('a watch waits for a daemon that is away', async (t) => {
  const socket = somewhere(t);
  const io = record();
  const end = new AbortController();
  const watching = status({ socket, watch: true, signal: end.signal, everyMs: 10 }, io);
  await eventually(() => io.said.err.includes('there is no such socket'));
  const control = createControl(createStandIn(), createMetrics());
  await control.listen(socket);
  t.teardown(() => control.close());
  await eventually(() => io.said.out.includes('is ready'));
  end.abort();
  await watching;
  t.pass('and goes on');
});

t.test('history', async (t) => {
  const { source, socket, io } = await setUp(t);
  t.equal(await history({ socket, since: '2h', component: 'kubelet' }, io), 0);
  t.equal(io.said.out, 'no incident of kubelet in the last 2h\n');
  source.setIncidents([incident('incident-1a2b3c4d-12')]);
  const list = record();
  t.equal(await history({ socket }, list), 0);
  t.match(list.said.out, 'mended 12s');
  const one = record();
  t.equal(await history({ socket, incident: '1a2b3c4d-12' }, one), 0);
  t.match(one.said.out, /^incident {3}1a2b3c4d-12 of kubelet\n/);
  const json = record();
  t.equal(await history({ socket, json: true, since: '3h' }, json), 0);
  t.equal(JSON.parse(json.said.out).incidents[0].id, 'incident-1a2b3c4d-12');
  t.same(source.queries, [
    { component: 'kubelet', sinceWallMs: 1_699_992_800_000, id: null },
    { component: null, sinceWallMs: 1_699_913_600_000, id: null },
    { component: null, sinceWallMs: 0, id: 'incident-1a2b3c4d-12' },
    { component: null, sinceWallMs: 1_699_989_200_000, id: null },
  ]);
});

t.test('history that is asked wrongly', async (t) => {
  const { socket, io } = await setUp(t);
  t.equal(await history({ socket, since: 'yesterday' }, io), 2);
  t.equal(await history({ socket, component: 'etcd' }, io), 2);
  t.equal(await history({ socket, incident: 'nothing' }, io), 2);
  t.equal(
    io.said.err,
    'since is "yesterday": write a duration such as 24h or an ISO time\n' +
      'unknown component "etcd": known are containerd, kubelet\n' +
      'there is no incident "nothing": nodemend history lists them\n',
  );
});

t.test('pause, resume and restart ask the daemon and tell what it said', async (t) => {
  const { source, socket, io } = await setUp(t);
  t.equal(await pause({ socket, component: 'kubelet', for: '30m', reason: 'upgrade' }, io), 0);
  t.equal(await resume({ socket }, io), 0);
  t.equal(await restart({ socket, component: 'kubelet' }, io), 0);
  t.equal(io.said.out, 'done\ndone\ndone\n');
  t.same(source.asked, [
    { type: 'pause', component: 'kubelet', forMs: 1_800_000, text: 'upgrade' },
    { type: 'resume', component: null },
    { type: 'restart', component: 'kubelet' },
  ]);
});

t.test('a refusal is 1, a wrong request 2, each in one sentence', async (t) => {
  const { source, socket, io } = await setUp(t);
  source.setAnswer({ ok: false, message: 'cannot restart kubelet: it is masked\u001b[2J' });
  t.equal(await restart({ socket, component: 'kubelet' }, io), 1);
  t.equal(await restart({ socket, component: 'etcd' }, io), 2);
  t.equal(await pause({ socket, for: 'ever', reason: 'x' }, io), 2);
  t.equal(
    io.said.err,
    'cannot restart kubelet: it is masked [2J\n' +
      'unknown component "etcd": known are containerd, kubelet\n' +
      'for is "ever": write how long, from 1s to 7d, for example 30m\n',
  );
  const json = record();
  t.equal(await restart({ socket, component: 'kubelet', json: true }, json), 1);
  t.equal(JSON.parse(json.said.out).ok, false);
  t.equal(json.said.err, '');
});

t.test('a daemon that cannot be reached is 3, with what to do', async (t) => {
  const socket = somewhere(t);
  for (const command of [
    (io: Io) => status({ socket }, io),
    (io: Io) => history({ socket }, io),
    (io: Io) => resume({ socket }, io),
    (io: Io) => restart({ socket, component: 'kubelet', json: true }, io),
  ]) {
    const io = record();
    t.equal(await command(io), 3);
    t.equal(
      io.said.err,
      `cannot reach the daemon on ${socket}: there is no such socket: is the daemon running? see systemctl status nodemend\n`,
    );
    t.equal(io.said.out, '');
  }
});

/** Something that listens on the socket and does to each connection what it is told. */
async function listener(t: Test, onRequest: (socket: import('node:net').Socket) => void): Promise<string> {
  const path = somewhere(t);
  const sockets = new Set<import('node:net').Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('data', () => onRequest(socket));
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  t.teardown(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return path;
}

t.test('a daemon that does not answer is given up', async (t) => {
  const path = await listener(t, () => {});
  const reply = await createClient(path, { timeoutMs: 50 }).get('/api/v1/status');
  t.same(reply, {
    reached: false,
    message: `cannot reach the daemon on ${path}: no answer within 0.05 s: see systemctl status nodemend`,
  });
});

t.test('a daemon that stops in the middle of its answer is given up', async (t) => {
  const path = await listener(t, (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"half":'));
  t.match(await createClient(path).get('/api/v1/status'), { reached: false });
  const silent = await listener(
    t,
    (socket) => void socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"half":'),
  );
  t.match(await createClient(silent, { timeoutMs: 50 }).get('/api/v1/status'), {
    reached: false,
    message: /no answer/,
  });
});

t.test('an answer that is not understood is 3', async (t) => {
  for (const body of ['nonsense', '[]', '{}', 'null', '{"components":1,"ready":2}']) {
    const socket = await listener(t, (peer) =>
      peer.end(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`),
    );
    const io = record();
    t.equal(await status({ socket }, io), 3, body);
    t.match(io.said.err, /^the answer is not understood/);
  }
});

t.test('an answer without end is given up', async (t) => {
  const path = await listener(t, (socket) => {
    socket.write('HTTP/1.1 200 OK\r\n\r\n');
    const push = () => {
      while (!socket.destroyed && socket.write('x'.repeat(65_536)));
    };
    socket.on('drain', push);
    push();
  });
  t.match(await createClient(path).get('/api/v1/status'), { reached: false, message: /TOO_LARGE/ });
});
