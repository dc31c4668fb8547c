/**
 * Whether this node may take traffic: no critical component is unhealthy, mending or exhausted. Both directions must last a while, and a
 * blind agent keeps its last answer until that is stale.
 */
import type { Reason } from '../reason.ts';
import type { Phase } from '../transition.ts';
import type { Component, NodeState, ReadyState } from './state.ts';
import { type Turn, tell } from './turn.ts';

const failing: ReadonlySet<Phase> = new Set(['unhealthy', 'mending', 'exhausted']);

export function isFailing(component: Component): boolean {
  return failing.has(component.phase);
}

interface Answer {
  readonly ready: boolean;
  readonly reason: Reason;
  readonly detail: string;
}

function answerNow(turn: Turn): Answer {
  const bad: string[] = [];
  for (const component of Object.values(turn.components))
    if (component.policy.critical && isFailing(component)) bad.push(component.policy.name);
  return bad.length > 0
    ? { ready: false, reason: 'node.not-ready', detail: bad.join(', ') }
    : { ready: true, reason: 'node.ready', detail: '' };
}

function isBlind(turn: Turn): boolean {
  const unconfigured = turn.node.name === '';
  if (turn.node.bus !== 'connected' || unconfigured) return true;
  return Object.values(turn.components).some((component) => component.policy.critical && !component.seen);
}

function turnTo(turn: Turn, state: ReadyState, answer: Answer): ReadyState {
  const next = { ...state, ...answer, turningSinceMs: null };
  if (state.ready === answer.ready && state.reason === answer.reason) return next;
  tell(turn, { type: 'node.ready', ready: answer.ready, reason: answer.reason, detail: answer.detail });
  return { ...next, sinceMs: turn.nowMs };
}

function whileBlind(turn: Turn, node: NodeState, state: ReadyState): ReadyState {
  const since = state.blindSinceMs ?? turn.nowMs;
  const blind = { ...state, blindSinceMs: since };
  const stale = turn.nowMs >= since + node.readyPolicy.staleAfterMs;
  return stale ? turnTo(turn, blind, { ready: node.readyPolicy.failOpen, reason: 'node.blind', detail: '' }) : blind;
}

function whileSeeing(turn: Turn, node: NodeState, state: ReadyState): ReadyState {
  const seeing = { ...state, blindSinceMs: null };
  const answer = answerNow(turn);
  const first = state.reason === 'node.unseen' || state.reason === 'node.blind';
  if (first || answer.ready === state.ready) return turnTo(turn, seeing, answer);
  const since = state.turningSinceMs ?? turn.nowMs;
  const dwellMs = answer.ready ? node.readyPolicy.upAfterMs : node.readyPolicy.downAfterMs;
  return turn.nowMs >= since + dwellMs ? turnTo(turn, seeing, answer) : { ...seeing, turningSinceMs: since };
}

export function settleReady(turn: Turn): void {
  const { node } = turn;
  const before = node.ready;
  const after = node.shuttingDown
    ? turnTo(turn, { ...before, blindSinceMs: null }, { ready: false, reason: 'node.shutting-down', detail: '' })
    : isBlind(turn)
      ? whileBlind(turn, node, before)
      : whileSeeing(turn, node, before);
  turn.node = { ...turn.node, ready: after };
}

/** When the answer may change by the passing of time alone. */
export function readyWakeMs(node: NodeState): number | null {
  const { ready, readyPolicy } = node;
  if (ready.blindSinceMs !== null && ready.reason !== 'node.blind')
    return ready.blindSinceMs + readyPolicy.staleAfterMs;
  if (ready.turningSinceMs === null) return null;
  return ready.turningSinceMs + (ready.ready ? readyPolicy.downAfterMs : readyPolicy.upAfterMs);
}
