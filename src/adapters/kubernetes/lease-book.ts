/** What is known of one Lease, from replies and from a watch: the newest, whichever came first. */
import type { Sighting } from '../../core/elect/lock.ts';
import type { KubernetesObject } from './answer.ts';
import { type LeaseRecord, parseLease } from './lease.ts';

/** A claim of ours: by its acquireTime our own writing is known again, even when its answer was lost. */
export interface Claim {
  readonly acquireTime: string;
  /** Once it is known that the claim succeeded. */
  readonly token: number | null;
}

export interface LeaseBook {
  /** Takes an object in, unless a newer one is known. Returns a sentence when it is no election's. */
  note(object: KubernetesObject): string | null;
  /** It was deleted, or there never was one. `version`: of the deletion, if known. */
  noteMissing(version?: string): void;
  record(): LeaseRecord | null;
  object(): KubernetesObject | null;
  sighting(): Sighting | null;
  isOurs(): boolean;
}

export function createLeaseBook(identity: string, claim: () => Claim | null): LeaseBook {
  let object: KubernetesObject | null = null;
  let record: LeaseRecord | null = null;
  /** What is older than this is not believed. */
  let newest = 0;

  const isOurs = (): boolean => {
    const made = claim();
    return record !== null && made !== null && record.holder === identity && record.acquireTime === made.acquireTime;
  };

  return {
    note: (found) => {
      const parsed = parseLease(found);
      if (typeof parsed === 'string') return parsed;
      const version = Number(parsed.resourceVersion);
      if (version < newest) return null;
      newest = version;
      object = found;
      record = parsed;
      return null;
    },
    noteMissing: (version = '0') => {
      if (Number(version) !== 0 && Number(version) < newest) return;
      object = null;
      record = null;
    },
    record: () => record,
    object: () => object,
    isOurs,
    sighting: () => {
      if (record === null) return null;
      const { holder, durationMs, acquireTime, resourceVersion } = record;
      const sinceWallMs = acquireTime === null ? Number.NaN : Date.parse(acquireTime);
      const ours = isOurs();
      return {
        holder,
        version: resourceVersion,
        ours,
        durationMs,
        token: ours ? (claim()?.token ?? record.token) : record.token,
        sinceWallMs: Number.isNaN(sinceWallMs) ? null : sinceWallMs,
      };
    },
  };
}
