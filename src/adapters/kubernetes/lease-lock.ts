/**
 * A lock in a Lease, by client-go's protocol: every write goes by the resourceVersion that was read, so it succeeds over nothing else; either side can
 * take over from the other. Beside the looks a watch tells of changes while this one does not lead.
 */
import type { LockAnswer } from '../../core/elect/lock.ts';
import type { Lock, LockParts, Question } from '../locks/lock.ts';
import type { Answer, Failure, Trouble } from './answer.ts';
import type { KubernetesClient } from './client.ts';
import { type LeaseSpec, microTime, newLease, withSpec } from './lease.ts';
import { type Claim, createLeaseBook } from './lease-book.ts';
import { leases, pathOf } from './reference.ts';

const reasons = {
  access: 'election.misconfigured',
  unreachable: 'election.unreachable',
  timeout: 'election.timeout',
  tls: 'election.denied',
  unauthorized: 'election.denied',
  forbidden: 'election.denied',
  missing: 'election.misconfigured',
  exists: 'election.unreachable',
  conflict: 'election.unreachable',
  gone: 'election.unreachable',
  invalid: 'election.misconfigured',
  busy: 'election.timeout',
  'bad-reply': 'election.unreachable',
} as const satisfies Record<Trouble, string>;

const failed = ({ trouble, message }: Failure): LockAnswer => ({
  said: 'failed',
  reason: reasons[trouble],
  detail: message,
});

export function openLeaseLock({ policy, wallMs, nowMs, sighted }: LockParts, client: KubernetesClient): Lock {
  if (policy.lock.kind !== 'kubernetes') throw new Error('this is no lock in a Lease');
  const { name, namespace: wanted } = policy.lock;
  const { identity, leaseDurationMs } = policy;
  let claim: Claim | null = null;
  let namespace: string | null = null;
  let watching: AbortController | null = null;
  const book = createLeaseBook(identity, () => claim);

  const where = async (): Promise<string> => {
    namespace ??= wanted ?? (await client.namespace()) ?? 'default';
    return namespace;
  };

  function specNow(changes: Partial<LeaseSpec>): LeaseSpec {
    // The microseconds that the clock does not have tell apart two claims within the same millisecond.
    const time = microTime(wallMs(), Math.floor(Math.random() * 1_000));
    return {
      holderIdentity: identity,
      leaseDurationSeconds: Math.ceil(leaseDurationMs / 1_000),
      acquireTime: time,
      renewTime: time,
      leaseTransitions: book.record()?.transitions ?? 0,
      ...changes,
    };
  }

  /** Reads it anew; null when that went well. */
  async function read(leftMs: number): Promise<LockAnswer | null> {
    const answer = await client.get(pathOf(leases, await where(), name), leftMs);
    if (!answer.ok && answer.trouble === 'missing') book.noteMissing();
    else if (!answer.ok) return failed(answer);
    const flaw = answer.ok ? book.note(answer.object) : null;
    return flaw === null ? null : { said: 'barred', reason: 'election.not-an-election', detail: flaw };
  }

  const refused = (): LockAnswer => ({ said: 'refused', sighting: book.sighting() });

  async function claimIt(question: Question, leftMs: () => number): Promise<LockAnswer> {
    const record = book.record();
    if ((record?.resourceVersion ?? null) !== (question.over?.version ?? null)) return refused();
    const spec = specNow(record === null ? {} : { leaseTransitions: record.transitions + 1 });
    claim = { acquireTime: spec.acquireTime, token: null };
    const inside = await where();
    const object = book.object();
    const answer =
      object === null
        ? await client.create(pathOf(leases, inside), newLease(inside, name, spec), leftMs())
        : await client.replace(pathOf(leases, inside, name), withSpec(object, spec, null), leftMs());
    if (answer.ok) return held(answer);
    if (
      answer.trouble !== 'conflict' &&
      answer.trouble !== 'exists' &&
      !(answer.trouble === 'missing' && object !== null)
    )
      return failed(answer);
    return (await read(leftMs())) ?? refused();
  }

  function held(answer: Answer & { ok: true }): LockAnswer {
    const flaw = book.note(answer.object);
    const record = book.record();
    if (flaw !== null || record === null || claim === null || !book.isOurs())
      return { said: 'failed', reason: 'election.unreachable', detail: flaw ?? 'the reply shows another holder' };
    // Of a claim whose answer was lost the token is a later resourceVersion of the same term: no other term has one as high.
    const token = claim.token ?? Number(record.resourceVersion);
    claim = { ...claim, token };
    unwatch();
    return { said: 'held', token, version: record.resourceVersion };
  }

  async function writeOurs(spec: () => LeaseSpec, timeoutMs: number): Promise<Answer | null> {
    const object = book.object();
    if (object === null || claim === null || !book.isOurs()) return null;
    return client.replace(pathOf(leases, await where(), name), withSpec(object, spec(), claim.token), timeoutMs);
  }

  /** By what is cached; when somebody has changed it meanwhile (a label, say), once more by what is read. */
  async function change(spec: () => LeaseSpec, leftMs: () => number): Promise<Answer | LockAnswer | null> {
    const first = await writeOurs(spec, leftMs());
    if (first !== null && (first.ok || first.trouble !== 'conflict')) return first;
    return (await read(leftMs())) ?? (await writeOurs(spec, leftMs()));
  }

  const kept = (): Partial<LeaseSpec> => ({ acquireTime: claim?.acquireTime ?? microTime(wallMs()) });

  async function renew(leftMs: () => number): Promise<LockAnswer> {
    const answer = await change(() => specNow(kept()), leftMs);
    if (answer === null) return refused();
    if ('said' in answer) return answer;
    if (answer.ok) return held(answer);
    if (answer.trouble === 'missing') book.noteMissing();
    return answer.trouble === 'conflict' || answer.trouble === 'missing' ? refused() : failed(answer);
  }

  async function release(leftMs: () => number): Promise<LockAnswer> {
    unwatch();
    if (claim === null) return { said: 'released' };
    // As client-go releases: no holder, and nobody has to wait.
    const answer = await change(() => specNow({ holderIdentity: '', leaseDurationSeconds: 1 }), leftMs);
    if (answer !== null && 'said' in answer) return answer;
    if (answer?.ok === true) book.note(answer.object);
    claim = null;
    return answer === null || answer.ok || answer.trouble === 'conflict' || answer.trouble === 'missing'
      ? { said: 'released' }
      : failed(answer);
  }

  function unwatch(): void {
    watching?.abort();
    watching = null;
  }

  /** It ends by itself sooner or later; the next look opens another. */
  async function watchOn(): Promise<void> {
    if (watching !== null) return;
    const mine = new AbortController();
    watching = mine;
    const query = `?fieldSelector=metadata.name%3D${encodeURIComponent(name)}&resourceVersion=${book.record()?.resourceVersion ?? 0}`;
    const path = `${pathOf(leases, await where())}${query}`;
    await client.watch(
      path,
      ({ type, object }) => {
        if (mine.signal.aborted || type === 'BOOKMARK') return;
        const before = book.record()?.resourceVersion;
        if (type === 'DELETED')
          book.noteMissing((object as { metadata?: { resourceVersion?: string } }).metadata?.resourceVersion);
        // One that is no election's is told of by the next look.
        else if (book.note(object) !== null) return;
        if (book.record()?.resourceVersion !== before) sighted(book.sighting());
      },
      mine.signal,
    );
    if (watching === mine) watching = null;
  }

  async function look(leftMs: () => number): Promise<LockAnswer> {
    const trouble = await read(leftMs());
    if (trouble !== null) return trouble;
    void watchOn();
    return { said: 'sighted', sighting: book.sighting() };
  }

  return {
    ask: async (question) => {
      const untilMs = nowMs() + question.timeoutMs;
      const leftMs = (): number => Math.max(1, untilMs - nowMs());
      if (question.want === 'look') return look(leftMs);
      if (question.want === 'claim') return claimIt(question, leftMs);
      return question.want === 'renew' ? renew(leftMs) : release(leftMs);
    },
    close: unwatch,
  };
}
