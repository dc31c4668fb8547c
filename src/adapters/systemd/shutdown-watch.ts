/**
 * Whether the node is on its way down, from two sources: logind's announcement, which comes first but not for every
 * shutdown, and the job of shutdown.target, which every shutdown has. Tells changes only.
 */
import type { Emit } from '../../ports.ts';

export interface ShutdownWatch {
  /** What was asked for at the begin of a session. */
  found(stopping: boolean): void;
  prepared(active: boolean): void;
  jobStarted(): void;
  jobEnded(result: string): void;
}

export const createShutdownWatch = (emit: Emit): ShutdownWatch => {
  let prepared = false;
  let queued = false;
  let told = false;
  const tell = (): void => {
    const now = prepared || queued;
    if (now === told) return;
    told = now;
    emit({ type: now ? 'shutdown.announced' : 'shutdown.canceled' });
  };
  return {
    found(stopping) {
      prepared = stopping;
      queued = false;
      tell();
    },
    prepared(active) {
      prepared = active;
      tell();
    },
    jobStarted() {
      queued = true;
      tell();
    },
    jobEnded(result) {
      // A target that was reached means that the end is near, not that it was called off.
      if (result === 'done') return;
      queued = false;
      tell();
    },
  };
};
