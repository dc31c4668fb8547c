/**
 * One look at a time per lane, each with a hard deadline. INVARIANTS: the answer comes at the deadline and a little, whatever the look
 * does; a look that has not come back keeps its lane; when our own timers were late nothing bad is concluded (S4, S13).
 */
import type { Observation } from '../../core/mend/observation.ts';
import type { Clock } from '../../ports.ts';
import { cleanDetail } from './detail.ts';
import { type Finding, finding, findingOfError } from './finding.ts';

/** So late may our own timer be before the look is discarded. */
const lateMs = 1_000;

/** Every look is aborted at its end. One reason for all: Node's own for each, with its stack, costs more than many a look. */
const over = new Error('the look is over');

/** A look: what it resolves to is its finding, unless it has told one before; until it has ended it keeps its lane. */
export type Work = (signal: AbortSignal, tell: (found: Finding) => void) => Promise<Finding>;

export interface Lanes {
  /** Never rejects. */
  run(lane: string, timeoutMs: number, work: Work): Promise<Observation>;
  /** Aborts what is under way and resolves when it has ended, or after `patienceMs`. */
  close(patienceMs: number): Promise<void>;
}

interface Flight {
  readonly startedAtMs: number;
  readonly abort: AbortController;
  readonly gone: Promise<void>;
}

/** Resolves after what the kernel holds ready for us has been read: a reply that is there counts, however late our timer came. */
const afterPolling = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export function createLanes(clock: Pick<Clock, 'nowMs'>): Lanes {
  const flights = new Map<string, Flight>();

  function observe(found: Finding, startedAtMs: number): Observation {
    const { verdict, reason, detail } = found;
    const durationMs = Math.max(0, clock.nowMs() - startedAtMs);
    return { verdict, reason, detail: cleanDetail(detail), startedAtMs, durationMs };
  }

  function judge(found: Finding, startedAtMs: number, timeoutMs: number): Observation {
    const overMs = clock.nowMs() - startedAtMs - timeoutMs;
    const late = found.verdict === 'unhealthy' && overMs > lateMs;
    const told = late ? finding('probe.late', `the deadline was served ${Math.round(overMs)} ms late`) : found;
    return observe(told, startedAtMs);
  }

  async function fly(lane: string, timeoutMs: number, work: Work) {
    const startedAtMs = clock.nowMs();
    const abort = new AbortController();
    const { promise: told, resolve: answered } = Promise.withResolvers<void>();
    const late = finding('probe.timeout', `no reply within ${timeoutMs} ms`);
    let answer: Finding | null = null;
    const tell = (found: Finding): void => {
      answer ??= found;
      answered();
    };
    const worked = Promise.resolve()
      .then(() => work(abort.signal, tell))
      .catch((error: unknown) => (abort.signal.aborted ? late : findingOfError(error)))
      .then(tell);
    const flight: Flight = {
      startedAtMs,
      abort,
      gone: worked.then(() => {
        flights.delete(lane);
      }),
    };
    flights.set(lane, flight);
    const { passed, stop } = deadline(timeoutMs);
    await Promise.race([flight.gone, told, passed]);
    stop();
    // Told to end, a look may still say why it was not able to look. That it was given up is no such reason.
    abort.abort(over);
    if (answer === null) await afterPolling();
    return judge(answer ?? late, startedAtMs, timeoutMs);
  }

  return {
    run: async (lane, timeoutMs, work) => {
      const earlier = flights.get(lane);
      if (earlier === undefined) return fly(lane, timeoutMs, work);
      const nowMs = clock.nowMs();
      const ageMs = Math.round(nowMs - earlier.startedAtMs);
      return observe(finding('probe.stuck', `a look begun ${ageMs} ms ago is still under way`), nowMs);
    },
    close: async (patienceMs) => {
      const under = [...flights.values()];
      for (const { abort } of under) abort.abort(over);
      const { passed, stop } = deadline(patienceMs);
      await Promise.race([Promise.all(under.map(({ gone }) => gone)), passed]);
      stop();
    },
  };
}

function deadline(ms: number): { readonly passed: Promise<void>; readonly stop: () => void } {
  let stop = (): void => undefined;
  const passed = new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms);
    stop = () => clearTimeout(timer);
  });
  return { passed, stop };
}
