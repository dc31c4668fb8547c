/**
 * Tells others of trouble: hears every transition, lets the alerting core decide who is told what and when, keeps what waits on the disk before it is
 * sent, and sends it. It runs beside the loop: nothing here is waited for by a repair, and nothing that goes wrong here reaches one.
 */
import type { AlertSettings } from './config/alerts.ts';
import type { AlertEvent, SendAlert, Standing } from './core/alert/event.ts';
import { type AlertState, initialAlertState } from './core/alert/state.ts';
import { stepAlert } from './core/alert/step.ts';
import type { State } from './core/mend/state.ts';
import { reasons } from './core/reason.ts';
import type { Log } from './log.ts';
import type { AlertPlace, Clock, SendAlertMessage } from './ports.ts';
import type { SentAlert } from './report/record.ts';
import { createSentAlerts } from './sent-alerts.ts';
import type { AlertResult } from './serve/metrics.ts';
import type { AlertTargetView, Answer, Told } from './serve/view.ts';
import type { ClosableStore } from './store/keeper.ts';

/** Whether what an alert is about has left the configuration, by its key. */
type IsOrphan = (key: string) => boolean;

export interface Alerting {
  /** Goes on with what an earlier agent had to tell. */
  begin(bootId: string, settings: readonly AlertSettings[], isOrphan: IsOrphan): void;
  configure(settings: readonly AlertSettings[], isOrphan: IsOrphan): void;
  /** Listens to the stream of transitions. */
  told(told: Told): void;
  /** Sends a test message to one target, or to all; resolves when all have answered or their time is over. */
  test(target: string | null): Promise<Answer>;
  view(): readonly AlertTargetView[];
  /** What has arrived since then, oldest first. */
  sent(sinceWallMs: number): readonly SentAlert[];
  /** Keeps what has not been sent for the next agent. */
  stop(): void;
}

export interface AlertingParts {
  readonly clock: Pick<Clock, 'nowMs' | 'wallMs'>;
  readonly store: Pick<ClosableStore, 'keep' | 'kept' | 'durable'>;
  readonly send: SendAlertMessage;
  readonly log: Pick<Log, 'info' | 'warn' | 'error'>;
  /** The core's state, for what was missed while no agent ran. */
  readonly state: () => State;
  readonly node: () => string;
  /** Counts what became of a message. */
  readonly count: (target: string, result: AlertResult) => void;
}

const keptAs = 'alerts';
/** The longest a timer of Node's can wait. */
const longestMs = 2 ** 31 - 1;
/** Beyond so many the oldest are not looked at: the next start of the agent finds out how things stand. */
const mostWaiting = 10_000;

function standingOf({ components }: State): Standing[] {
  return Object.values(components).map(({ policy, incident, phase }) => ({
    name: policy.name,
    incident: incident?.cause ?? null,
    exhausted: phase === 'exhausted',
  }));
}

/** A state that this version cannot go on with is begun anew: an alert told twice does less harm than one that stops the rest. */
function stateFrom(kept: unknown): AlertState {
  const state = kept as AlertState | null;
  return state?.version === 1 ? { ...initialAlertState(), ...state } : initialAlertState();
}

export function createAlerting(parts: AlertingParts): Alerting {
  const { clock, store, send, log, node, count } = parts;
  let state = stateFrom(store.kept(keptAs));
  let places: ReadonlyMap<string, AlertPlace> = new Map();
  let timer: NodeJS.Timeout | null = null;
  let waiting: Told[] = [];
  let stopped = false;
  const lastDetail = new Map<string, string>();
  const sent = createSentAlerts(store);

  function wakeAt(atMs: number | null): void {
    if (timer !== null) clearTimeout(timer);
    const inMs = atMs === null ? null : Math.min(longestMs, Math.max(1, Math.ceil(atMs - clock.nowMs())));
    timer = inMs === null ? null : setTimeout(() => turn({ type: 'alert.tick', wallMs: clock.wallMs() }), inMs);
  }

  function turn(event: AlertEvent): void {
    if (stopped) return;
    const before = state;
    const { state: after, actions, transitions, wakeAtMs } = stepAlert(state, event, clock.nowMs());
    state = after;
    for (const { target, reason, detail } of transitions) {
      const { severity, meaning } = reasons[reason];
      log[severity]({ target, reason, detail, meaning }, `${target}: ${reason}${detail === '' ? '' : `, ${detail}`}`);
      if (reason === 'alert.dropped') count(target, 'dropped');
    }
    if (JSON.stringify(before) !== JSON.stringify(after)) store.keep(keptAs, after);
    wakeAt(wakeAtMs);
    for (const action of actions) void perform(action);
  }

  async function perform({ target, notice, lost }: SendAlert): Promise<void> {
    const place = places.get(target);
    // It left the configuration while no agent ran; the policy that follows forgets it.
    if (place === undefined) return;
    // On the disk before it is sent; without a disk it is sent all the same.
    await store.durable();
    const result = await send(place, { node: node(), notice, lost, test: false });
    count(target, result.ok ? 'sent' : result.final ? 'refused' : 'failed');
    lastDetail.set(target, result.detail);
    if (result.ok) sent.note(clock.wallMs(), target, notice);
    turn({ type: 'alert.sent', target, id: notice.id, result });
  }

  function takePlaces(settings: readonly AlertSettings[]): void {
    places = new Map(settings.map(({ target, place }) => [target.name, place]));
  }

  function configure(settings: readonly AlertSettings[], isOrphan: IsOrphan): void {
    takePlaces(settings);
    turn({ type: 'alert.policy', targets: settings.map(({ target }) => target) });
    turn({ type: 'alert.orphaned', keys: Object.keys(state.alerts).filter(isOrphan), wallMs: clock.wallMs() });
  }

  function hear(): void {
    const heard = waiting;
    waiting = [];
    for (const { wallMs, transition } of heard) {
      turn({ type: 'alert.told', transition, wallMs });
      // Components may have left the configuration.
      if (transition.reason === 'config.loaded') look();
    }
  }

  function look(): void {
    const { node: host } = parts.state();
    const storeOk = host.store === 'ok' || host.store === 'fresh';
    turn({ type: 'alert.standing', components: standingOf(parts.state()), storeOk, wallMs: clock.wallMs() });
  }

  async function testOne(name: string, place: AlertPlace): Promise<string> {
    const notice = { id: 0, alerts: [] };
    const { ok, detail } = await send(place, { node: node(), notice, lost: 0, test: true });
    return ok ? '' : `${name}: ${detail}`;
  }

  return {
    begin: (bootId, settings, isOrphan) => {
      takePlaces(settings);
      turn({ type: 'alert.started', bootId });
      look();
      configure(settings, isOrphan);
    },
    configure,
    told: (told) => {
      // After the turn of the loop that tells it, and after what that turn does.
      if (waiting.push(told) === 1) setImmediate(hear);
      if (waiting.length > mostWaiting) waiting.shift();
    },
    test: async (target) => {
      const chosen = [...places].filter(([name]) => target === null || name === target);
      const names = chosen.map(([name]) => name).join(', ');
      if (chosen.length === 0) return { ok: false, message: 'there is no target: write one under alerts' };
      const problems = await Promise.all(chosen.map(([name, place]) => testOne(name, place)));
      const failed = problems.filter((problem) => problem !== '');
      return failed.length === 0
        ? { ok: true, message: `a test message was sent to ${names}` }
        : { ok: false, message: `not every target took the test message: ${failed.join('; ')}` };
    },
    view: () =>
      Object.entries(state.targets).map(([name, { queue, failures, lost }]) => ({
        name,
        waiting: queue.length,
        failures,
        lost,
        detail: failures === 0 ? '' : (lastDetail.get(name) ?? ''),
      })),
    sent: sent.since,
    stop: () => {
      hear();
      stopped = true;
      wakeAt(null);
    },
  };
}
