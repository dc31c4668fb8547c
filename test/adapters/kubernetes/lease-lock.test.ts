import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { stringify } from 'yaml';
import { parseObject } from '../../../src/adapters/kubernetes/answer.ts';
import { createLeaseLocks } from '../../../src/adapters/kubernetes/lease-locks.ts';
import type { ElectionPolicy } from '../../../src/core/elect/policy.ts';
import { holdContract } from '../locks/contract.ts';
import { type Candidate, createCandidate, policyOn, tokenOf } from '../locks/stage.ts';
import { makeFolder } from '../probe/stage.ts';
import { recorded } from './recorded.ts';
import { type Lease, openStandIn, type StandIn } from './stand-in.ts';

interface Stage {
  readonly standIn: StandIn;
  readonly candidate: (identity: string, changes?: Partial<ElectionPolicy>) => Candidate;
  readonly policyOf: (identity: string) => ElectionPolicy;
  readonly kind: ReturnType<typeof createLeaseLocks>;
}

async function stage(t: Test, name = 'boss'): Promise<Stage> {
  const standIn = await openStandIn();
  const kind = createLeaseLocks();
  const kubeconfig = join(makeFolder(t), 'kubeconfig');
  const file = {
    'current-context': 'here',
    contexts: [{ name: 'here', context: { cluster: 'here', user: 'here', namespace: 'kube-system' } }],
    clusters: [{ name: 'here', cluster: { server: standIn.url } }],
    users: [{ name: 'here', user: { token: 'admintoken' } }],
  };
  writeFileSync(kubeconfig, stringify(file));
  t.teardown(async () => {
    kind.close();
    await standIn.close();
  });
  const where = { kind: 'kubernetes', kubeconfig, context: null, namespace: null, name } as const;
  const policyOf = (identity: string) => policyOn(where, identity);
  const candidate = (identity: string, changes: Partial<ElectionPolicy> = {}) => {
    const made = createCandidate(kind, { ...policyOf(identity), ...changes });
    t.teardown(() => made.lock.close());
    return made;
  };
  return { standIn, candidate, policyOf, kind };
}

const specOf = (standIn: StandIn): Lease['spec'] => standIn.leases()[0]?.spec ?? {};
const microTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/;

t.test('a Lease keeps the contract of a lock', async (t) => {
  const { kind, policyOf } = await stage(t);
  await holdContract(t, kind, policyOf);
});

t.test('what is written has the fields of a recorded Lease, and no others', async (t) => {
  const { standIn, candidate } = await stage(t, 'nodemend-reboot');
  const a = candidate('worker-1');
  await a.ask('look');
  await a.ask('claim');
  const sent = parseObject(standIn.asked.at(-1)?.body ?? '') as unknown as Lease;
  const { spec: model, ...head } = parseObject(recorded('lease-create-201').sent) as unknown as Lease;
  const { spec, ...sentHead } = sent;
  t.same(sentHead, head);
  t.same(Object.keys(spec), Object.keys(model));
  t.match(spec, {
    holderIdentity: 'worker-1',
    leaseDurationSeconds: 15,
    acquireTime: microTime,
    renewTime: microTime,
    leaseTransitions: 0,
  });
  const began = spec['acquireTime'];
  await a.ask('renew');
  t.match(specOf(standIn), { acquireTime: began, leaseTransitions: 0 });
  await a.ask('release');
  t.match(
    specOf(standIn),
    { holderIdentity: '', leaseDurationSeconds: 1, leaseTransitions: 0 },
    'as client-go lets go',
  );
});

t.test(
  'what client-go wrote is taken over once it is not renewed, and what client-go reads is as it writes it',
  async (t) => {
    const { standIn, candidate } = await stage(t, 'kube-scheduler');
    standIn.put(parseObject(recorded('lease-get-scheduler').body) as unknown as Lease);
    const a = candidate('worker-1');
    t.match(await a.ask('look'), {
      sighting: { holder: 'a_3825d1b3-d809-4e1e-8338-26b0114aec99', ours: false, durationMs: 15_000, token: null },
    });
    tokenOf(await a.ask('claim'));
    t.match(specOf(standIn), { holderIdentity: 'worker-1', leaseTransitions: 1 });
    // client-go takes it back: it writes a spec of its own over the object as it has read it.
    const held = standIn.leases()[0] as Lease;
    const other = { holderIdentity: 'b_1', acquireTime: '2026-11-22T22:30:00.000001Z', leaseTransitions: 2 };
    standIn.put({ ...held, spec: { ...held.spec, ...other } });
    t.match(await a.ask('renew'), { said: 'refused', sighting: { holder: 'b_1', token: null } });
    t.match(await a.ask('release'), { said: 'released' });
    t.match(specOf(standIn), other, 'what is not ours is not let go of');
  },
);

t.test('the others learn the token from the first renewal on', async (t) => {
  const { candidate } = await stage(t);
  const [a, b] = [candidate('a'), candidate('b')];
  await a.ask('look');
  const token = tokenOf(await a.ask('claim'));
  await a.ask('renew');
  t.match(await b.ask('look'), { sighting: { holder: 'a', token } });
});

t.test('a term whose answer was lost is known again as ours', async (t) => {
  const { standIn, candidate } = await stage(t);
  const a = candidate('a');
  await a.ask('look');
  standIn.set('loses-answers');
  t.match(await a.ask('claim'), { said: 'failed', reason: 'election.unreachable' });
  standIn.set('well');
  t.match(await a.ask('look'), { sighting: { holder: 'a', ours: true } });
  const token = tokenOf(await a.ask('claim'));
  standIn.set('loses-answers');
  await a.ask('renew');
  standIn.set('well');
  t.equal(tokenOf(await a.ask('renew')), token, 'and a renewal whose answer was lost');
});

t.test('a label that somebody sets on the Lease costs no leadership, a deletion does', async (t) => {
  const { standIn, candidate } = await stage(t);
  const a = candidate('a');
  await a.ask('look');
  const token = tokenOf(await a.ask('claim'));
  const held = standIn.leases()[0] as Lease;
  standIn.put({ ...held, metadata: { ...held.metadata, labels: { team: 'x' } } });
  t.equal(tokenOf(await a.ask('renew')), token);
  t.match(standIn.leases()[0]?.metadata['labels'], { team: 'x' }, 'and the label stays');
  standIn.remove('boss');
  t.match(await a.ask('renew'), { said: 'refused', sighting: null });
  await a.ask('look');
  t.ok(tokenOf(await a.ask('claim')) > token, 'the token grows over a Lease made anew');
});

t.test('two that claim at the same moment: one has it', async (t) => {
  const { candidate } = await stage(t);
  const both = [candidate('a'), candidate('b')];
  await Promise.all(both.map((one) => one.ask('look')));
  const said = (await Promise.all(both.map((one) => one.ask('claim')))).map((answer) => answer.said);
  t.same(said.sort(), ['held', 'refused']);
});

t.test("what is not an election's is never taken, and nothing is written", async (t) => {
  const list = parseObject(recorded('lease-list').body) as unknown as { items: Lease[] };
  const identity = list.items[0] as Lease;
  const heartbeat = { holderIdentity: 'worker-1', leaseDurationSeconds: 40, renewTime: '2026-11-22T22:00:00.000000Z' };
  const foreign: readonly (readonly [string, Lease, RegExp])[] = [
    ['the identity of an API server', identity, /the identity of an API server/],
    ['a heartbeat', { metadata: { name: 'n', namespace: 'kube-system' }, spec: heartbeat }, /no acquireTime/],
    [
      'a coordinated election',
      { metadata: { name: 'n', namespace: 'kube-system' }, spec: { strategy: 'OldestEmulationVersion' } },
      /coordinated leader election/,
    ],
  ];
  for (const [what, lease, sentence] of foreign) {
    const { standIn, candidate } = await stage(t, lease.metadata.name);
    standIn.put(lease);
    t.match(
      await candidate('a').ask('look'),
      { said: 'barred', reason: 'election.not-an-election', detail: sentence },
      what,
    );
    t.same(
      standIn.asked.filter(({ line }) => !line.startsWith('GET')),
      [],
      what,
    );
  }
});

t.test('each trouble has its reason, and nobody leads by it', async (t) => {
  const { standIn, candidate } = await stage(t);
  const a = candidate('a');
  const moods = {
    forbid: 'election.denied',
    overloaded: 'election.timeout',
    refuse: 'election.unreachable',
    garbage: 'election.unreachable',
  } as const;
  for (const [mood, reason] of Object.entries(moods)) {
    standIn.set(mood as keyof typeof moods);
    t.match(await a.ask('look'), { said: 'failed', reason }, mood);
    t.match(await a.ask('claim'), { said: 'failed' }, mood);
  }
  standIn.set('silent');
  t.match(await a.lock.ask({ want: 'look', over: null, timeoutMs: 200 }), {
    said: 'failed',
    reason: 'election.timeout',
  });
  standIn.set('well');
  standIn.allow('another');
  t.match(await a.ask('look'), { said: 'failed', reason: 'election.denied', detail: 'Unauthorized' });
});
