/** The step of the elections: takes one event in, brings each election to rest, and says when to be called next. */
import type { Action } from '../action.ts';
import type { Event } from '../event.ts';
import type { Transition } from '../transition.ts';
import { adoptElections, takeUp } from './adopt.ts';
import { takeAnswer } from './answers.ts';
import { askDueAtMs, askIfDue, expireAsk } from './asks.ts';
import { endHook, expireHook } from './hooks.ts';
import { isFree, see } from './sight.ts';
import { type Election, type Elections, initialElection, leadsUntilMs } from './state.ts';
import { expireTerm, resign } from './term.ts';
import { become, beginTurn, put, type Turn } from './turn.ts';

export interface ElectStep {
  readonly elections: Elections;
  readonly actions: readonly Action[];
  readonly transitions: readonly Transition[];
  readonly wakeAtMs: number | null;
}

/** Later than wished for by so much, and we were stopped or starved: what was held then is not held any more. */
const gapMs = 2_000;

const never = Number.POSITIVE_INFINITY;

type Handlers = { readonly [Type in Event['type']]?: (turn: Turn, event: Extract<Event, { type: Type }>) => void };

function each(turn: Turn, change: (election: Election) => Election): void {
  for (const election of Object.values(turn.elections)) put(turn, change(election));
}

function change(turn: Turn, name: string, work: (election: Election) => Election): void {
  const election = turn.elections[name];
  if (election !== undefined) put(turn, work(election));
}

const giveUp = (turn: Turn, election: Election, detail: string): Election =>
  election.term === null ? election : resign(turn, election, 'clock.gap', detail);

/** Whether anybody stands is settled for each. */
function setStopping(turn: Turn, stopping: boolean): void {
  turn.all = { ...turn.all, stopping };
  each(turn, (election) => election);
}

const handlers: Handlers = {
  'agent.started': (turn, { bootId, seed }) => {
    const run = Math.round(turn.nowMs).toString(36);
    turn.all = { ...turn.all, bootId, seed, run, stopping: false, suspendedMs: null, wakeAtMs: null };
    // Which elections there are the configuration tells; of the last agent's only what it has left open goes on.
    for (const [name, election] of Object.entries(turn.elections)) {
      const open = takeUp(turn, election);
      if (open === null) delete turn.elections[name];
      else put(turn, open);
    }
  },
  'elections.loaded': (turn, { policies }) => adoptElections(turn, policies),
  'lock.answered': (turn, { election, id, answer }) =>
    change(turn, election, (one) => takeAnswer(turn, one, id, answer)),
  'lock.sighted': (turn, { election, sighting }) =>
    change(turn, election, (one) => {
      // What a watch tells may be older than our own last word: the leader asks the lock.
      if (one.role === 'leading') return { ...one, nextAskAtMs: turn.nowMs };
      const saw = see(turn, one, sighting);
      return one.role === 'standby' && isFree(saw) ? { ...saw, nextAskAtMs: turn.nowMs } : saw;
    }),
  'hook.finished': (turn, { election, id, result }) =>
    change(turn, election, (one) => (one.hook?.id === id ? endHook(turn, one, result) : one)),
  'agent.stopping': (turn) => setStopping(turn, true),
  'shutdown.announced': (turn) => setStopping(turn, true),
  'shutdown.canceled': (turn) => setStopping(turn, false),
  'host.sampled': (turn, { sample }) => {
    const before = turn.all.suspendedMs;
    // Our clock stood still meanwhile; those of the others did not.
    if (before !== null && sample.suspendedMs - before >= 1)
      each(turn, (election) => giveUp(turn, election, 'the machine was suspended'));
    turn.all = { ...turn.all, suspendedMs: sample.suspendedMs };
  },
  tick: () => {},
};

/** A resigned one is out, or stands again, or makes room for its successor. */
function settleResigned(turn: Turn, election: Election): Election | null {
  const { role, hook, released, ask, policy, successor } = election;
  const done = role === 'stopped' || (role === 'resigning' && hook === null && released && ask === null);
  if (!done) return election;
  if (successor === null) return null;
  if (turn.all.stopping) return become(turn, election, 'stopped', 'election.resigned');
  if (successor !== undefined) return initialElection(successor, turn.nowMs);
  const { highestToken } = election;
  const standing = policy.campaign ? 'standby' : 'watching';
  const again = become(turn, election, standing, 'election.unseen');
  return { ...again, seen: null, released: false, highestToken, nextAskAtMs: turn.nowMs };
}

function settle(turn: Turn, name: string): void {
  const election = turn.elections[name];
  if (election === undefined) return;
  const standing = turn.all.stopping ? resign(turn, election, 'election.resigned') : election;
  const expired = [expireTerm, expireHook, expireAsk].reduce((one, expire) => expire(turn, one), standing);
  const settled = settleResigned(turn, expired);
  if (settled === null) delete turn.elections[name];
  else {
    const rested = askIfDue(turn, settled);
    put(turn, { ...rested, wakeAtMs: wakeOf(rested) });
  }
}

function wakeOf(election: Election): number | null {
  const { term, ask, hook } = election;
  const atMs = Math.min(
    askDueAtMs(election) ?? never,
    ask?.untilMs ?? never,
    hook?.untilMs ?? never,
    term === null ? never : leadsUntilMs(election),
  );
  return atMs === never ? null : atMs;
}

/** Of a thousand one or two are touched or due: the others are not looked into. */
function settleAll(turn: Turn): number | null {
  let firstMs = never;
  for (const name of turn.touched) settle(turn, name);
  for (const { policy, wakeAtMs } of Object.values(turn.elections))
    if (wakeAtMs !== null && wakeAtMs <= turn.nowMs) settle(turn, policy.name);
  for (const { wakeAtMs } of Object.values(turn.elections)) firstMs = Math.min(firstMs, wakeAtMs ?? never);
  return firstMs === never ? null : firstMs;
}

const isHeard = (type: Event['type']): type is keyof Handlers => Object.hasOwn(handlers, type);

export function stepElect(before: Elections, event: Event, nowMs: number): ElectStep {
  if (!isHeard(event.type)) return { elections: before, actions: [], transitions: [], wakeAtMs: before.wakeAtMs };
  const turn = beginTurn(before, nowMs);
  const lateMs = before.wakeAtMs === null || event.type === 'agent.started' ? 0 : nowMs - before.wakeAtMs;
  if (lateMs >= gapMs) each(turn, (election) => giveUp(turn, election, `${Math.round(lateMs)} ms`));
  const handler = handlers[event.type] as (turn: Turn, event: Event) => void;
  handler(turn, event);
  const wakeAtMs = settleAll(turn);
  const { actions, transitions } = turn;
  return { elections: { ...turn.all, byName: turn.elections, wakeAtMs }, actions, transitions, wakeAtMs };
}
