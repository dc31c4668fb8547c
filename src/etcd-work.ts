/**
 * Carries a wish out: looks, takes the one step that comes next, looks again. Each step's intent is on the disk before it is done, and no step is done
 * that was not in the plan that was agreed to. Whoever is killed here and starts again begins with a look, as at every step.
 */
import { nextOf } from './core/etcd/work/next.ts';
import { planOf } from './core/etcd/work/plan.ts';
import type { Scene } from './core/etcd/work/scene.ts';
import { describe, isLocal, type Next, type WorkStep } from './core/etcd/work/steps.ts';
import type { Wish } from './core/etcd/work/wish.ts';

export interface WorkPorts {
  /** Never rejects. */
  look(): Promise<Scene>;
  /** Rejects with a sentence. Doing it twice is no harm. */
  perform(step: WorkStep, scene: Scene): Promise<void>;
  /** Durable when it resolves. */
  note(step: WorkStep, state: 'begun' | 'ended'): Promise<void>;
  /** One at a time in the cluster: resolves to null while it is ours, else to what that waits for. */
  hold(scene: Scene): Promise<string | null>;
  wait(ms: number): Promise<void>;
  nowMs(): number;
  tell(line: string): void;
}

export interface Outcome {
  readonly ok: boolean;
  readonly sentence: string;
  /** What is left to do on other nodes. */
  readonly elsewhere: readonly string[];
}

const pollMs = 1_000;
/** After a step of ours there may be an election, and a member that is started needs its time. */
const settleMs = 30_000;
/** Others may be at the same command at this moment. */
const othersMs = 15_000;
/** The copy of 8 GiB over 1 Gbit/s takes little more than a minute. */
const patienceMs = 600_000;
/** A service that ends again at once is tried so often. */
const mostTimes = 2;

const nameOfStep = (step: WorkStep): string => `${step.do} ${'name' in step ? step.name : ''}`;

/** May come at any time: they take nobody out. */
const harmless: ReadonlySet<WorkStep['do']> = new Set(['snapshot', 'move-leader']);

class Stop extends Error {}

const told = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** `agreed`: the scene whose plan was shown. What it makes never rejects. */
export function createWork(wish: Wish, agreed: Scene, ports: WorkPorts): () => Promise<Outcome> {
  const { steps } = planOf(agreed, wish);
  const allowed = new Set(steps.map(({ step }) => nameOfStep(step)));
  // A member that is started here may need other steps than were foreseen: its service may have come back meanwhile, and made data.
  const startsHere = steps.some(({ step }) => step.do === 'start');
  const times = new Map<string, number>();
  let steppedAtMs: number | null = null;
  let waiting: { readonly what: string; readonly sinceMs: number } | null = null;
  let failing: { readonly step: string; readonly said: string; readonly sinceMs: number } | null = null;

  const sinceStep = (): number => (steppedAtMs === null ? Number.POSITIVE_INFINITY : ports.nowMs() - steppedAtMs);

  async function waitOut(what: string): Promise<void> {
    if (waiting?.what !== what) {
      waiting = { what, sinceMs: ports.nowMs() };
      ports.tell(`waiting for ${what}`);
    }
    if (ports.nowMs() - waiting.sinceMs > patienceMs)
      throw new Stop(`waited ${patienceMs / 60_000} min for ${what}; the same command goes on from here`);
    await ports.wait(pollMs);
  }

  function demandAgreed(step: WorkStep): void {
    const name = nameOfStep(step);
    if (!allowed.has(name) && !harmless.has(step.do) && !(startsHere && isLocal(step)))
      throw new Stop(`"${describe(step)}" was not in the plan: the cluster changed meanwhile; look at the plan again`);
    const before = times.get(name) ?? 0;
    if (before === mostTimes && failing?.step !== name)
      throw new Stop(`"${describe(step)}" was done ${before} times and did not last`);
    times.set(name, before + 1);
  }

  /** What goes through the cluster may fail while it settles; what fails on this node fails again. */
  async function failed(step: WorkStep, error: unknown): Promise<void> {
    const name = nameOfStep(step);
    const said = told(error);
    const sinceMs = failing?.step === name ? failing.sinceMs : ports.nowMs();
    if (isLocal(step) || ports.nowMs() - sinceMs > settleMs) throw new Stop(`cannot ${describe(step)}: ${said}`);
    if (failing?.step !== name || failing.said !== said) ports.tell(`not yet: ${said}`);
    failing = { step: name, said, sinceMs };
    // It may have been done all the same.
    steppedAtMs = ports.nowMs();
    await ports.wait(pollMs);
  }

  async function take(step: WorkStep, scene: Scene): Promise<void> {
    demandAgreed(step);
    if (failing?.step !== nameOfStep(step)) ports.tell(describe(step));
    await ports.note(step, 'begun');
    try {
      await ports.perform(step, scene);
    } catch (error) {
      await failed(step, error);
      return;
    }
    await ports.note(step, 'ended');
    failing = null;
    waiting = null;
    steppedAtMs = ports.nowMs();
  }

  /** null while it goes on. */
  async function turn(next: Next, scene: Scene): Promise<Outcome | null> {
    switch (next.is) {
      case 'done':
        return { ok: true, sentence: next.what, elsewhere: [] };
      case 'refused':
        if (sinceStep() > settleMs) return { ok: false, sentence: next.why, elsewhere: [] };
        await ports.wait(pollMs);
        return null;
      case 'elsewhere':
        if (!next.awaited || sinceStep() > othersMs) return { ok: true, sentence: 'done here', elsewhere: next.what };
        await ports.wait(pollMs);
        return null;
      case 'wait':
        await waitOut(next.what);
        return null;
      case 'step': {
        const awaited = await ports.hold(scene);
        if (awaited === null) await take(next.step, scene);
        else await waitOut(awaited);
        return null;
      }
    }
  }

  return async () => {
    try {
      for (;;) {
        const scene = await ports.look();
        const outcome = await turn(nextOf(scene, wish), scene);
        if (outcome !== null) return outcome;
      }
    } catch (error) {
      return { ok: false, sentence: told(error), elsewhere: [] };
    }
  };
}
