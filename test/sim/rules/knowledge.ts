/**
 * What the agent has been told, kept apart from the core's own state: the rules judge by this and by the truth of the world, never by what the core
 * believes.
 */
import type { Event, HostSample, StoreHealth } from '../../../src/core/event.ts';
import type { Observation } from '../../../src/core/mend/observation.ts';
import type { ComponentPolicy } from '../../../src/core/mend/policy.ts';
import type { Unit } from '../../../src/core/mend/unit.ts';

/** A restart that counts: `atMs` on the world's agenda, so that it outlives boots. */
export interface Spending {
  readonly atMs: number;
  readonly own: boolean;
}

export interface Part {
  policy: ComponentPolicy;
  unit: Unit | null;
  /** Told since the bus was connected last. */
  seen: boolean;
  job: { readonly id: number; readonly atMs: number } | null;
  /** By probe, newest last. */
  readonly looks: Map<string, Observation[]>;
  /** Since when looks count: a run's begin, the end of a gap, the agent's start, the last moment at which a dependency was bad. */
  readonly from: { runMs: number; gapMs: number; lifeMs: number; heldMs: number };
  pausedUntilMs: number;
  asked: boolean;
  spent: Spending[];
  /** Agenda time of the last action, and how much was spent with it. */
  lastOwn: { readonly atMs: number; readonly spent: number } | null;
  /** The action that has not ended yet, and the invocation it was aimed at. */
  open: {
    readonly id: string;
    readonly remedy: string;
    readonly invocation: string;
    readonly disruptive: boolean;
  } | null;
}

export interface Knowledge {
  /** Units that nobody wants up: stopped by an operator or a package's script, or not started at boot, and not asked for since. */
  readonly unwanted: Set<string>;
  /** Those among them that nobody stopped: they were disabled while they were down. Enabled again they are wanted again. */
  readonly givenUp: Set<string>;
  /** Units that nobody can know to be wanted or not; the agent may start them as well as call them stopped. */
  readonly undecided: Set<string>;
  /** Units whose end the agent saw so late that nothing was left of what took them down. */
  readonly traceless: Set<string>;
  readonly parts: Map<string, Part>;
  agendaMs: number;
  nowMs: number;
  connected: boolean;
  shuttingDown: boolean;
  pausedUntilMs: number;
  sample: (HostSample & { readonly atMs: number }) | null;
  /** As the last sample had it; null in a new life of the agent. */
  suspendedMs: number | null;
  upgradeSinceMs: number | null;
  store: StoreHealth;
  /** Agenda time until which budgets are conservative, because state was lost. */
  forgetfulUntilMs: number;
}

const keptLooks = 24;
export const gapMs = 2_000;
const forgetfulMs = 24 * 3_600_000;

export const createKnowledge = (): Knowledge => ({
  unwanted: new Set(),
  givenUp: new Set(),
  undecided: new Set(),
  traceless: new Set(),
  parts: new Map(),
  agendaMs: 0,
  nowMs: 0,
  connected: false,
  shuttingDown: false,
  pausedUntilMs: 0,
  sample: null,
  suspendedMs: null,
  upgradeSinceMs: null,
  store: 'fresh',
  forgetfulUntilMs: 0,
});

const createPart = (policy: ComponentPolicy, nowMs: number): Part => ({
  policy,
  unit: null,
  seen: false,
  job: null,
  looks: new Map(),
  from: { runMs: 0, gapMs: 0, lifeMs: nowMs, heldMs: 0 },
  pausedUntilMs: 0,
  asked: false,
  spent: [],
  lastOwn: null,
  open: null,
});

export const isEnded = (unit: Unit): boolean =>
  unit.activeState === 'inactive' || unit.activeState === 'failed' || isWaiting(unit);

/** systemd is about to start it by itself. */
export const isWaiting = (unit: Unit): boolean => unit.subState.startsWith('auto-restart');

const leftBehindMs = 5_000;

/** systemd was about to start it and is not any more: its job is gone, and nothing else comes. */
export const isLeftBehind = ({ subState, job, stateChangeAtMs }: Unit, nowMs: number): boolean =>
  subState === 'auto-restart-queued' && job === 0 && nowMs - (stateChangeAtMs ?? 0) >= leftBehindMs;

export const partOfUnit = ({ parts }: Knowledge, unit: string): Part | undefined =>
  [...parts.values()].find(({ policy }) => policy.unit === unit);

/** Whether what is known last of a component speaks against it. Of one that nobody wants up, or looks at, nothing is known. */
export function isKnownBad(part: Part, { nowMs, pausedUntilMs, unwanted }: Knowledge): boolean {
  const { unit } = part;
  if (unit === null || !part.seen || unit.loadState !== 'loaded' || unit.unitFileState === 'masked') return false;
  const up = unit.activeState === 'active' || unit.activeState === 'reloading';
  const givenUp = unit.unitFileState === 'disabled' || (unit.invocationId === '' && unwanted.has(unit.id));
  if (!up) return !givenUp;
  if (unit.freezerState !== 'running') return true;
  if (part.pausedUntilMs > nowMs || pausedUntilMs > nowMs) return false;
  return Object.entries(part.policy.probes).some(
    ([name, { role }]) => role === 'vote' && part.looks.get(name)?.at(-1)?.verdict === 'unhealthy',
  );
}

/** All that systemd restarted in a boot younger than the budget's window counts, whether or not anybody looked. */
function countUnseen({ spent, policy }: Part, { nowMs, agendaMs }: Knowledge, { nRestarts, subState }: Unit): void {
  const begun = subState === 'auto-restart-queued' ? nRestarts - 1 : nRestarts;
  if (nowMs < policy.budget.perMs) for (let one = 0; one < begun; one += 1) spent.push({ atMs: agendaMs, own: false });
}

function takeUnit(knowledge: Knowledge, unit: Unit): void {
  const part = partOfUnit(knowledge, unit.id);
  if (part === undefined) return;
  const before = part.unit;
  part.unit = unit;
  part.seen = true;
  // What was seen of it before it was masked, or while it was frozen, says nothing of it any more.
  const thawed = before !== null && before.freezerState !== 'running' && unit.freezerState === 'running';
  if (thawed || (before?.loadState === 'masked' && unit.loadState !== 'masked')) part.looks.clear();
  if (before === null) countUnseen(part, knowledge, unit);
  if (before === null || unit.invocationId === '' || unit.invocationId === before.invocationId) return;
  part.from.runMs = unit.inactiveExitAtMs ?? knowledge.nowMs;
  const ours = part.open !== null && part.open.invocation === before.invocationId;
  if (!ours && unit.nRestarts > before.nRestarts && before.invocationId !== '')
    part.spent.push({ atMs: knowledge.agendaMs, own: false });
}

type Take<Type extends Event['type']> = (knowledge: Knowledge, event: Extract<Event, { type: Type }>) => void;

/** The state was lost: the agent cannot know what was spent, only that it has to be careful. */
export function forget(knowledge: Knowledge): void {
  knowledge.forgetfulUntilMs = knowledge.agendaMs + forgetfulMs;
  knowledge.pausedUntilMs = 0;
  for (const part of knowledge.parts.values())
    Object.assign(part, { unit: null, spent: [], lastOwn: null, open: null, pausedUntilMs: 0 });
}

const takes: { readonly [Type in Event['type']]?: Take<Type> } = {
  'agent.started': (knowledge, { store }) => {
    Object.assign(knowledge, { connected: false, shuttingDown: false, store });
    Object.assign(knowledge, { sample: null, suspendedMs: null, upgradeSinceMs: null });
    if (store === 'lost' || store === 'unwritable') forget(knowledge);
    for (const part of knowledge.parts.values()) {
      part.from.lifeMs = knowledge.nowMs;
      Object.assign(part, { seen: false, job: null });
    }
  },
  'config.loaded': ({ parts, nowMs }, { policy }) => {
    for (const one of policy.components) {
      const known = parts.get(one.name);
      if (known?.policy.unit === one.unit) known.policy = one;
      else parts.set(one.name, createPart(one, nowMs));
    }
    for (const name of parts.keys()) if (!policy.components.some((one) => one.name === name)) parts.delete(name);
  },
  'bus.connected': (knowledge) => {
    knowledge.connected = true;
    for (const part of knowledge.parts.values()) Object.assign(part, { seen: false, job: null });
  },
  'bus.lost': (knowledge) => {
    knowledge.connected = false;
    for (const part of knowledge.parts.values()) Object.assign(part, { seen: false, job: null });
  },
  'unit.changed': (knowledge, { unit }) => takeUnit(knowledge, unit),
  'job.started': (knowledge, { unit, job }) => {
    const part = partOfUnit(knowledge, unit);
    if (part !== undefined) part.job = { id: job, atMs: knowledge.nowMs };
  },
  'job.ended': (knowledge, { unit, job }) => {
    const part = partOfUnit(knowledge, unit);
    if (part?.job?.id === job) part.job = null;
  },
  'shutdown.announced': (knowledge) => {
    knowledge.shuttingDown = true;
  },
  'shutdown.canceled': (knowledge) => {
    knowledge.shuttingDown = false;
  },
  'probe.observed': ({ parts }, { component, probe, observation }) => {
    const part = parts.get(component);
    if (part === undefined) return;
    part.looks.set(probe, [...(part.looks.get(probe) ?? []), observation].slice(-keptLooks));
  },
  'host.sampled': (knowledge, { sample }) => {
    const sleptMs = sample.suspendedMs - (knowledge.suspendedMs ?? sample.suspendedMs);
    if (sleptMs >= gapMs) for (const part of knowledge.parts.values()) part.from.gapMs = knowledge.nowMs;
    knowledge.suspendedMs = sample.suspendedMs;
    knowledge.sample = { ...sample, atMs: knowledge.nowMs };
    knowledge.upgradeSinceMs = sample.packageManager === null ? null : (knowledge.upgradeSinceMs ?? knowledge.nowMs);
  },
  'store.changed': (knowledge, { health }) => {
    knowledge.store = health;
  },
  'pause.asked': (knowledge, { component, forMs }) => {
    const whom = component === null ? knowledge : knowledge.parts.get(component);
    if (whom !== undefined) whom.pausedUntilMs = knowledge.nowMs + forMs;
    // What was seen before it is no knowledge after it.
    for (const [name, { looks }] of knowledge.parts) if (component === null || component === name) looks.clear();
  },
  'resume.asked': (knowledge, { component }) => {
    const whom = component === null ? knowledge : knowledge.parts.get(component);
    if (whom !== undefined) whom.pausedUntilMs = 0;
  },
  'restart.asked': ({ parts }, { component }) => {
    const part = parts.get(component);
    if (part !== undefined) part.asked = true;
  },
};

/** Takes one event in, as the agent did. */
export function learn<Type extends Event['type']>(knowledge: Knowledge, event: Extract<Event, { type: Type }>): void {
  const take = takes[event.type] as Take<Type> | undefined;
  take?.(knowledge, event);
  for (const part of knowledge.parts.values()) {
    const bad = part.policy.after.some((name) => {
      const other = knowledge.parts.get(name);
      return other !== undefined && isKnownBad(other, knowledge);
    });
    if (bad) part.from.heldMs = knowledge.nowMs;
  }
}
