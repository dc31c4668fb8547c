/** `nodemend status --watch` on a terminal: the whole screen, alive, until a key or a signal ends it. */
import type { NodeView } from '../serve/view.ts';
import { readReply } from './answer.ts';
import type { Client } from './client.ts';
import { followOn } from './follow.ts';
import { exitStatus, type Io } from './io.ts';
import type { Screen } from './screen.ts';
import { drawWatching, initialWatching, pressKey, type Watching } from './watching.ts';

export interface WatchOptions {
  /** Shown alone from the beginning. */
  readonly component: string | undefined;
  readonly signal: AbortSignal;
  readonly everyMs: number;
  readonly isView: (value: object) => value is NodeView;
}

/** Resolves to the exit status: whether the node was ready when it was last seen. */
export async function watchScreen(
  client: Client,
  { component, signal, everyMs, isView }: WatchOptions,
  io: Io,
  screen: Screen,
): Promise<number> {
  const end = new AbortController();
  const either = AbortSignal.any([signal, end.signal]);
  let state: Watching =
    component === undefined ? initialWatching : { ...initialWatching, selected: component, alone: true };
  let view: NodeView | null = null;
  let trouble: string | null = null;
  let status: number = exitStatus.fine;
  let wake = (): void => undefined;

  function draw(): void {
    screen.draw(drawWatching(view, trouble, state, { ...screen.size(), color: io.color }));
  }

  async function look(): Promise<void> {
    const reply = await client.get('/api/v1/status');
    if (either.aborted || state.frozen) return;
    let told = '';
    const err = (text: string): void => {
      told += text;
    };
    const read = readReply<NodeView>(reply, isView, { ...io, err });
    trouble = read.ok ? null : told.trim();
    if (read.ok) view = read.value;
    status = !read.ok ? read.status : read.value.ready.ready && !read.value.stopping ? exitStatus.fine : exitStatus.no;
  }

  function onKey(key: string): void {
    const names = view?.components.map(({ name }) => name) ?? [];
    const next = pressKey(state, key, names, screen.size().rows);
    if (next === null) {
      end.abort();
      return;
    }
    const goesOn = state.frozen && !next.frozen;
    state = next;
    draw();
    if (goesOn) wake();
  }

  either.addEventListener('abort', () => wake());
  screen.enter(onKey, draw);
  const streams = followOn(client, either, everyMs, () => wake());
  try {
    while (!either.aborted) {
      await look();
      if (either.aborted) break;
      draw();
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, everyMs);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  } finally {
    screen.leave();
    streams.end();
    await streams.ended;
  }
  return status;
}
