/** What the drill's commands get from whoever starts them: types only. */
import type { Io } from '../cli/io.ts';
import type { DrillClock } from './clock.ts';
import type { Target } from './target.ts';

export interface World {
  readonly io: Io;
  readonly clock: DrillClock;
  /** ISO 8601. */
  readonly now: () => string;
  /** Fires when the operator has had enough. */
  readonly signal: AbortSignal;
  /** By the name the operator gave. Throws with one sentence when there is no such target here. */
  open(name: string): Promise<Target>;
  /** Resolves to whether the operator agrees; false where nobody can be asked. */
  confirm(question: string): Promise<boolean>;
  /** Starts what heals the node when this process dies. */
  guard(report: string): void;
  /** Resolves when whoever started this process has gone. */
  alone(): Promise<void>;
}
