/** What a lock is asked and what it says, whichever kind it is. */
import type { Reason } from '../reason.ts';

/** What lies in the lock. */
export interface Sighting {
  /** Empty: it is free. */
  readonly holder: string;
  /** Differs after every write; compared, never read. */
  readonly version: string;
  /** Written by this very process in what may be a term of its own, although the answer was lost. */
  readonly ours: boolean;
  /** How long the holder wants to be waited for without a change. null: the lock itself ends a holder that is gone. */
  readonly durationMs: number | null;
  readonly token: number | null;
  /** Since when the holder holds it, by the holder's own clock: for showing only. */
  readonly sinceWallMs: number | null;
}

/**
 * look: what lies there, changing nothing that counts. claim: become the holder, if it still lies as in the sighting of `over`. renew: stay it.
 * release: let it go, and all that was put there for us; nothing to do is success.
 */
export type Want = 'look' | 'claim' | 'renew' | 'release';

export type LockAnswer =
  /** null: there is nothing yet. */
  | { readonly said: 'sighted'; readonly sighting: Sighting | null }
  /** Of a claim or a renewal; the token is the term's. */
  | { readonly said: 'held'; readonly token: number; readonly version: string }
  /** It is another's, or was changed meanwhile. */
  | { readonly said: 'refused'; readonly sighting: Sighting | null }
  | { readonly said: 'released' }
  /** It may have happened or not. */
  | { readonly said: 'failed'; readonly reason: Reason; readonly detail: string }
  /** What lies there must not be taken, ever. */
  | { readonly said: 'barred'; readonly reason: Reason; readonly detail: string };
