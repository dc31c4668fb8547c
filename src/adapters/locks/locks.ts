/** The locks of all elections, each opened when it is first asked. What a kind of lock needs is loaded with the first of that kind. */
import type { LockAnswer } from '../../core/elect/lock.ts';
import type { LockPolicy } from '../../core/elect/policy.ts';
import type { Clock, Emit, Locks } from '../../ports.ts';
import type { Lock, LockKind } from './lock.ts';

const kinds: { readonly [Kind in LockPolicy['kind']]: () => Promise<LockKind> } = {
  file: async () => (await import('../file-lock/lock.ts')).fileLocks,
  etcd: async () => (await import('../etcd/election-lock.ts')).createEtcdLocks(),
  kubernetes: async () => (await import('../kubernetes/lease-locks.ts')).createLeaseLocks(),
};

/** A lock keeps its own deadline; whatever it waits for beyond that is not waited for. */
const patienceMs = 500;

interface Opened {
  readonly key: string;
  readonly lock: Promise<Lock>;
}

function within(timeoutMs: number, answered: Promise<LockAnswer>): Promise<LockAnswer> {
  const { promise, resolve } = Promise.withResolvers<LockAnswer>();
  const late: LockAnswer = { said: 'failed', reason: 'election.timeout', detail: `no answer within ${timeoutMs} ms` };
  const timer = setTimeout(resolve, timeoutMs + patienceMs, late);
  const failed = (error: unknown): LockAnswer => ({
    said: 'failed',
    reason: 'election.misconfigured',
    detail: error instanceof Error ? error.message : String(error),
  });
  void answered.catch(failed).then((answer) => {
    clearTimeout(timer);
    resolve(answer);
  });
  return promise;
}

export function createLocks({ clock, emit }: { readonly clock: Clock; readonly emit: Emit }): Locks {
  const opened = new Map<string, Opened>();
  const loaded = new Map<LockPolicy['kind'], Promise<LockKind>>();

  function load(kind: LockPolicy['kind']): Promise<LockKind> {
    const known = loaded.get(kind) ?? kinds[kind]();
    loaded.set(kind, known);
    return known;
  }

  function closeOne(name: string): void {
    const one = opened.get(name);
    opened.delete(name);
    // One that could not be opened has said so to those who asked it.
    void one?.lock.then((lock) => lock.close()).catch(() => undefined);
  }

  return {
    ask: ({ election, policy, want, over, timeoutMs }) => {
      const key = JSON.stringify(policy);
      if (opened.get(election)?.key !== key) closeOne(election);
      const { nowMs, wallMs } = clock;
      const lock =
        opened.get(election)?.lock ??
        load(policy.lock.kind).then(({ open }) =>
          open({
            policy,
            nowMs,
            wallMs,
            sighted: (sighting) => {
              if (opened.get(election)?.key === key) emit({ type: 'lock.sighted', election, sighting });
            },
          }),
        );
      opened.set(election, { key, lock });
      const answered = lock.then((one) => one.ask({ want, over, timeoutMs }));
      // What could not be opened is opened anew the next time.
      lock.catch(() => closeOne(election));
      return within(timeoutMs, answered);
    },
    close: () => {
      for (const name of opened.keys()) closeOne(name);
      for (const kind of loaded.values()) void kind.then((one) => one.close()).catch(() => undefined);
    },
  };
}
