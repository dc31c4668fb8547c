/**
 * A virtual world of candidates: each runs the real core on a clock of its own rate, over a network that loses and delays, and acts for as long as
 * it holds that it leads. Everything comes from one seed.
 */
import type { Action } from '../../../src/core/action.ts';
import type { LockAnswer } from '../../../src/core/elect/lock.ts';
import type { ElectionPolicy } from '../../../src/core/elect/policy.ts';
import { type Elections, initialElections, leadsUntilMs } from '../../../src/core/elect/state.ts';
import { stepElect } from '../../../src/core/elect/step.ts';
import type { Event } from '../../../src/core/event.ts';
import { nextRandom } from '../../../src/core/random.ts';
import { createAgenda } from '../../../src/sim/agenda.ts';
import type { Act } from './history.ts';
import type { LockStore, Mark } from './stores.ts';

export const policyOf = (identity: string, changes: Partial<ElectionPolicy> = {}): ElectionPolicy => ({
  name: 'boss',
  identity,
  campaign: true,
  lock: { kind: 'file', path: '/none' },
  leaseDurationMs: 15_000,
  renewDeadlineMs: 10_000,
  retryPeriodMs: 2_000,
  onElected: null,
  onLost: null,
  ...changes,
});

export interface Network {
  /** Share of messages that are lost, each way. */
  readonly loss: number;
  readonly mostDelayMs: number;
}

interface Candidate {
  readonly name: string;
  readonly rate: number;
  readonly offsetMs: number;
  readonly mark: Mark;
  elections: Elections;
  wakeAtMs: number | null;
  /** Frozen until then; what reaches it meanwhile waits. */
  frozenUntilMs: number;
  cut: boolean;
  life: number;
}

const actEveryMs = 250;

export interface World {
  readonly history: Act[];
  /** How often leadership began. */
  terms(): number;
  nowMs(): number;
  leaders(): string[];
  advance(ms: number): void;
  freeze(name: string, ms: number): void;
  /** kill -9; it is back after `downMs`, with what it had stored. */
  kill(name: string, downMs: number): void;
  stop(name: string): void;
  cut(name: string, isCut: boolean): void;
  /** The faults of the network are over. */
  calm(): void;
}

export interface WorldOptions {
  readonly seed: number;
  readonly store: LockStore;
  readonly network?: Network;
  /** By candidate: how fast its clock goes. */
  readonly rates: Readonly<Record<string, number>>;
  readonly policy?: Partial<ElectionPolicy>;
}

export function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    const drawn = nextRandom(state);
    state = drawn.seed;
    return drawn.value;
  };
}

export function createWorld(options: WorldOptions): World {
  const { seed, store, rates } = options;
  const well: Network = { loss: 0, mostDelayMs: 5 };
  let network = options.network ?? well;
  const random = createRandom(seed);
  const agenda = createAgenda();
  const history: Act[] = [];
  let terms = 0;

  const { at, nowMs } = agenda;
  const clockOf = ({ rate, offsetMs }: Candidate): number => offsetMs + rate * nowMs();
  const worldMs = ({ rate, offsetMs }: Candidate, localMs: number): number => (localMs - offsetMs) / rate;

  function send(candidate: Candidate, event: Event): void {
    if (candidate.frozenUntilMs > nowMs()) {
      const { life } = candidate;
      at(candidate.frozenUntilMs, () => candidate.life === life && send(candidate, event));
      return;
    }
    const step = stepElect(candidate.elections, event, clockOf(candidate));
    candidate.elections = step.elections;
    terms += step.transitions.filter(
      ({ reason, type }) => type === 'election.changed' && reason === 'election.won',
    ).length;
    for (const action of step.actions) perform(candidate, action);
    arm(candidate, step.wakeAtMs);
  }

  function arm(candidate: Candidate, wakeAtMs: number | null): void {
    candidate.wakeAtMs = wakeAtMs;
    if (wakeAtMs === null) return;
    const { life } = candidate;
    // A little later than by the sum, whose rounding may fall short of it.
    at(Math.max(nowMs(), worldMs(candidate, wakeAtMs)) + 0.01, () => {
      if (candidate.life === life && candidate.wakeAtMs === wakeAtMs) send(candidate, { type: 'tick' });
    });
  }

  const arrives = (candidate: Candidate): boolean => !candidate.cut && random() >= network.loss;

  function perform(candidate: Candidate, action: Action): void {
    if (action.type === 'hook.run') {
      const result = { ok: true, reason: 'action.done', detail: '' } as const;
      const { life } = candidate;
      at(nowMs() + 20, () => {
        if (candidate.life === life)
          send(candidate, { type: 'hook.finished', election: action.election, id: action.id, result });
      });
    }
    if (action.type !== 'lock.ask') return;
    const { id, election, want, over, timeoutMs, policy } = action;
    const { life } = candidate;
    let answered = false;
    const answer = (said: LockAnswer): void => {
      if (answered || candidate.life !== life) return;
      answered = true;
      send(candidate, { type: 'lock.answered', election, id, answer: said });
    };
    const lost: LockAnswer = { said: 'failed', reason: 'election.timeout', detail: '' };
    at(worldMs(candidate, clockOf(candidate) + timeoutMs), () => answer(lost));
    if (!arrives(candidate)) return;
    at(nowMs() + random() * network.mostDelayMs, () => {
      const { identity, leaseDurationMs: durationMs } = policy;
      const said = store.ask({ identity, mark: candidate.mark, want, over, durationMs }, nowMs());
      if (arrives(candidate)) at(nowMs() + random() * network.mostDelayMs, () => answer(said));
    });
  }

  /** A leader writes to something that others write to as well, whenever its own clock lets it hold that it leads. */
  function act(candidate: Candidate): void {
    at(nowMs() + actEveryMs * (0.5 + random()), () => act(candidate));
    const election = candidate.elections.byName['boss'];
    if (election?.role !== 'leading' || candidate.frozenUntilMs > nowMs()) return;
    if (clockOf(candidate) >= leadsUntilMs(election) || election.term === null) return;
    history.push({ atMs: nowMs(), actor: candidate.name, token: election.term.token });
  }

  function begin(candidate: Candidate): void {
    send(candidate, { type: 'agent.started', bootId: 'b00t', seed: Math.floor(random() * 2 ** 31), store: 'ok' });
    const policy = policyOf(candidate.name, options.policy);
    send(candidate, { type: 'elections.loaded', policies: [policy] });
  }

  const candidates = new Map(
    Object.entries(rates).map(([name, rate]) => [
      name,
      {
        name,
        rate,
        offsetMs: Math.floor(random() * 1e9),
        mark: { nonce: '' },
        elections: initialElections(),
        wakeAtMs: null,
        frozenUntilMs: 0,
        cut: false,
        life: 1,
      } satisfies Candidate as Candidate,
    ]),
  );
  const find = (name: string): Candidate => {
    const found = candidates.get(name);
    if (found === undefined) throw new Error(`there is no candidate ${name}`);
    return found;
  };
  for (const candidate of candidates.values()) {
    begin(candidate);
    act(candidate);
  }

  return {
    history,
    terms: () => terms,
    nowMs,
    leaders: () =>
      [...candidates.values()]
        .filter((one) => one.elections.byName['boss']?.role === 'leading' && one.frozenUntilMs <= nowMs())
        .map(({ name }) => name),
    advance: (ms) => {
      const untilMs = nowMs() + ms;
      for (let next = agenda.nextAtMs(); next !== null && next <= untilMs; next = agenda.nextAtMs()) agenda.turn();
      agenda.passTo(untilMs);
    },
    freeze: (name, ms) => {
      find(name).frozenUntilMs = nowMs() + ms;
    },
    kill: (name, downMs) => {
      const candidate = find(name);
      candidate.life += 1;
      candidate.frozenUntilMs = nowMs() + downMs;
      candidate.mark.nonce = '';
      const { life } = candidate;
      // What is stored is what has to be brought to an end.
      const stored = JSON.parse(JSON.stringify(candidate.elections)) as Elections;
      at(nowMs() + downMs, () => {
        if (candidate.life !== life) return;
        candidate.frozenUntilMs = 0;
        candidate.elections = stored;
        begin(candidate);
      });
    },
    stop: (name) => send(find(name), { type: 'agent.stopping' }),
    cut: (name, isCut) => {
      find(name).cut = isCut;
    },
    calm: () => {
      network = well;
      for (const candidate of candidates.values()) candidate.cut = false;
    },
  };
}
