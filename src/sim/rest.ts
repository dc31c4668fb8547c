/**
 * Passes over time in which nothing happens but good looks and host samples, and gives the very state that turning through it would have given: the
 * same looks at the same times with the same luck (test/sim/rest.test.ts compares the two byte for byte). What it knows of the core's rhythm it
 * takes from the core.
 */
import type { HostSample } from '../core/event.ts';
import { sampleEveryMs } from '../core/mend/host.ts';
import { lookJitter } from '../core/mend/looks.ts';
import type { Observation } from '../core/mend/observation.ts';
import type { Component, NodeState, ProbeState, State } from '../core/mend/state.ts';
import { nextRandom } from '../core/random.ts';
import { saveAtLeastEveryMs } from '../publish.ts';
import { quantized } from './agenda.ts';
import { isWell, restsUntil } from './restful.ts';

export interface Surroundings {
  /** What a good look says and how long it takes; null when the component would not answer well. */
  readonly look: (
    component: Component,
    probe: string,
    lane: string,
    startedAtMs: number,
  ) => Pick<Observation, 'reason' | 'detail' | 'durationMs'> | null;
  readonly sample: HostSample;
  readonly sampleMs: number;
  /** When the state was saved last. */
  readonly savedAtMs: number;
}

export interface Rested {
  readonly state: State;
  /** When it would have been saved on the way, the last two times: the earlier one has reached the disk by itself. */
  readonly savesAtMs: readonly number[];
}

interface Lane {
  readonly component: number;
  readonly name: string;
  readonly probe: string;
  readonly everyMs: number;
  readonly timeoutMs: number;
  readonly keeps: number;
  dueAtMs: number;
  /** When its next look begins, or the one in flight ends. */
  nextMs: number;
  startedAtMs: number | null;
  readonly seen: Observation[];
}

/** Shorter spans are not worth the copying. */
const worthMs = 20_000;
/**
 * So near to the end every moment without a look in flight is remembered as one to stop at, and one such moment in so long a time before: two looks at
 * the same moment end the passing over there.
 */
const nearMs = 120_000;

function lanesOf(components: readonly Component[], node: NodeState): Lane[] {
  return components.flatMap((component, index) => {
    if (!isWell(component, node)) return [];
    return Object.entries(component.policy.probes)
      .filter(([, { role }]) => role !== 'witness')
      .map(([probe, { everyMs, timeoutMs }]): Lane => {
        const { dueAtMs = 0 } = component.probes[probe] ?? {};
        return {
          component: index,
          name: `${component.policy.name}/${probe}`,
          probe,
          everyMs,
          timeoutMs,
          keeps: component.policy.hang.of,
          dueAtMs,
          nextMs: quantized(dueAtMs),
          startedAtMs: null,
          seen: [],
        };
      });
  });
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

/** Begins or ends the look of a lane; false when it would not be a good one. */
function lookOn(course: Course, lane: Lane, component: Component, around: Surroundings): boolean {
  const atMs = lane.nextMs;
  if (lane.startedAtMs === null) {
    const found = around.look(component, lane.probe, lane.name, atMs);
    if (found === null || found.durationMs > lane.timeoutMs) return false;
    lane.startedAtMs = atMs;
    lane.nextMs = quantized(atMs + found.durationMs);
    course.inFlight += 1;
    return true;
  }
  const found = around.look(component, lane.probe, lane.name, lane.startedAtMs);
  if (found === null) return false;
  const { reason, detail } = found;
  const durationMs = atMs - lane.startedAtMs;
  lane.seen.push({ verdict: 'healthy', reason, detail, startedAtMs: lane.startedAtMs, durationMs });
  if (lane.seen.length > lane.keeps) lane.seen.shift();
  const { value, seed } = nextRandom(course.seed);
  course.seed = seed;
  lane.startedAtMs = null;
  lane.dueAtMs = atMs + lane.everyMs * (1 + lookJitter * (2 * value - 1));
  lane.nextMs = quantized(lane.dueAtMs);
  course.inFlight -= 1;
  return true;
}

/** Goes from look to look as far as `untilMs`; the last place to stop at, or null when there is none. */
function follow(course: Course, components: readonly Component[], untilMs: number, around: Surroundings): Stop | null {
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
    const component = next === null ? undefined : components[next.component];
    if (next === null || component === undefined) sampleOn(course, around.sampleMs);
    else if (!lookOn(course, next, component, around)) return last;
    const due = untilMs - atMs < nearMs || last === null || atMs - last.atMs >= nearMs;
    if (course.inFlight === 0 && due) last = stopAt(course, atMs);
  }
}

function withLooks(component: Component, lanes: readonly Lane[], stop: Stop, index: number): Component {
  const probes: Record<string, ProbeState> = { ...component.probes };
  let wakeAtMs: number | null = null;
  for (const [at, lane] of lanes.entries()) {
    const reached = stop.lanes[at];
    const before = probes[lane.probe];
    if (lane.component !== index || reached === undefined || before === undefined) continue;
    const window = [...before.window, ...reached.seen].slice(-lane.keeps);
    const badSinceMs = reached.seen.length > 0 ? null : before.badSinceMs;
    probes[lane.probe] = { ...before, window, badSinceMs, dueAtMs: reached.dueAtMs };
    wakeAtMs = wakeAtMs === null ? reached.dueAtMs : Math.min(wakeAtMs, reached.dueAtMs);
  }
  return wakeAtMs === null ? component : { ...component, probes, wakeAtMs };
}

function arrive(state: State, lanes: readonly Lane[], stop: Stop, around: Surroundings): State {
  const components = Object.fromEntries(
    Object.entries(state.components).map(([name, component], index) => [
      name,
      withLooks(component, lanes, stop, index),
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
      wakeAtMs: Math.min(stop.sampleDueAtMs, node.pause?.untilMs ?? Infinity, ...wakes),
    },
    components,
  };
}

/** The state at a moment shortly before `untilMs`, or null when there is nothing to pass over. `state` must have nothing in flight. */
export function rest(state: State, untilMs: number, around: Surroundings): Rested | null {
  if (untilMs - state.node.lastStepAtMs < worthMs) return null;
  const reachMs = restsUntil(state, untilMs, around.sample);
  if (reachMs === null || reachMs - state.node.lastStepAtMs < worthMs) return null;
  const components = Object.values(state.components);
  const lanes = lanesOf(components, state.node);
  const course: Course = {
    lanes,
    seed: state.node.seed,
    sampleNextMs: quantized(state.node.sampleDueAtMs),
    sampling: false,
    sampledAtMs: null,
    savedAtMs: around.savedAtMs,
    savesAtMs: [],
    inFlight: 0,
  };
  const stop = follow(course, components, reachMs, around);
  if (stop === null) return null;
  return { state: arrive(state, lanes, stop, around), savesAtMs: stop.savesAtMs };
}
