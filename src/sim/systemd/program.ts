/** What runs inside a unit, and what ails it. Knows nothing of systemd: how it behaves when it is started, asked to end, killed and looked at. */
import type { Verdict } from '../../core/mend/observation.ts';
import type { Reason } from '../../core/reason.ts';

export interface ProgramFacts {
  /** From exec to READY=1. */
  readonly readyAfterMs: number;
  /** From SIGTERM to its end. */
  readonly endsAfterMs: number;
  /** How long it takes to answer a look. */
  readonly answersInMs: number;
  /** Units it cannot answer without. */
  readonly leansOn: readonly string[];
}

/** What ails the unit: it stays through restarts until it is healed. */
export interface UnitAilments {
  startFails: boolean;
  startHangs: boolean;
  startTakesMs: number | null;
  unkillable: boolean;
  crashesAfterMs: number | null;
  sick: boolean;
  slowByMs: number;
  unseeable: boolean;
  /** After a start it answers for so long that it is still initializing. */
  initializesMs: number;
}

/** What ails the process: it goes with it. */
export interface ProcessAilments {
  /** By SIGSTOP or a frozen control group: it does not run. */
  frozen: boolean;
  /** It runs and does nothing any more. */
  deadlocked: boolean;
  sick: boolean;
  socketGone: boolean;
}

export const noUnitAilments = (): UnitAilments => ({
  startFails: false,
  startHangs: false,
  startTakesMs: null,
  unkillable: false,
  crashesAfterMs: null,
  sick: false,
  slowByMs: 0,
  unseeable: false,
  initializesMs: 0,
});

export const noProcessAilments = (): ProcessAilments => ({
  frozen: false,
  deadlocked: false,
  sick: false,
  socketGone: false,
});

export interface Answer {
  readonly verdict: Verdict;
  readonly reason: Reason;
  readonly detail: string;
  /** null: there is no answer, however long one waits. */
  readonly tookMs: number | null;
}

/** Healthy programs say alarming things too; nothing may ever be concluded from the words (S14). */
const wellSaid = 'ok; last error: transport is closing, retrying after panic in plugin';

export const silent: Answer = { verdict: 'unhealthy', reason: 'probe.timeout', detail: 'no reply', tookMs: null };
const refused: Answer = { verdict: 'unhealthy', reason: 'probe.refused', detail: 'connection refused', tookMs: 1 };
const denied: Answer = { verdict: 'unknown', reason: 'probe.denied', detail: 'permission denied', tookMs: 1 };
const noSocket: Answer = { verdict: 'unhealthy', reason: 'probe.no-socket', detail: 'no such file', tookMs: 1 };

/** `process`: null while none accepts connections. `runsForMs`: since it was ready. `leaning`: whether what it leans on answers. */
export function answerOf(
  facts: ProgramFacts,
  unit: UnitAilments,
  process: ProcessAilments | null,
  runsForMs: number,
  leaning: boolean,
): Answer {
  if (unit.unseeable) return denied;
  if (process === null) return refused;
  if (process.socketGone) return noSocket;
  if (process.frozen || process.deadlocked || unit.unkillable) return silent;
  const tookMs = facts.answersInMs + unit.slowByMs;
  if (runsForMs < unit.initializesMs)
    return { verdict: 'unknown', reason: 'probe.initializing', detail: 'server is not initialized yet', tookMs };
  if (unit.sick || process.sick || !leaning)
    return { verdict: 'unhealthy', reason: 'probe.http-status', detail: 'status 500', tookMs };
  return { verdict: 'healthy', reason: 'probe.ok', detail: wellSaid, tookMs };
}

/** What is seen of its main process in /proc. */
export function processAnswerOf(unit: UnitAilments, process: ProcessAilments | null): Answer {
  if (process === null)
    return { verdict: 'unknown', reason: 'probe.failed', detail: 'there is no main process', tookMs: 1 };
  if (process.frozen || unit.unkillable)
    return { verdict: 'unhealthy', reason: 'probe.stopped', detail: 'the process does not run', tookMs: 1 };
  return { verdict: 'healthy', reason: 'probe.ok', detail: 'the process sleeps (S)', tookMs: 1 };
}
