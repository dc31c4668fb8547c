/**
 * One life of the agent's process: from its start to kill -9, exit or power loss. While it is stopped (SIGSTOP, a blocked event loop) what is meant for
 * it waits; once it is dead nothing reaches it any more and its promises stay open for ever.
 */
import type { Agenda } from './agenda.ts';

/**
 * Places where the agent can die: before and after a write, a sync, a call of the bus or of a command; before it takes notice of a reply, of its job's
 * end, of what systemd answers when the units are read.
 */
export type Point = 'write' | 'written' | 'sync' | 'synced' | 'call' | 'called' | 'reply' | 'ended' | 'read';

export interface Life {
  readonly serial: number;
  alive(): boolean;
  halted(): boolean;
  /** Runs it now, or when the process goes on. */
  run(callback: () => void): void;
  /** As `run`, before all that waits: timers come first when an event loop goes on. */
  runTimer(callback: () => void): void;
  /** false: it died here. */
  reach(point: Point): boolean;
  promise<T>(begin: (resolve: (value: T) => void) => void, hops?: number): Promise<T>;
  /** The answer, after so much time. */
  later<T>(ms: number, answer: () => T, hops?: number): Promise<T>;
  /** Nothing is under way and nothing waits. */
  idle(): boolean;
  /** Lets so many microtasks pass before time goes on. */
  stir(hops: number): void;
  isStirred(): boolean;
  /** What `stir` asked for; asking sets it back. */
  takeHops(): number;
  halt(): void;
  resume(): void;
  end(): void;
}

/** Enough microtasks for the longest way from an answer to what the agent does about it. */
const mostHops = 16;

export function createLife(agenda: Agenda, serial: number, dies: (point: Point) => boolean, died: () => void): Life {
  let alive = true;
  let halted = false;
  let open = 0;
  let hops = 0;
  let timers: (() => void)[] = [];
  let waiting: (() => void)[] = [];

  const life: Life = {
    serial,
    alive: () => alive,
    halted: () => halted,
    run: (callback) => {
      if (!alive) return;
      if (halted) waiting.push(callback);
      else callback();
    },
    runTimer: (callback) => {
      if (!alive) return;
      if (halted) timers.push(callback);
      else callback();
    },
    reach: (point) => {
      if (alive && dies(point)) {
        life.end();
        died();
      }
      return alive;
    },
    promise: (begin, howManyHops = mostHops) => {
      const { promise, resolve } = Promise.withResolvers<Parameters<Parameters<typeof begin>[0]>[0]>();
      open += 1;
      begin((value) => {
        open -= 1;
        life.stir(howManyHops);
        resolve(value);
      });
      return promise;
    },
    later: (ms, answer, howManyHops = mostHops) =>
      life.promise((resolve) => {
        agenda.after(ms, () =>
          life.run(() => {
            const value = answer();
            if (alive) resolve(value);
          }),
        );
      }, howManyHops),
    idle: () => open === 0 && hops === 0 && !halted && waiting.length === 0,
    stir: (wanted) => {
      hops = Math.max(hops, wanted);
    },
    isStirred: () => hops > 0,
    takeHops: () => {
      const taken = hops;
      hops = 0;
      return taken;
    },
    halt: () => {
      halted = true;
    },
    resume: () => {
      halted = false;
      const due = [...timers, ...waiting];
      timers = [];
      waiting = [];
      for (const callback of due) life.run(callback);
    },
    end: () => {
      alive = false;
      waiting = [];
      timers = [];
    },
  };
  return life;
}
