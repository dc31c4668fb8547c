/**
 * The locks of the virtual world: what a Lease, and what a queue of etcd keys, do with what reaches them, and when. Time is the store's own. Each
 * answers as its adapter would, so the core is tested with both manners: a holder that is judged by those who look, and one that the store ends.
 */
import type { LockAnswer, Sighting, Want } from '../../../src/core/elect/lock.ts';

/** What a candidate's adapter keeps: by it the candidate knows its own writing again, answered or not. */
export interface Mark {
  nonce: string;
}

export interface Question {
  readonly identity: string;
  readonly mark: Mark;
  readonly want: Want;
  readonly over: Sighting | null;
  readonly durationMs: number;
}

export interface LockStore {
  ask(question: Question, nowMs: number): LockAnswer;
}

/** A Lease: optimistic concurrency, and nobody is ever ended by the store. */
export function createLease(): LockStore {
  let revision = 0;
  let nonces = 0;
  let lies: { holder: string; version: string; durationMs: number; token: number; nonce: string } | null = null;

  function sightingFor({ mark }: Question): Sighting | null {
    if (lies === null) return null;
    const { nonce, ...rest } = lies;
    return { ...rest, ours: nonce === mark.nonce && lies.holder !== '', sinceWallMs: null };
  }

  function write(question: Question, holder: string, token: number | null): LockAnswer {
    revision += 1;
    const { durationMs, mark } = question;
    lies = { holder, version: String(revision), durationMs, token: token ?? revision, nonce: mark.nonce };
    return { said: 'held', token: lies.token, version: lies.version };
  }

  return {
    ask: (question) => {
      const { want, over, mark, identity } = question;
      const mine = lies !== null && lies.holder === identity && lies.nonce === mark.nonce;
      if (want === 'look') return { said: 'sighted', sighting: sightingFor(question) };
      if (want === 'claim') {
        if ((lies?.version ?? null) !== (over?.version ?? null))
          return { said: 'refused', sighting: sightingFor(question) };
        nonces += 1;
        mark.nonce = `${identity}-${nonces}`;
        return write(question, identity, null);
      }
      if (want === 'release') {
        if (mine) write(question, '', null);
        return { said: 'released' };
      }
      return mine && lies !== null
        ? write(question, identity, lies.token)
        : { said: 'refused', sighting: sightingFor(question) };
    },
  };
}

/** Keys in the order of their creation, each bound to a lease of its owner's; the first one leads. */
export function createQueue(): LockStore {
  let revision = 0;
  let keys: { identity: string; nonce: string; created: number; untilMs: number }[] = [];

  function place({ identity, mark, durationMs }: Question, nowMs: number): void {
    const known = keys.find((key) => key.nonce === mark.nonce);
    if (known !== undefined) known.untilMs = nowMs + durationMs;
    if (known !== undefined) return;
    revision += 1;
    mark.nonce = `${identity}-${revision}`;
    keys.push({ identity, nonce: mark.nonce, created: revision, untilMs: nowMs + durationMs });
  }

  function first({ mark }: Question): Sighting | null {
    const [key] = keys;
    if (key === undefined) return null;
    const { identity: holder, created: token, nonce } = key;
    return { holder, version: nonce, ours: nonce === mark.nonce, durationMs: null, token, sinceWallMs: null };
  }

  return {
    ask: (question, nowMs) => {
      const { want, mark } = question;
      keys = keys.filter(({ untilMs }) => untilMs > nowMs);
      if (want === 'release') {
        keys = keys.filter(({ nonce }) => nonce !== mark.nonce);
        mark.nonce = '';
        return { said: 'released' };
      }
      const lost = want === 'renew' && !keys.some(({ nonce }) => nonce === mark.nonce);
      if (lost) return { said: 'refused', sighting: first(question) };
      place(question, nowMs);
      const sighting = first(question);
      if (want === 'look') return { said: 'sighted', sighting };
      return sighting?.ours === true
        ? { said: 'held', token: sighting.token ?? 0, version: sighting.version }
        : { said: 'refused', sighting };
    },
  };
}
