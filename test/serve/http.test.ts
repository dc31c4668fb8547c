import t, { type Test } from 'tap';
import { createHttp, parseAddress } from '../../src/serve/http.ts';
import { createMetrics } from '../../src/serve/metrics.ts';
import { backup, component, createStandIn, incident, notReady } from './stand-in.ts';

function setUp(t: Test) {
  const source = createStandIn();
  const http = createHttp(source, createMetrics());
  t.teardown(() => http.close());
  return { source, http, get: (url: string) => http.app.inject({ method: 'GET', url }) };
}

t.test("a plain ok, in kube-apiserver's words", async (t) => {
  const { get } = setUp(t);
  for (const path of ['/livez', '/readyz', '/healthz', '/readyz/kubelet', '/healthz/kubelet', '/livez/ping']) {
    const reply = await get(path);
    t.equal(reply.statusCode, 200, path);
    t.equal(reply.body, 'ok', path);
    t.equal(reply.headers['content-type'], 'text/plain; charset=utf-8', path);
    t.equal(reply.headers['cache-control'], 'no-store', path);
    t.equal(reply.headers['x-content-type-options'], 'nosniff', path);
  }
});

t.test('verbose answers end in the name of the path', async (t) => {
  const { get } = setUp(t);
  for (const name of ['livez', 'readyz', 'healthz']) {
    for (const query of ['verbose', 'verbose=', 'verbose=true']) {
      t.match((await get(`/${name}?${query}`)).body, new RegExp(`\\n${name} check passed\\n$`));
    }
  }
});

t.test('a node that is not ready answers 503 with its reasons, verbose or not', async (t) => {
  const { source, get } = setUp(t);
  const kubelet = component('kubelet', { phase: 'unhealthy', reason: 'probe.timeout' });
  source.show({ ready: notReady, components: [component('containerd'), kubelet] });
  for (const path of ['/readyz', '/healthz', '/readyz?verbose', '/readyz/kubelet']) {
    const reply = await get(path);
    t.equal(reply.statusCode, 503, path);
    t.match(reply.body, '[-]kubelet failed: probe.timeout\n', path);
  }
  t.equal((await get('/livez')).statusCode, 200);
  t.equal((await get('/readyz/containerd')).statusCode, 200);
  t.equal((await get('/readyz?exclude=kubelet')).body, 'ok');
  t.equal((await get('/readyz?exclude=containerd&exclude=kubelet')).statusCode, 200);
  t.equal((await get('/readyz?exclude=containerd')).statusCode, 503);
});

t.test('what is kept of an answer is dropped when the node changes', async (t) => {
  const { source, get } = setUp(t);
  t.equal((await get('/readyz')).statusCode, 200);
  source.show({ ready: notReady });
  t.equal((await get('/readyz')).statusCode, 503);
  source.show({ ready: { ...notReady, ready: true, reason: 'node.ready' } });
  t.equal((await get('/readyz')).statusCode, 200);
  source.show({ stopping: true });
  const reply = await get('/readyz');
  t.equal(reply.statusCode, 503);
  t.match(reply.body, '[-]shutdown failed: shutting-down\n');
  t.equal((await get('/livez')).statusCode, 200);
});

t.test('livez fails when the loop stands still', async (t) => {
  const { source, get } = setUp(t);
  source.setTurning(false);
  t.equal((await get('/livez')).statusCode, 503);
  t.equal((await get('/readyz')).statusCode, 200);
});

t.test('HEAD answers like GET, without the body', async (t) => {
  const { source, http } = setUp(t);
  for (const url of [
    '/livez',
    '/readyz',
    '/readyz/kubelet',
    '/metrics',
    '/api/v1/status',
    '/api/v1/incidents',
    '/api/v1/report',
    '/',
  ]) {
    const reply = await http.app.inject({ method: 'HEAD', url });
    t.equal(reply.statusCode, 200, url);
    t.equal(reply.body, '', url);
  }
  t.equal((await http.app.inject({ method: 'HEAD', url: '/api/v1/events' })).statusCode, 200);
  source.show({ ready: notReady });
  t.equal((await http.app.inject({ method: 'HEAD', url: '/readyz' })).statusCode, 503);
});

t.test('incidents of backups are asked for by the name of the backup', async (t) => {
  const backups = [backup(), backup({ name: 'cluster', item: 'schedule/daily' })];
  const { get, source } = setUp(t);
  source.show({ backups });
  for (const name of ['backup/database', 'backup/cluster/schedule/daily'])
    t.equal((await get(`/api/v1/incidents?component=${encodeURIComponent(name)}`)).statusCode, 200, name);
  const reply = await get('/api/v1/incidents?component=database');
  t.match(reply.body, 'known are containerd, kubelet, backup/database, backup/cluster/schedule/daily');
});

t.test('an unknown component is named together with the known ones', async (t) => {
  const { get } = setUp(t);
  for (const url of ['/readyz/etcd', '/healthz/etcd', '/api/v1/incidents?component=etcd']) {
    const reply = await get(url);
    t.equal(reply.statusCode, 404, url);
    t.equal(reply.body, 'unknown component "etcd": known are containerd, kubelet\n', url);
  }
  t.equal((await get('/readyz/%0d%0aX-Evil:%201')).headers['x-evil'], undefined);
  t.equal((await get(`/readyz/${'a'.repeat(500)}`)).statusCode, 400);
  t.equal((await get('/readyz/a/b')).statusCode, 404);
  t.equal((await get('/nothing')).body, '404 page not found\n');
  t.equal((await get('/readyz/%zz')).statusCode, 400);
});

t.test('nothing but reading is allowed', async (t) => {
  const { source, http } = setUp(t);
  for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'] as const) {
    for (const url of ['/readyz', '/api/v1/status', '/api/v1/restart', '/nothing']) {
      const reply = await http.app.inject({ method, url, payload: '{"component":"kubelet"}' });
      t.equal(reply.statusCode, 405, `${method} ${url}`);
      t.equal(reply.headers['allow'], 'GET, HEAD');
    }
  }
  t.same(source.asked, []);
});

t.test('a reading request brings no body', async (t) => {
  const { http } = setUp(t);
  const reply = await http.app.inject({ method: 'GET', url: '/api/v1/status', payload: 'x'.repeat(100) });
  t.equal(reply.statusCode, 413);
});

t.test('the status is the view', async (t) => {
  const { source, get } = setUp(t);
  const reply = await get('/api/v1/status');
  t.equal(reply.headers['content-type'], 'application/json; charset=utf-8');
  t.same(reply.json(), JSON.parse(JSON.stringify(source.view())));
});

t.test('incidents, newest first, by component, id and time', async (t) => {
  const { source, get } = setUp(t);
  source.setIncidents([incident('old', { openedWallMs: 1 }), incident('new', { openedWallMs: 2 })]);
  const ids = (await get('/api/v1/incidents')).json().incidents.map((one: { id: string }) => one.id);
  t.same(ids, ['new', 'old']);
  await get('/api/v1/incidents?component=kubelet&since=2h');
  await get('/api/v1/incidents?since=2023-11-14T00:00:00Z');
  await get('/api/v1/incidents?id=new');
  t.same(source.queries, [
    { component: null, sinceWallMs: 1_699_913_600_000, id: null },
    { component: 'kubelet', sinceWallMs: 1_699_992_800_000, id: null },
    { component: null, sinceWallMs: 1_699_920_000_000, id: null },
    { component: null, sinceWallMs: 0, id: 'new' },
  ]);
  const bad = await get('/api/v1/incidents?since=yesterday');
  t.equal(bad.statusCode, 400);
  t.equal(bad.body, 'since is "yesterday": write a duration such as 24h or an ISO time\n');
  t.equal((await get('/api/v1/incidents?since=1h&since=2h')).statusCode, 400);
});

t.test('the store is read once a second for one question, and not for too many of them', async (t) => {
  const { source, get } = setUp(t);
  await get('/api/v1/incidents');
  await get('/api/v1/incidents');
  t.equal(source.queries.length, 1);
  for (let hours = 1; hours < 20; hours += 1) await get(`/api/v1/incidents?since=${hours}h`);
  const shed = await get('/api/v1/incidents?since=100h');
  t.equal(shed.statusCode, 429);
  t.equal(shed.headers['retry-after'], '1');
  t.equal(source.queries.length, 20);
  source.show({ nowMs: source.view().nowMs + 1_000 });
  t.equal((await get('/api/v1/incidents?since=100h')).statusCode, 200);
  source.tell({ wallMs: 1, transition: { type: 'node.changed', reason: 'node.ready', detail: '' } });
  await get('/api/v1/incidents?since=100h');
  t.equal(source.queries.length, 22);
});

t.test('addresses', async (t) => {
  t.same(parseAddress('0.0.0.0:9745'), { host: '0.0.0.0', port: 9745 });
  t.same(parseAddress('[::1]:80'), { host: '::1', port: 80 });
  t.same(parseAddress(':9745'), { host: '::', port: 9745 });
  for (const bad of ['', '9745', 'host', 'host:', 'host:99999', '::1:80', 'a:b']) {
    t.throws(() => parseAddress(bad), { message: /write HOST:PORT, for example 0\.0\.0\.0:9745/ }, bad);
  }
});

t.test('a taken port is one clear sentence', async (t) => {
  const { http } = setUp(t);
  const port = await http.listen('127.0.0.1:0');
  const { http: second } = setUp(t);
  await t.rejects(second.listen(`127.0.0.1:${port}`), {
    message: `cannot listen on 127.0.0.1:${port}: it is taken; stop who has it, or choose another`,
  });
});
