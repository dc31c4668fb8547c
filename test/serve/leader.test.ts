import t from 'tap';
import { createHttp } from '../../src/serve/http.ts';
import { defaultLimits } from '../../src/serve/limits.ts';
import { createMetrics } from '../../src/serve/metrics.ts';
import { createSidecar } from '../../src/serve/sidecar.ts';
import { freePort } from '../adapters/probe/stage.ts';
import { createStandIn, election } from './stand-in.ts';

const leading = election('boss');
const following = election('boss', { role: 'standby', leading: false, leader: 'b_2', token: 9 });
const blind = election('boss', {
  role: 'standby',
  leading: false,
  leader: '',
  token: null,
  leaderSinceWallMs: null,
  stale: 'election.stale',
});

function serve(elections = [leading]) {
  const source = createStandIn({ elections });
  const http = createHttp(source, createMetrics());
  t.teardown(() => http.close());
  return { source, get: (url: string) => http.app.inject({ url }) };
}

t.test('the leader says so to programs and to load balancers', async (t) => {
  const { get } = serve();
  const reply = await get('/leader/boss');
  t.equal(reply.statusCode, 200);
  t.same(reply.json(), {
    name: 'a_1',
    leader: true,
    since: '2023-11-14T22:13:10.000Z',
    token: 7,
    lastUpdate: '2023-11-14T22:13:19.000Z',
  });
  t.same((await get('/leader')).json(), reply.json(), 'with one election the name may be left out');
  t.match(await get('/lb/leader/boss'), { statusCode: 200, body: 'leader\n' });
});

t.test('a standby names the leader, and takes no traffic', async (t) => {
  const { get } = serve([following]);
  t.match((await get('/leader/boss')).json(), { name: 'b_2', leader: false, token: 9 });
  t.match(await get('/lb/leader/boss'), { statusCode: 503, body: /not the leader/ });
});

t.test('what is stale is a 503 with the reason, and never an old name', async (t) => {
  const { get } = serve([blind]);
  const reply = await get('/leader/boss');
  t.equal(reply.statusCode, 503);
  t.match(reply.json(), { name: '', leader: false, reason: 'election.stale', message: /has not answered/ });
  t.equal((await get('/lb/leader/boss')).statusCode, 503);
});

t.test('an agent that is stopping takes no traffic for its election', async (t) => {
  const { source, get } = serve();
  source.show({ stopping: true });
  t.equal((await get('/lb/leader/boss')).statusCode, 503);
});

t.test('with several elections all are told by name, and unknown names are refused', async (t) => {
  const { get } = serve([leading, election('other')]);
  t.match((await get('/leader')).json(), { elections: { boss: { leader: true }, other: { leader: true } } });
  t.match(await get('/leader/nobody'), {
    statusCode: 404,
    body: 'unknown election "nobody": known are boss, other\n',
  });
  t.match(await serve([]).get('/leader'), { statusCode: 404, body: 'no election is configured\n' });
});

t.test('the sidecar answers any path, with 503 when it does not know, and tells changes on /sse', async (t) => {
  const source = createStandIn({ elections: [following] });
  const address = `127.0.0.1:${await freePort(t)}`;
  const sidecar = createSidecar(source, 'boss', address, defaultLimits);
  await sidecar.listen();
  t.teardown(() => sidecar.close());
  const get = async (path: string) => {
    const response = await fetch(`http://${address}${path}`);
    return { status: response.status, body: await response.json() };
  };
  const known = { name: 'b_2', last_update: '2023-11-14T22:13:19.000Z' };
  for (const path of ['/', '/anything?x=1', '/livez']) t.same(await get(path), { status: 200, body: known }, path);
  const stream = await fetch(`http://${address}/sse`);
  const reader = (stream.body as ReadableStream<Uint8Array>).getReader();
  const event = async () => Buffer.from((await reader.read()).value ?? []).toString('utf8');
  t.equal(await event(), `data: ${JSON.stringify(known)}\n\n`);
  source.show({ elections: [blind] });
  t.match(await get('/'), { status: 503, body: { name: '', reason: 'election.stale' } });
  source.tell({
    wallMs: 0,
    transition: { type: 'election.leader', election: 'boss', leader: '', token: null, reason: 'election.leader-moved' },
  });
  t.match(await event(), /"reason":"election.stale"/);
  await reader.cancel();
});
