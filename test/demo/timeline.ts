/**
 * What happens after a fault, a line each, with the seconds since then. What different witnesses tell arrives out of order, so a line waits a
 * moment before it is printed. On a terminal the last line shows what is waited for; elsewhere that is a line now and then.
 */
import type { Io } from '../../src/cli/io.ts';
import { paint, shorten, type Tone } from '../../src/cli/table.ts';
import { cleanText } from '../../src/markup/clean.ts';

export type Teller = 'demo' | 'nodemend' | 'systemd' | 'client';

export interface Timeline {
  /** Milliseconds since the fault. */
  nowMs(): number;
  note(atMs: number, teller: Teller, text: string): void;
  /** What is waited for. */
  waiting(text: string): void;
  /** Prints what is left. */
  end(): void;
}

const settleMs = 600;
const flushEveryMs = 100;
const plainEveryMs = 10_000;
const eraseLine = '\r\u001b[2K';
const tones: Readonly<Record<Teller, Tone>> = { demo: 'bad', nodemend: 'plain', systemd: 'good', client: 'good' };

export function formatSeconds(ms: number): string {
  return `${(ms / 1_000).toFixed(3)} s`;
}

/** `beganMs`: the time of the fault by `clockMs`. */
export function createTimeline(io: Io, clockMs: () => number, beganMs: number): Timeline {
  let waitingLines: { atMs: number; teller: Teller; text: string }[] = [];
  let toldWaitingMs = 0;
  const nowMs = () => clockMs() - beganMs;

  function print(line: { atMs: number; teller: Teller; text: string }): void {
    const text = `${`+${formatSeconds(line.atMs)}`.padStart(12)}  ${line.teller.padEnd(8)}  ${cleanText(line.text, 400)}`;
    io.out(`${paint(io.isTerminal ? shorten(text, io.columns) : text, tones[line.teller], io.color)}\n`);
  }

  function flush(untilMs: number): void {
    const due = waitingLines.filter((line) => line.atMs <= untilMs).sort((one, other) => one.atMs - other.atMs);
    if (due.length === 0) return;
    waitingLines = waitingLines.filter((line) => line.atMs > untilMs);
    if (io.isTerminal) io.out(eraseLine);
    for (const line of due) print(line);
  }

  const timer = setInterval(() => flush(nowMs() - settleMs), flushEveryMs);

  return {
    nowMs,
    note: (atMs, teller, text) => {
      waitingLines.push({ atMs, teller, text });
    },
    waiting: (text) => {
      const line = `   ${Math.floor(nowMs() / 1_000)} s: ${cleanText(text, 300)}`;
      if (io.isTerminal) io.out(`${eraseLine}${paint(shorten(line, io.columns - 1), 'quiet', io.color)}`);
      else if (nowMs() - toldWaitingMs >= plainEveryMs) {
        toldWaitingMs = nowMs();
        io.out(`${line}\n`);
      }
    },
    end: () => {
      clearInterval(timer);
      flush(Number.POSITIVE_INFINITY);
      if (io.isTerminal) io.out(eraseLine);
    },
  };
}
