/** Whoever looks on: told of every turn of the agent's loop and of everything that reaches the virtual node. Never changes anything. */
import type { State } from '../core/state.ts';
import type { Turned } from '../loop.ts';
import type { Answer } from '../serve/view.ts';
import type { Happening } from './happening.ts';
import type { Rested } from './rest.ts';
import type { JobType } from './systemd/jobs.ts';

/** A call of the agent's that PID 1, logind or a command took. */
export interface Called {
  readonly type: 'unit.start' | 'unit.restart' | 'unit.kill' | 'command.run' | 'node.reboot';
  readonly unit: string;
}

export interface Watcher {
  /** After the step, before its actions are performed. */
  turned?(turned: Turned): void;
  called?(call: Called): void;
  agent?(what: 'started' | 'died' | 'halted' | 'resumed' | 'stopped', state: State | null): void;
  /** An operator or a package's script asks systemd for something. `merged`: into a job of the same kind that was there already. */
  asked?(verb: JobType, unit: string, merged: boolean): void;
  /** What the agent answered an operator; null: there was none to answer. */
  answered?(answer: Answer | null): void;
  /** Something befell the node. */
  happened?(happening: Happening | 'boot' | 'power off'): void;
  /** Something that was on the agenda has come. */
  passed?(): void;
  /** Time was passed over in which nothing happened but looks that said the same again. */
  rested?(rested: Rested): void;
}
