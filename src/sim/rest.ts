/**
 * Passes over time in which nothing happens but host samples and looks that say the same again, and gives the very state that turning through it would
 * have given: the same looks at the same times with the same luck (test/sim/rest.test.ts compares the two byte for byte). What it knows of the core's
 * rhythm it takes from the core.
 */
import type { HostSample } from '../core/event.ts';
import { sampleEveryMs } from '../core/mend/host.ts';
import { lookJitter, lookTimeoutMs, periodMs } from '../core/mend/looks.ts';
import type { Observation } from '../core/mend/observation.ts';
import type { ProbePolicy } from '../core/mend/policy.ts';
import { graceMs } from '../core/mend/pressure.ts';
import { readyWakeMs } from '../core/mend/ready.ts';
import type { Component, ProbeState } from '../core/mend/state.ts';
import { nextRandom } from '../core/random.ts';
import type { State } from '../core/state.ts';
import { saveAtLeastEveryMs } from '../publish.ts';
import { quantized } from './agenda.ts';
import type { Looking } from './prober.ts';
import { isRestful, isSame, ownTimeMs, probesLookedAt, repeats, restsUntilMs, type Said } from './restful.ts';

export interface Surroundings {
  readonly lookingAt: (component: Component, probe: string, lane: string) => Looking;
  readonly sample: HostSample;
  readonly sampleMs: number;
  /** When the state was saved last; Infinity while it cannot be. */
  readonly savedAtMs: number;
}

export interface Rested {
  readonly state: State;
  /** When it would have been saved on the way, the last two times: the earlier one has reached the disk by itself. */
  readonly savesAtMs: readonly number[];
  /** Of each probe the last looks, as many as are remembered. */
  readonly looks: readonly { readonly component: string; readonly probe: string; readonly observation: Observation }[];
}

/** The looks of one probe. */
interface Lane {
  readonly component: Component;
  readonly probe: string;
  readonly looking: Looking;
  /** What they all say. */
  readonly said: Said;
  readonly policy: ProbePolicy;
  readonly timeoutMs: number;
  /** When the present run of the unit began, and for how long it is young. */
  readonly beganMs: number | null;
  readonly patientMs: number;
  dueAtMs: number;
  /** When its next look begins, or the one in flight ends. */
  nextMs: number;
  startedAtMs: number | null;
  readonly seen: Observation[];
}

/** Shorter spans are not worth the copying. */
const worthMs = 4_000;
/**
 * So near to the end every moment without a look in flight is remembered as one to stop at, and one such moment in so long a time before: two looks at
 * the same moment, or one that says something else, end the passing over there.
 */
const nearMs = 20_000;

function laneOf(component: Component, probe: string, { node }: State, around: Surroundings): Lane | null {
  const { name, probes } = component.policy;
  const [policy, known] = [probes[probe], component.probes[probe]];
  if (policy === undefined || known === undefined) return null;
  const looking = around.lookingAt(component, probe, `${name}/${probe}`);
  const timeoutMs = lookTimeoutMs(component, policy, node, node.lastStepAtMs);
  const nextMs = quantized(known.dueAtMs);
  return {
    component,
    probe,
    looking,
    said: looking(nextMs, timeoutMs).said,
    policy,
    timeoutMs,
    beganMs: component.unit?.inactiveExitAtMs ?? null,
    patientMs: graceMs(component, node, node.lastStepAtMs),
    dueAtMs: known.dueAtMs,
    nextMs,
    startedAtMs: null,
    seen: [],
  };
}

function lanesOf(state: State, around: Surroundings): Lane[] {
  const { node, components } = state;
  return Object.values(components)
    .flatMap((component) =>
      probesLookedAt(component, node, node.lastStepAtMs).map((probe) => laneOf(component, probe, state, around)),
    )
    .filter((lane) => lane !== null);
}

/** Where one may stop: nothing in flight. */
interface Stop {
  readonly atMs: number;
  readonly seed: number;
  readonly sampledAtMs: number | null;
  readonly sampleDueAtMs: number;
  readonly savesAtMs: readonly number[];
  readonly lanes: readonly { readonly dueAtMs: number; readonly seen: readonly Observation[] }[];
}

interface Course {
  readonly lanes: readonly Lane[];
  seed: number;
  sampleNextMs: number;
  sampling: boolean;
  sampledAtMs: number | null;
  savedAtMs: number;
  savesAtMs: readonly number[];
  inFlight: number;
}

const stopAt = (course: Course, atMs: number): Stop => ({
  atMs,
  seed: course.seed,
  sampledAtMs: course.sampledAtMs,
  sampleDueAtMs: course.sampleNextMs,
  savesAtMs: course.savesAtMs,
  lanes: course.lanes.map(({ dueAtMs, seen }) => ({ dueAtMs, seen: [...seen] })),
});

function sampleOn(course: Course, sampleMs: number): void {
  const atMs = course.sampleNextMs;
  if (course.sampling) {
    course.sampledAtMs = atMs;
    if (atMs - course.savedAtMs >= saveAtLeastEveryMs) {
      course.savedAtMs = atMs;
      course.savesAtMs = [...course.savesAtMs.slice(-1), atMs];
    }
    course.sampleNextMs = atMs + sampleEveryMs;
  } else course.sampleNextMs = quantized(atMs + sampleMs);
  course.inFlight += course.sampling ? -1 : 1;
  course.sampling = !course.sampling;
}

/** Begins or ends the look of a lane; false when it would not say what the others say. */
function lookOn(course: Course, lane: Lane): boolean {
  const atMs = lane.nextMs;
  if (lane.startedAtMs === null) {
    const { said, tookMs } = lane.looking(atMs, lane.timeoutMs);
    if (!isSame(said, lane.said)) return false;
    lane.startedAtMs = atMs;
    lane.nextMs = quantized(atMs + tookMs);
    course.inFlight += 1;
    return true;
  }
  const { verdict, reason, detail } = lane.said;
  const durationMs = atMs - lane.startedAtMs;
  lane.seen.push({ verdict, reason, detail, startedAtMs: lane.startedAtMs, durationMs });
  if (lane.seen.length > lane.component.policy.hang.of) lane.seen.shift();
  const { value, seed } = nextRandom(course.seed);
  course.seed = seed;
  lane.startedAtMs = null;
  const period = periodMs(lane.policy, lane.said, atMs - (lane.beganMs ?? atMs), lane.patientMs);
  lane.dueAtMs = atMs + period * (1 + lookJitter * (2 * value - 1));
  lane.nextMs = quantized(lane.dueAtMs);
  course.inFlight -= 1;
  return true;
}

/** Goes from look to look as far as `untilMs`; the last place to stop at, or null when there is none. */
function follow(course: Course, untilMs: number, sampleMs: number): Stop | null {
  let last: Stop | null = null;
  for (;;) {
    let next: Lane | null = null;
    let atMs = course.sampleNextMs;
    let tie = false;
    for (const lane of course.lanes) {
      if (lane.nextMs === atMs) tie = true;
      if (lane.nextMs < atMs) {
        next = lane;
        atMs = lane.nextMs;
        tie = false;
      }
    }
    // Of two that come at the same moment the order would matter.
    if (tie || atMs >= untilMs) return last;
    if (next === null) sampleOn(course, sampleMs);
    else if (!lookOn(course, next)) return last;
    const due = untilMs - atMs < nearMs || last === null || atMs - last.atMs >= nearMs;
    if (course.inFlight === 0 && due) last = stopAt(course, atMs);
  }
}

function withLooks(component: Component, lanes: readonly Lane[], stop: Stop, ownMs: number): Component {
  const probes: Record<string, ProbeState> = { ...component.probes };
  let wakeAtMs = ownMs;
  for (const [at, lane] of lanes.entries()) {
    const reached = stop.lanes[at];
    const before = probes[lane.probe];
    if (lane.component !== component || reached === undefined || before === undefined) continue;
    const window = [...before.window, ...reached.seen].slice(-component.policy.hang.of);
    const bad = window.some(({ verdict }) => verdict === 'unhealthy') && window.at(-1)?.verdict !== 'healthy';
    const badSinceMs = bad || reached.seen.length === 0 ? before.badSinceMs : null;
    probes[lane.probe] = { ...before, window, badSinceMs, dueAtMs: reached.dueAtMs };
    wakeAtMs = Math.min(wakeAtMs, reached.dueAtMs);
  }
  return { ...component, probes, wakeAtMs: wakeAtMs === Infinity ? null : wakeAtMs };
}

function arrive(state: State, lanes: readonly Lane[], stop: Stop, around: Surroundings): State {
  const components = Object.fromEntries(
    Object.entries(state.components).map(([name, component]) => [
      name,
      withLooks(component, lanes, stop, ownTimeMs(component, state.node)),
    ]),
  );
  const { node } = state;
  const wakes = Object.values(components).map((component) => component.wakeAtMs ?? Infinity);
  return {
    ...state,
    node: {
      ...node,
      seed: stop.seed,
      sample: stop.sampledAtMs === null ? node.sample : { ...around.sample, atMs: stop.sampledAtMs },
      suspendedMs: stop.sampledAtMs === null ? node.suspendedMs : around.sample.suspendedMs,
      sampleDueAtMs: stop.sampleDueAtMs,
      lastStepAtMs: stop.atMs,
      wakeAtMs: Math.min(stop.sampleDueAtMs, node.pause?.untilMs ?? Infinity, readyWakeMs(node) ?? Infinity, ...wakes),
    },
    components,
  };
}

/** The state at a moment shortly before `untilMs`, or null when there is nothing to pass over. `state` must have nothing in flight. */
export function rest(state: State, untilMs: number, around: Surroundings): Rested | null {
  const { node } = state;
  const reachMs = Math.min(untilMs, restsUntilMs(state));
  if (reachMs - node.lastStepAtMs < worthMs || !isRestful(state, around.sample)) return null;
  const lanes = lanesOf(state, around);
  if (!lanes.every(({ component, probe, said }) => repeats(component, probe, said, node))) return null;
  const course: Course = {
    lanes,
    seed: node.seed,
    sampleNextMs: quantized(node.sampleDueAtMs),
    sampling: false,
    sampledAtMs: null,
    savedAtMs: around.savedAtMs,
    savesAtMs: [],
    inFlight: 0,
  };
  const stop = follow(course, reachMs, around.sampleMs);
  if (stop === null) return null;
  const looks = lanes.flatMap(({ component, probe }, at) =>
    (stop.lanes[at]?.seen ?? []).map((observation) => ({ component: component.policy.name, probe, observation })),
  );
  return { state: arrive(state, lanes, stop, around), savesAtMs: stop.savesAtMs, looks };
}
