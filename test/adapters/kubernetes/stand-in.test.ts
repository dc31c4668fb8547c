/** The stand-in against the recordings: what it answers, a real API server 1.36 has answered. */
import t from 'tap';
import { parseObject } from '../../../src/adapters/kubernetes/answer.ts';
import { recorded } from './recorded.ts';
import { openStandIn, type StandIn } from './stand-in.ts';

/** What another server or another day changes. */
const volatile = new Set(['uid', 'creationTimestamp', 'resourceVersion', 'managedFields']);

function lasting(text: string): unknown {
  return JSON.parse(text, (key, value: unknown) => (volatile.has(key) ? undefined : value));
}

async function play(standIn: StandIn, name: string): Promise<{ status: number; type: string; body: string }> {
  const { method, path, token, sent } = recorded(name);
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const response = await fetch(standIn.url + path, { method, headers, ...(sent !== '' && { body: sent }) });
  return {
    status: response.status,
    type: response.headers.get('content-type') ?? '',
    body: await response.text(),
  };
}

t.test('the stand-in answers as the recorded API server did', async (t) => {
  const standIn = await openStandIn();
  t.teardown(() => standIn.close());
  const scheduler = parseObject(recorded('lease-get-scheduler').body) as never;
  const cases = [
    'lease-get-missing-404',
    'lease-create-201',
    'lease-create-exists-409',
    'lease-update-invalid-422',
    'lease-get-bad-token-401',
  ];
  for (const name of [...cases, 'lease-update-200', 'lease-update-stale-409']) {
    const expected = recorded(name);
    if (name === 'lease-update-200') {
      // The recorded one has resourceVersion 2185, as the lease has here after its creation.
      t.equal(standIn.leases()[0]?.metadata.resourceVersion, '2185');
    }
    const seen = await play(standIn, name);
    t.equal(seen.status, expected.status, name);
    t.equal(seen.type, expected.contentType, name);
    t.same(lasting(seen.body), lasting(expected.body), name);
  }
  standIn.put(scheduler);
  t.same(lasting((await play(standIn, 'lease-get-scheduler')).body), lasting(recorded('lease-get-scheduler').body));
  standIn.set('forbid');
  const forbidden = await play(standIn, 'lease-get-forbidden-403');
  t.equal(forbidden.status, 401, 'with a token that it does not know');
  standIn.allow(recorded('lease-get-forbidden-403').token ?? '');
  t.same(
    lasting((await play(standIn, 'lease-get-forbidden-403')).body),
    lasting(recorded('lease-get-forbidden-403').body),
  );
});

t.test('a list has the kind, version and items of a recorded one', async (t) => {
  const standIn = await openStandIn();
  t.teardown(() => standIn.close());
  const list = parseObject(recorded('lease-list').body) as unknown as { items: never[] };
  for (const item of list.items) standIn.put(item);
  t.same(lasting((await play(standIn, 'lease-list')).body), lasting(recorded('lease-list').body));
});

t.test('a watch from too long ago ends with the recorded 410', async (t) => {
  const standIn = await openStandIn({ revision: 2077 });
  t.teardown(() => standIn.close());
  const seen = await play(standIn, 'lease-watch-gone-410');
  t.equal(seen.status, 200);
  t.same(lasting(seen.body), lasting(recorded('lease-watch-gone-410').body));
});

t.test('a watch tells of creation, change and removal as the recorded one does', async (t) => {
  const standIn = await openStandIn();
  t.teardown(() => standIn.close());
  const { path, body } = recorded('lease-watch-stream');
  const headers = { authorization: 'Bearer admintoken' };
  const response = await fetch(standIn.url + path, { headers });
  const expected = body.trim().split('\n');
  await play(standIn, 'lease-create-201');
  await play(standIn, 'lease-update-200');
  standIn.remove('nodemend-reboot');
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk).toString('utf8');
    if (text.split('\n').length > expected.length) break;
  }
  t.same(text.trim().split('\n').map(lasting), expected.map(lasting));
});
