/** The lock in etcd against real members with mutual TLS: the contract, and what etcd itself does about holders that are gone. */
import t from 'tap';
import { createEtcdLocks } from '../../src/adapters/etcd/election-lock.ts';
import type { ElectionPolicy } from '../../src/core/elect/policy.ts';
import { holdContract } from '../adapters/locks/contract.ts';
import { createCandidate, policyOn, tokenOf } from '../adapters/locks/stage.ts';
import { createEtcd, tlsFile } from './harness/etcd.ts';
import { skipWithoutLab } from './harness/lab-test.ts';

const limits = { timeout: 120_000, skip: skipWithoutLab() };
const nowhere = 'https://127.0.0.1:1';

t.test('etcd keeps the contract of a lock, and ends a holder that is gone', limits, async (t) => {
  const { access } = await createEtcd(t, { tls: true });
  const kind = createEtcdLocks();
  const policyOf = (identity: string, changes: Partial<typeof access> = {}, more: Partial<ElectionPolicy> = {}) =>
    policyOn({ kind: 'etcd', prefix: '/nodemend/elections/', ...access, ...changes }, identity, more);
  const stand = (...parameters: Parameters<typeof policyOf>) => {
    const candidate = createCandidate(kind, policyOf(...parameters));
    t.teardown(() => candidate.lock.close());
    return candidate;
  };

  await t.test('the contract', async (t) => {
    const { b } = await holdContract(t, kind, policyOf);
    // Its place in the queue is let go of as well.
    await b.ask('release');
  });

  await t.test('a holder that does not renew is ended by etcd, and the next is told', async (t) => {
    const gone = stand('gone', {}, { leaseDurationMs: 3_000 });
    await gone.ask('look');
    const first = tokenOf(await gone.ask('claim'));
    const next = stand('next');
    t.match(await next.ask('look'), { sighting: { holder: 'gone', durationMs: null, token: first } });
    const seen = await next.nextTold();
    t.match(seen, { holder: 'next', ours: true });
    t.ok(tokenOf(await next.ask('claim')) > first);
    t.match(await gone.ask('renew'), { said: 'refused' }, 'and who comes back too late has lost it');
    await next.ask('release');
  });

  await t.test('two of one identity: the second does not stand', async (t) => {
    const one = stand('same');
    await one.ask('look');
    const other = stand('same');
    t.match(await other.ask('look'), { said: 'barred', reason: 'election.identity-in-use' });
    await one.ask('release');
    t.match(await other.ask('look'), { said: 'sighted', sighting: { ours: true } }, 'until the first has gone');
    await other.ask('release');
  });

  await t.test(
    'wrong certificates and an unreachable member have their reasons; another member is asked next',
    async (t) => {
      const denied = { said: 'failed', reason: 'election.denied' };
      t.match(await stand('x', { ca: tlsFile('other-ca.pem') }).ask('look'), denied, 'another authority');
      t.match(await stand('x', { cert: null, key: null }).ask('look'), denied, 'no client certificate');
      t.match(await stand('x', { endpoints: [nowhere] }).ask('look'), {
        said: 'failed',
        reason: 'election.unreachable',
      });
      const second = stand('x', { endpoints: [nowhere, ...access.endpoints] });
      t.match(await second.ask('look'), { said: 'failed' });
      t.match(await second.ask('look'), { said: 'sighted', sighting: { holder: 'x' } });
    },
  );
});
