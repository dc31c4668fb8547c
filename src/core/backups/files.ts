/** The verdict on files. The newest that is large enough counts; a newer one that stays too small tells that the last backup went wrong. */
import type { FilesFound } from './found.ts';
import type { FilesTarget } from './policy.ts';
import { span } from './span.ts';
import type { Judgement } from './state.ts';

/** A small file that was written to since then may still be growing. */
const growingMs = 600_000;
/** A clock may be a little ahead; what is further in the future says nothing of age. */
const aheadMs = 300_000;

export function judgeFiles({ newest, newestWhole }: FilesFound, target: FilesTarget, nowWallMs: number): Judgement {
  const { path, minBytes, maxAgeMs } = target;
  const told = {
    goodWallMs: newestWhole?.wallMs ?? null,
    limitMs: maxAgeMs,
    bytes: newestWhole?.bytes ?? null,
    standstill: null,
  };
  if (newest === null) return { ...told, verdict: 'missing', detail: `no file matches ${path}` };
  const ageMs = nowWallMs - newest.wallMs;
  const isSmall = newest.bytes < minBytes;
  const small = `${newest.path} has ${newest.bytes} bytes, at least ${minBytes} are expected`;
  if (isSmall && (ageMs >= growingMs || newestWhole === null))
    return { ...told, verdict: newestWhole === null && ageMs < growingMs ? 'waiting' : 'small', detail: small };
  const whole = newestWhole ?? newest;
  const wholeAgeMs = nowWallMs - whole.wallMs;
  if (wholeAgeMs < -aheadMs)
    return { ...told, verdict: 'unknown', detail: `${whole.path} is dated ${span(-wholeAgeMs)} in the future` };
  const aged = `${whole.path} is ${span(Math.max(0, wholeAgeMs))} old`;
  if (wholeAgeMs > maxAgeMs)
    return { ...told, verdict: 'stale', detail: `${aged}, at most ${span(maxAgeMs)} are allowed` };
  return { ...told, verdict: 'fresh', detail: aged };
}
