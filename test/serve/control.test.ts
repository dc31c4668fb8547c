import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { createControl } from '../../src/serve/control.ts';
import { createMetrics } from '../../src/serve/metrics.ts';
import { giveToGroup } from '../../src/serve/socket.ts';
import { openRaw } from './raw.ts';
import { createStandIn } from './stand-in.ts';

function directory(t: Test): string {
  const path = mkdtempSync(join(tmpdir(), 'nodemend-'));
  t.teardown(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

function setUp(t: Test) {
  const source = createStandIn();
  const control = createControl(source, createMetrics());
  t.teardown(() => control.close());
  const post = (url: string, payload?: string | object) =>
    control.app.inject({ method: 'POST', url, ...(payload === undefined ? {} : { payload }) });
  return { source, control, post };
}

t.test('requests are checked and put to the agent', async (t) => {
  const { source, post } = setUp(t);
  const reply = await post('/api/v1/pause', { component: 'kubelet', for: '30m', reason: 'upgrade' });
  t.equal(reply.statusCode, 200);
  t.same(reply.json(), { ok: true, message: 'done' });
  t.equal((await post('/api/v1/resume', {})).statusCode, 200);
  t.equal((await post('/api/v1/restart', { component: 'kubelet' })).statusCode, 200);
  t.equal((await post('/api/v1/reload')).statusCode, 200);
  t.same(source.asked, [
    { type: 'pause', component: 'kubelet', forMs: 1_800_000, text: 'upgrade' },
    { type: 'resume', component: null },
    { type: 'restart', component: 'kubelet' },
    { type: 'reload' },
  ]);
});

t.test('what the agent refuses is a conflict with its own words', async (t) => {
  const { source, post } = setUp(t);
  source.setAnswer({ ok: false, message: 'cannot restart kubelet: it is masked' });
  const reply = await post('/api/v1/restart', { component: 'kubelet' });
  t.equal(reply.statusCode, 409);
  t.same(reply.json(), { ok: false, message: 'cannot restart kubelet: it is masked' });
});

t.test('bad input never reaches the agent', async (t) => {
  const { source, control, post } = setUp(t);
  t.equal((await post('/api/v1/restart', { component: 'etcd' })).statusCode, 404);
  t.equal((await post('/api/v1/restart', {})).statusCode, 400);
  t.equal((await post('/api/v1/pause', { for: 'ever', reason: 'x' })).statusCode, 400);
  const json = { 'content-type': 'application/json' };
  const send = (payload: string, headers: Record<string, string>) =>
    control.app.inject({ method: 'POST', url: '/api/v1/pause', payload, headers });
  t.equal((await send('{"for":', json)).statusCode, 400);
  t.equal((await send(`{"reason":"${'x'.repeat(5_000)}"}`, json)).statusCode, 413);
  t.equal((await send('for=30m', { 'content-type': 'application/x-www-form-urlencoded' })).statusCode, 415);
  t.equal((await send('{"__proto__":{"for":"30m"},"reason":"x"}', json)).statusCode, 400);
  t.equal((await post('/api/v1/nothing', {})).statusCode, 405);
  t.equal((await control.app.inject({ method: 'DELETE', url: '/api/v1/pause' })).headers['allow'], 'POST');
  t.same(source.asked, []);
});

t.test('the socket is for its owner and group alone, answers, and goes with the daemon', async (t) => {
  const { control } = setUp(t);
  const path = join(directory(t), 'control.sock');
  const umask = process.umask();
  await control.listen(path);
  t.equal(process.umask(), umask, 'the umask is as before');
  t.equal(statSync(path).mode & 0o7777, 0o660);
  const client = await openRaw({ path });
  client.send('GET /readyz HTTP/1.1\r\nHost: a\r\n\r\n');
  await client.until('\r\n\r\nok');
  client.send('POST /api/v1/reload HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n');
  t.match(await client.until('"message":"done"'), /HTTP\/1\.1 200 OK/);
  await control.close();
  await client.closed();
  t.notOk(existsSync(path));
});

t.test('the socket of a live daemon is left alone', async (t) => {
  const path = join(directory(t), 'control.sock');
  const { control } = setUp(t);
  await control.listen(path);
  const { control: second } = setUp(t);
  await t.rejects(second.listen(path), {
    message: `cannot listen on ${path}: another daemon listens there; stop it first`,
  });
  const client = await openRaw({ path });
  client.send('GET /livez HTTP/1.1\r\nHost: a\r\n\r\n');
  t.ok(await client.until('\r\n\r\nok'), 'the first one still answers');
  client.socket.destroy();
});

t.test('the socket of a dead daemon is replaced', async (t) => {
  const folder = directory(t);
  const path = join(folder, 'control.sock');
  // A socket file that nobody listens on: bound, moved away so that closing does not find it, and moved back.
  const dead = createServer();
  await new Promise<void>((resolve) => dead.listen(join(folder, 'dead.sock'), resolve));
  const { linkSync } = await import('node:fs');
  linkSync(join(folder, 'dead.sock'), path);
  await new Promise((resolve) => dead.close(resolve));
  t.ok(existsSync(path));
  const { control } = setUp(t);
  await control.listen(path);
  const client = await openRaw({ path });
  client.send('GET /livez HTTP/1.1\r\nHost: a\r\n\r\n');
  t.ok(await client.until('\r\n\r\nok'));
  client.socket.destroy();
});

t.test('a file that is no socket is never removed', async (t) => {
  const path = join(directory(t), 'control.sock');
  writeFileSync(path, 'precious');
  const { control } = setUp(t);
  await t.rejects(control.listen(path), { message: /it is no socket; remove it or choose another "socket"$/ });
  t.equal(readFileSync(path, 'utf8'), 'precious');
});

t.test('a directory that does not exist is one clear sentence', async (t) => {
  const path = join(directory(t), 'missing', 'control.sock');
  const { control } = setUp(t);
  await t.rejects(control.listen(path), {
    message: `cannot listen on ${path}: it cannot be made; is this root, and is there such a folder?`,
  });
});

t.test('the group is set where there is one', async (t) => {
  const folder = directory(t);
  const groups = join(folder, 'group');
  const path = join(folder, 'file');
  writeFileSync(path, '');
  writeFileSync(groups, `root:x:0:\nnodemend:x:${process.getgid?.() ?? 0}:someone\n`);
  t.equal(await giveToGroup(path, 'nodemend', groups), null);
  t.equal(await giveToGroup(path, 'nobody-of-that-name', groups), null);
  t.match(
    await giveToGroup(join(folder, 'missing'), 'nodemend', groups),
    /^cannot give .* \(ENOENT\): only root can use it$/,
  );
  t.match(await giveToGroup(path, 'nodemend', join(folder, 'nowhere')), /ENOENT/);
});
