/** What every lock has to do, whichever kind it is. */
import type { Test } from 'tap';
import type { LockKind } from '../../../src/adapters/locks/lock.ts';
import type { ElectionPolicy } from '../../../src/core/elect/policy.ts';
import { type Candidate, createCandidate, tokenOf } from './stage.ts';

export async function holdContract(
  t: Test,
  kind: LockKind,
  policyOf: (identity: string) => ElectionPolicy,
): Promise<{ readonly a: Candidate; readonly b: Candidate }> {
  const [a, b] = ['a', 'b'].map((identity) => createCandidate(kind, policyOf(identity))) as [Candidate, Candidate];
  t.teardown(() => {
    a.lock.close();
    b.lock.close();
  });
  await a.ask('look');
  const first = tokenOf(await a.ask('claim'));
  t.equal(tokenOf(await a.ask('renew')), first, 'a renewal keeps the token');

  t.match(
    await b.ask('look'),
    { said: 'sighted', sighting: { holder: 'a', ours: false } },
    'the other sees the holder',
  );
  t.match(await b.ask('renew'), { said: 'refused' }, 'what is not held cannot be renewed');
  await b.ask('release');
  t.equal(tokenOf(await a.ask('renew')), first, 'a release of what another holds changes nothing');

  await b.ask('look');
  const freed = b.nextTold();
  t.same(await a.ask('release'), { said: 'released' });
  await freed;
  const second = tokenOf(await b.ask('claim'));
  t.ok(second > first, 'a watch tells that it is free, and the token has grown');
  t.match(await a.ask('renew'), { said: 'refused' }, 'who has let go cannot renew');
  await b.ask('release');
  await a.ask('look');
  t.ok(tokenOf(await a.ask('claim')) > second, 'the token grows with every term');
  await a.ask('release');
  return { a, b };
}
