/** What `elect` and the guard of its command tell each other. Times are CLOCK_MONOTONIC milliseconds, which is the same clock in both processes. */

/** By when a command has to be gone. */
export interface Span {
  /** From then on it is to end: SIGTERM. */
  readonly endAtMs: number;
  /** From then on it must not be: SIGKILL. */
  readonly goneByMs: number;
}

export type Order =
  | { readonly type: 'run'; readonly env: Readonly<Record<string, string>>; readonly span: Span }
  /** The term goes on for longer. */
  | { readonly type: 'hold'; readonly span: Span }
  /** SIGTERM now; by the time it must be gone, or by the one of its span if that is sooner, SIGKILL. */
  | { readonly type: 'end'; readonly goneByMs: number };

export type News =
  | { readonly type: 'begun'; readonly pid: number }
  | { readonly type: 'failed'; readonly why: string }
  | {
      readonly type: 'ended';
      readonly exitCode: number | null;
      readonly signal: NodeJS.Signals | null;
      /** The guard had sent it a signal before. */
      readonly asked: boolean;
    };
