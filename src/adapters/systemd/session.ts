/**
 * One connection from Hello to loss: introduces itself, keeps the match rules, and hands on what systemd and logind say.
 * A bus or a systemd that does not answer within the deadline counts as lost; the session is then over for good.
 */
import { getAll, getPreparingForShutdown, getSystemState, ping, toBus, toManager } from './calls.ts';
import { type Call, openConnection, type Reply, type Signal } from './connection.ts';
import { managerInterface, nodeRules, systemdName } from './match-rules.ts';
import { createNameOwners, type NameOwners } from './name-owners.ts';
import { decodeProperties, decodeVariant, type Properties } from './properties.ts';
import { createRuleKeeper } from './rule-keeper.ts';
import { createTimers, type Timers } from './timers.ts';

export interface SessionOptions {
  readonly address: string;
  /** The deadline of everything that is not a job. */
  readonly callTimeoutMs: number;
  readonly pingMs: number;
  /** The rules beside the node's own. */
  readonly rules: () => string[];
  /** Introduced, subscribed and able to read. `stopping`: the node is on its way down already. */
  readonly onUp: (stopping: boolean) => void;
  /** A signal that is systemd's or logind's own. */
  readonly onSignal: (signal: Signal) => void;
  /** systemd was re-executed, so what it said meanwhile was missed. */
  readonly onSystemdBack: () => void;
  /** Called at most once, and never after `close`. */
  readonly onLost: (detail: string) => void;
}

export interface Session {
  call(call: Call, timeoutMs: number, done: (reply: Reply) => void): void;
  /** All properties of an object: empty when there is no such unit, null when nobody could say. */
  read(path: string, done: (properties: Properties | null) => void): void;
  applyRules(): void;
  fail(detail: string): void;
  close(): void;
}

type Ask = (call: Call, done: (reply: Reply) => void) => void;

/** systemd answers nobody while it reloads; so long a silence after Reloading(true) is no hang. */
const reloadGraceMs = 60_000;

/** Errors that say that there is no such unit, as opposed to: nobody could say. */
const absentErrors: readonly string[] = [
  'org.freedesktop.DBus.Error.InvalidArgs',
  'org.freedesktop.DBus.Error.UnknownObject',
  'org.freedesktop.systemd1.NoSuchUnit',
];

/** Begins a session. Never throws; how it goes is told by the callbacks. */
export const createSession = (options: SessionOptions): Session => {
  const timers = createTimers();
  const quiet = createReloadGrace(timers);
  let ended = false;
  const close = (): void => {
    ended = true;
    timers.end();
    connection.close();
  };
  const fail = (detail: string): void => {
    if (ended) return;
    close();
    options.onLost(detail);
  };
  const ask: Ask = (call, done) =>
    connection.call(call, options.callTimeoutMs, (reply) => {
      if (reply.kind === 'timeout' && !quiet.isReloading()) {
        fail(`${call.destination} does not answer ${call.member} within ${options.callTimeoutMs} ms`);
      }
      done(reply);
    });
  const keeper = createRuleKeeper({ ask, onRefused: fail });
  const applyRules = (): void => keeper.apply([...nodeRules, ...options.rules()]);
  const moved = systemdMoved({ ask, timers, fail, awayMs: options.callTimeoutMs, onBack: options.onSystemdBack });
  const owners = createNameOwners({
    ask,
    onMoved: (name, owner) => {
      if (name !== systemdName) return;
      quiet.took(false);
      moved(owner);
    },
  });
  const receive = (signal: Signal): void => {
    if (ended || owners.take(signal) || !owners.isGenuine(signal)) return;
    if (signal.member === 'Reloading' && signal.interface === managerInterface) quiet.took(signal.body[0] === true);
    options.onSignal(signal);
  };
  const connection = openConnection({ address: options.address, onSignal: receive, onLost: fail });
  introduce(ask, applyRules, owners)
    .then((stopping) => {
      if (ended) return;
      keepPinging(ask, timers, options.pingMs, quiet.isReloading);
      options.onUp(stopping);
    })
    .catch((error: unknown) => fail(error instanceof Error ? error.message : String(error)));
  return { call: connection.call, read: (path, done) => readAll(ask, path, done), applyRules, fail, close };
};

/** Everything up to the first read. Rejects when the bus or systemd refuses. Resolves with whether the node is stopping. */
const introduce = async (ask: Ask, applyRules: () => void, owners: NameOwners): Promise<boolean> => {
  await need(ask, toBus('Hello'));
  applyRules();
  await owners.learn();
  if (!owners.has(systemdName)) throw new Error('systemd is not on the bus');
  // Without a subscriber systemd sends no signals at all.
  await need(ask, toManager('Subscribe'));
  const [state] = await need(ask, getSystemState);
  if (decodeVariant(state) === 'stopping') return true;
  return new Promise((resolve) => {
    // A node without logind has no such property, and no delayed shutdown either.
    ask(getPreparingForShutdown, (reply) => resolve(reply.kind === 'reply' && decodeVariant(reply.body[0]) === true));
  });
};

/** A call without which there is no point in going on. */
const need = (ask: Ask, call: Call): Promise<readonly unknown[]> =>
  new Promise((resolve, reject) => {
    ask(call, (reply) => {
      if (reply.kind === 'reply') return resolve(reply.body);
      const why = reply.kind === 'error' ? `${reply.name} ${reply.message}` : reply.kind;
      reject(new Error(`cannot do ${call.member} on ${call.destination}: ${why}`));
    });
  });

const readAll = (ask: Ask, path: string, done: (properties: Properties | null) => void): void =>
  ask(getAll(path), (reply) => {
    if (reply.kind === 'reply') return done(decodeProperties(reply.body[0]));
    done(reply.kind === 'error' && absentErrors.includes(reply.name) ? {} : null);
  });

/** One ping at a time. Any answer proves life, an error too; no answer ends the session in `ask`. */
const keepPinging = (ask: Ask, timers: Timers, everyMs: number, isReloading: () => boolean): void => {
  timers.after(everyMs, () => {
    const next = (): void => keepPinging(ask, timers, everyMs, isReloading);
    if (isReloading()) return next();
    ask(ping, next);
  });
};

const createReloadGrace = (timers: Timers) => {
  let stop: (() => void) | null = null;
  return {
    isReloading: () => stop !== null,
    took(reloading: boolean): void {
      stop?.();
      stop = null;
      if (!reloading) return;
      stop = timers.after(reloadGraceMs, () => {
        stop = null;
      });
    },
  };
};

/** daemon-reexec: systemd takes its name with a new connection; some versions leave a gap, which must not last. */
const systemdMoved = (options: {
  readonly ask: Ask;
  readonly timers: Timers;
  readonly fail: (detail: string) => void;
  readonly awayMs: number;
  readonly onBack: () => void;
}): ((owner: string) => void) => {
  let stop: (() => void) | null = null;
  return (owner) => {
    stop?.();
    stop = null;
    if (owner === '') {
      stop = options.timers.after(options.awayMs, () => options.fail('systemd left the bus and did not come back'));
      return;
    }
    options.ask(toManager('Subscribe'), (reply) => {
      if (reply.kind === 'reply') options.onBack();
    });
  };
};
