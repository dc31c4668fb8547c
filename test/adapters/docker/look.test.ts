import { join } from 'node:path';
import t, { type Test } from 'tap';
import { createDockerLook } from '../../../src/adapters/docker/look.ts';
import { createPeer, lookOnce, makeFolder, plentyMs, recordedReply, shortMs } from '../probe/stage.ts';

const first = '93cb49f5f969fd92d1b64f24351e1a6ac8b9290200e43ff7174a3d96383046dc';
const second = 'baae72b4e97f39c3a42fdbb1dece5a54d956f4a465e1ecb19ce74df2dea4f3f7';

/** What a path is answered with; null: nothing, for ever. */
type Replies = Readonly<Record<string, string | null>>;

const recorded: Replies = {
  '/_ping': recordedReply('docker-26/ping.http'),
  '/version': recordedReply('docker-26/version.http'),
  '/containers/json': recordedReply('docker-26/containers.http'),
  [`/containers/${first}/json`]: recordedReply('docker-26/inspect.http'),
  [`/containers/${second}/json`]: recordedReply('docker-26/inspect.http'),
};

const page = (status: string, body: string): string =>
  `HTTP/1.1 ${status}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`;

/** A dockerd that gives recorded replies, or what stands in their place, and a look at it. */
async function stage(t: Test, instead: Replies = {}) {
  const socket = join(makeFolder(t), 'docker.sock');
  const replies = { ...recorded, ...instead };
  const asked: string[] = [];
  const peer = await createPeer(
    t,
    (connection) => {
      connection.once('data', (data: Buffer) => {
        const path = data.toString('latin1').split(' ')[1] ?? '';
        asked.push(path);
        const reply = replies[path];
        if (reply !== null) connection.end(reply ?? page('404 Not Found', '{"message":"page not found"}'));
      });
    },
    socket,
  );
  const look = createDockerLook();
  return {
    asked,
    peer,
    lookAt: (what: 'ping' | 'version' | 'inspect', timeoutMs = plentyMs, toldMs = timeoutMs) =>
      lookOnce((context) => look({ kind: 'docker', socket, look: what }, { ...context, timeoutMs: toldMs }), timeoutMs),
  };
}

const replyAll = (reply: string): Replies => Object.fromEntries(Object.keys(recorded).map((path) => [path, reply]));

t.test('recorded replies of a dockerd', async (t) => {
  const { lookAt, asked } = await stage(t);
  t.match(await lookAt('ping'), { verdict: 'healthy', reason: 'probe.ok', detail: '200 OK' });
  t.match(await lookAt('version'), { verdict: 'healthy', reason: 'probe.ok', detail: 'docker 26.1.5+dfsg1' });
  t.same(asked, ['/_ping', '/version']);
});

t.test('inspect takes one container after another, round and round', async (t) => {
  const { lookAt, asked } = await stage(t);
  for (const short of ['93cb49f5f969', 'baae72b4e97f', '93cb49f5f969'])
    t.match(await lookAt('inspect'), { verdict: 'healthy', detail: `2 containers; ${short} answers` });
  t.same(asked, [
    '/containers/json',
    `/containers/${first}/json`,
    '/containers/json',
    `/containers/${second}/json`,
    '/containers/json',
    `/containers/${first}/json`,
  ]);
});

t.test('a container that does not answer an inspect is named, and the next look takes the next one', async (t) => {
  const { lookAt, peer } = await stage(t, { [`/containers/${first}/json`]: null });
  t.match(await lookAt('inspect', plentyMs, 1_000), {
    verdict: 'unhealthy',
    reason: 'probe.container-hung',
    detail: `container ${first} does not answer an inspect`,
  });
  t.match(await lookAt('inspect'), { verdict: 'healthy', detail: '2 containers; baae72b4e97f answers' });
  await peer.until(() => peer.open() === 0);
});

t.test('a container that was removed since it was listed is no trouble', async (t) => {
  const gone = recordedReply('docker-26/inspect-missing.http');
  const { lookAt } = await stage(t, { [`/containers/${first}/json`]: gone });
  t.match(await lookAt('inspect'), { verdict: 'healthy' });
});

t.test('no containers', async (t) => {
  const { lookAt } = await stage(t, { '/containers/json': page('200 OK', '[]') });
  t.match(await lookAt('inspect'), { verdict: 'healthy', detail: 'no container is running' });
});

t.test('what a container is told is never shown', async (t) => {
  const secret = page('500 Internal Server Error', '{"message":"driver failed"}');
  const { lookAt } = await stage(t, { [`/containers/${second}/json`]: secret });
  t.notMatch(JSON.stringify(await lookAt('inspect')), /PATH=/);
  t.match(await lookAt('inspect'), {
    verdict: 'unhealthy',
    reason: 'probe.http-status',
    detail: '500 Internal Server Error: {"message":"driver failed"} (expected 200, 404)',
  });
});

for (const what of ['ping', 'version', 'inspect'] as const) {
  t.test(`${what}: every class of answer`, async (t) => {
    const lookAtReply = async (reply: string) => (await stage(t, replyAll(reply))).lookAt(what);
    t.match(await lookAtReply(page('500 Internal Server Error', 'broken')), {
      verdict: 'unhealthy',
      reason: 'probe.http-status',
      detail: /^500 Internal Server Error: broken/,
    });
    t.match(await lookAtReply(page('404 Not Found', '')), { verdict: 'unhealthy', reason: 'probe.http-status' });
    t.match(await lookAtReply(page('403 Forbidden', '')), { verdict: 'unknown', reason: 'probe.denied' }, 'a plugin');
    t.match(await lookAtReply(page('200 OK', 'hello')), { verdict: 'unhealthy', reason: 'probe.bad-reply' });
    t.match(await lookAtReply(page('200 OK', '{}')), { verdict: 'unhealthy', reason: 'probe.bad-reply' });
    const { lookAt, peer } = await stage(t, { '/_ping': null, '/version': null, '/containers/json': null });
    t.match(await lookAt(what, shortMs), { verdict: 'unhealthy', reason: 'probe.timeout' });
    await peer.until(() => peer.open() === 0);
  });
}

t.test('a list that is none is told from one', async (t) => {
  for (const body of ['{"Id":1}', '[1]', '[{}]', '[{"Id":"../../v1.45/info"}]', '[{"Id":""}]', 'null']) {
    const { lookAt, asked } = await stage(t, { '/containers/json': page('200 OK', body) });
    t.match(await lookAt('inspect'), { verdict: 'unhealthy', reason: 'probe.bad-reply' }, body);
    t.same(asked, ['/containers/json'], 'no id of it becomes a path');
  }
});

t.test('a reply larger than we take says nothing of dockerd', async (t) => {
  const { lookAt } = await stage(t, { '/containers/json': page('200 OK', ' '.repeat(5 * 1024 * 1024)) });
  t.match(await lookAt('inspect'), { verdict: 'unknown', reason: 'probe.failed', detail: /larger than/ });
});
