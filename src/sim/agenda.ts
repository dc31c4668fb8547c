/**
 * What is going to happen in the virtual world, and when: milliseconds since it began. Equal times come in the order in which they were asked for, so
 * the same requests give the same run.
 */
export interface Entry {
  readonly atMs: number;
  readonly order: number;
  /** null once it was called off. */
  run: (() => void) | null;
}

export interface Agenda {
  nowMs(): number;
  at(atMs: number, run: () => void): Entry;
  after(ms: number, run: () => void): Entry;
  cancel(entry: Entry | null): void;
  nextAtMs(): number | null;
  /** As if this one were not there. */
  nextAtMsBut(entry: Entry | null): number | null;
  /** Lets time pass to the next entry and runs it. */
  turn(): void;
  /** Lets time pass in which nothing happens. */
  passTo(atMs: number): void;
}

/**
 * Virtual time advances in steps of a 1024th of a millisecond, always up: sums and differences of such times are exact, so it does not matter by which
 * way a moment was computed.
 */
export const quantized = (atMs: number): number => Math.ceil(atMs * 1024) / 1024;

const comesBefore = (a: Entry, b: Entry): boolean => a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);

/** A binary heap: the earliest entry lies on top. */
interface Heap {
  top(): Entry | undefined;
  push(entry: Entry): void;
  pop(): void;
  /** Time of the earliest that is not called off and not this one. */
  leastBut(entry: Entry | null): number | null;
}

function createHeap(): Heap {
  const heap: Entry[] = [];

  function sink(entry: Entry): void {
    let at = 0;
    for (;;) {
      const left = heap[2 * at + 1];
      if (left === undefined) break;
      const right = heap[2 * at + 2];
      const rightFirst = right !== undefined && comesBefore(right, left);
      const child = rightFirst ? right : left;
      if (!comesBefore(child, entry)) break;
      heap[at] = child;
      at = 2 * at + (rightFirst ? 2 : 1);
    }
    heap[at] = entry;
  }

  function leastBelow(at: number, but: Entry | null): number | null {
    const entry = heap[at];
    if (entry === undefined) return null;
    if (entry.run !== null && entry !== but) return entry.atMs;
    const left = leastBelow(2 * at + 1, but);
    const right = leastBelow(2 * at + 2, but);
    return left === null || right === null ? (left ?? right) : Math.min(left, right);
  }

  return {
    top: () => heap[0],
    leastBut: (entry) => leastBelow(0, entry),
    push: (entry) => {
      let at = heap.length;
      for (;;) {
        const above = (at - 1) >> 1;
        const parent = heap[above];
        if (at === 0 || parent === undefined || !comesBefore(entry, parent)) break;
        heap[at] = parent;
        at = above;
      }
      heap[at] = entry;
    },
    pop: () => {
      const last = heap.pop();
      if (last !== undefined && heap.length > 0) sink(last);
    },
  };
}

export function createAgenda(): Agenda {
  const heap = createHeap();
  let nowMs = 0;
  let order = 0;

  function at(atMs: number, run: () => void): Entry {
    order += 1;
    const entry: Entry = { atMs: Math.max(quantized(atMs), nowMs), order, run };
    heap.push(entry);
    return entry;
  }

  function next(): Entry | null {
    for (let top = heap.top(); top !== undefined; top = heap.top()) {
      if (top.run !== null) return top;
      heap.pop();
    }
    return null;
  }

  return {
    nowMs: () => nowMs,
    at,
    after: (ms, run) => at(nowMs + ms, run),
    cancel: (entry) => {
      if (entry !== null) entry.run = null;
    },
    nextAtMs: () => next()?.atMs ?? null,
    nextAtMsBut: heap.leastBut,
    turn: () => {
      const entry = next();
      if (entry === null) return;
      heap.pop();
      nowMs = entry.atMs;
      const { run } = entry;
      entry.run = null;
      run?.();
    },
    passTo: (atMs) => {
      nowMs = Math.max(nowMs, quantized(atMs));
    },
  };
}
