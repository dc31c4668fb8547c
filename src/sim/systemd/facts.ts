/** What a service is: its files, its state as others see it, and what can be done to it. Types only. */
import type { Unit, UnitSettings } from '../../core/mend/unit.ts';
import type { Answer, ProcessAilments, ProgramFacts, UnitAilments } from './program.ts';

/** What of a service outlives a reboot: the files on the disk, and what ails the program. */
export interface Installed {
  readonly facts: ServiceFacts;
  readonly ailments: UnitAilments;
  enabled: boolean;
  /** Goes before `enabled`, which it hides and does not change. */
  masked: boolean;
}

export interface ServiceFacts {
  /** With `.service`. */
  readonly name: string;
  readonly settings: UnitSettings;
  /** After=: started after these, stopped before them. */
  readonly after: readonly string[];
  /** Requires= and BindsTo=: started along with it. */
  readonly requires: readonly string[];
  /** BindsTo=: stops as well when one of these ends by itself. */
  readonly bindsTo: readonly string[];
  readonly program: ProgramFacts;
}

export interface Service {
  readonly facts: ServiceFacts;
  readonly installed: Installed;
  /** What ails the process that runs now; null when there is none. */
  process(): ProcessAilments | null;
  unit(): Unit;
  set(changes: Partial<Unit>): void;
  /** For the pidOne's jobs. `start` is false when the start limit forbids it. */
  start(): boolean;
  stop(): void;
  /** systemd's own restart cannot be queued: the unit is masked meanwhile. */
  giveUp(): void;
  resetFailed(): void;
  /** A signal that ends the process, or the process ending by itself. Nothing ends an unkillable one. */
  end(result: Ending): void;
  /** SIGSTOP and SIGCONT. */
  halt(halted: boolean): void;
  /** systemctl freeze and thaw. */
  freeze(frozen: boolean): void;
  /** To a look at what it serves; `leaning`: whether what it leans on answers. */
  answer(leaning: boolean): Answer;
  /** To a look at its main process. */
  processAnswer(): Answer;
  /** The machine goes down: no more timers. */
  vanish(): void;
}

/** systemd's word for it. */
export type Ending = 'success' | 'exit-code' | 'signal' | 'oom-kill' | 'watchdog' | 'timeout' | 'protocol';

/** What changes a unit's files. */
export type FileVerb = 'enable' | 'disable' | 'mask' | 'unmask';
