/**
 * Stands for one election with the core and the locks of the daemon, and runs one command while it leads. What the core knows as the commands of a term
 * are here the beginning and the end of that one: its end is waited for before the lock is let go of.
 */
import { createClock } from './adapters/clock/clock.ts';
import { termEnvironment } from './adapters/exec/hooks.ts';
import { createHost } from './adapters/host/host.ts';
import { createLedCommand, type End } from './adapters/led/command.ts';
import type { Span } from './adapters/led/messages.ts';
import { createLocks } from './adapters/locks/locks.ts';
import { exitStatus, type Io } from './cli/io.ts';
import type { Action } from './core/action.ts';
import type { ElectionPolicy } from './core/elect/policy.ts';
import { goneByMs, leadsUntilMs } from './core/elect/state.ts';
import { type Reason, reasons } from './core/reason.ts';
import { initialState } from './core/state.ts';
import type { Transition } from './core/transition.ts';
import { createLoop, type Turned } from './loop.ts';
import { cleanText } from './markup/clean.ts';
import { describe } from './serve/describe.ts';

export interface ElectingParts {
  readonly policy: ElectionPolicy;
  readonly argv: readonly string[];
  readonly guard: readonly string[];
  readonly io: Io;
}

export interface Electing {
  /** The exit status, once the command has ended, or `stop` was called, and the lock is let go of. */
  readonly over: Promise<number>;
  stop(): void;
}

type Run = Extract<Action, { type: 'hook.run' }>;

/** What waiting does not mend, as long as the lock has never answered. */
const hopeless: ReadonlySet<Reason> = new Set<Reason>([
  'election.misconfigured',
  'election.denied',
  'election.not-an-election',
]);

/** One line for the operator; null for what is no news to one who runs a command. */
function sentence(transition: Transition): string | null {
  if (transition.type === 'election.leader') return describe(transition);
  if (transition.type !== 'election.changed') return null;
  const { reason, detail, to, token } = transition;
  const notes = [to === 'leading' ? `token ${token}` : '', cleanText(detail, 300)].filter((note) => note !== '');
  return `${reasons[reason].meaning}${notes.length === 0 ? '' : ` (${notes.join('; ')})`}`;
}

/** `policy` has commands for both ends of a term, whatever they are. `guard`: what this Node runs to become a guard, but for the command. */
export function createElecting({ policy, argv, guard, io }: ElectingParts): Electing {
  const { name, identity } = policy;
  let status: number = exitStatus.fine;
  let stopping = false;
  let hasAnswered = false;
  let told = '';
  let span: Span = { endAtMs: 0, goneByMs: 0 };
  const { promise: over, resolve: finish } = Promise.withResolvers<void>();
  const clock = createClock(() => loop.wake());
  const { nowMs } = clock;
  const host = createHost();
  const locks = createLocks({ clock, emit: (event) => loop.emit(event) });
  const command = createLedCommand({ guard: [...guard, ...argv], ended, nowMs });
  const loop = createLoop({ clock, initial: initialState(), publish, perform });
  const tell = (text: string): void => io.err(`nodemend: ${name}: ${text}\n`);

  function stop(): void {
    stopping = true;
    loop.emit({ type: 'agent.stopping' });
  }

  function fail(text: string): void {
    tell(text);
    status = exitStatus.no;
    stop();
  }

  async function begin(token: number): Promise<boolean> {
    const why = await command.begin(termEnvironment(name, identity, token), span);
    if (why !== null && !stopping) fail(`cannot run ${argv[0]}: ${why}`);
    return why === null;
  }

  function ended(end: End): void {
    if (end.type === 'unguarded') fail('the process that guards the command is gone; the command was killed');
    else if (stopping || !end.asked) {
      status = end.status;
      stop();
    } else {
      // We stood still for a while and lead all the same: the guard could not know.
      const { term = null } = loop.state().elections.byName[name] ?? {};
      if (term !== null && nowMs() < span.endAtMs) void begin(term.token);
    }
  }

  async function runHook({ id, hook, token, timeoutMs }: Run): Promise<void> {
    const ok = hook === 'elected' ? await begin(token) : await command.end(nowMs() + timeoutMs / 2).then(() => true);
    const result = { ok, reason: ok ? 'action.done' : 'action.failed', detail: '' } as const;
    loop.emit({ type: 'hook.finished', election: name, id, result });
  }

  async function askLock(action: Extract<Action, { type: 'lock.ask' }>): Promise<void> {
    const answer = await locks.ask(action);
    loop.emit({ type: 'lock.answered', election: name, id: action.id, answer });
  }

  async function sampleHost(): Promise<void> {
    loop.emit({ type: 'host.sampled', sample: await host.sample() });
  }

  /** Without a component there are no others. */
  function perform(action: Action): void {
    if (action.type === 'lock.ask') void askLock(action);
    else if (action.type === 'hook.run') void runHook(action);
    else if (action.type === 'host.sample') void sampleHost();
  }

  function publish({ step }: Turned): void {
    for (const text of step.transitions.map(sentence)) {
      if (text !== null && text !== told) tell(text);
      told = text ?? told;
    }
    const election = step.state.elections.byName[name];
    if (election === undefined) return;
    if (election.term !== null) {
      const isLonger = leadsUntilMs(election) !== span.endAtMs;
      span = { endAtMs: leadsUntilMs(election), goneByMs: goneByMs(election) };
      if (isLonger) command.hold(span);
    }
    hasAnswered ||= election.seen !== null;
    if (election.role === 'stopped') finish();
    else if (!hasAnswered && !stopping && hopeless.has(election.reason)) {
      status = exitStatus.no;
      stop();
    }
  }

  tell(`standing as ${identity}`);
  loop.emit({ type: 'agent.started', bootId: host.bootId(), seed: Math.trunc(clock.wallMs()) | 0, store: 'ok' });
  loop.emit({ type: 'elections.loaded', policies: [policy] });
  return {
    stop,
    over: over.then(() => {
      loop.stop();
      locks.close();
      command.close();
      host.close();
      return status;
    }),
  };
}
