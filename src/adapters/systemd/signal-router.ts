/** Which signal of systemd and logind goes to whom. Takes nothing on trust: a signal of another shape is dropped. */
import type { Emit } from '../../ports.ts';
import type { Signal } from './connection.ts';
import { logindInterface, managerInterface, propertiesInterface, shutdownTarget } from './match-rules.ts';
import type { ShutdownWatch } from './shutdown-watch.ts';

export interface SignalRouterOptions {
  readonly emit: Emit;
  readonly shutdown: ShutdownWatch;
  readonly merge: (path: string, body: readonly unknown[]) => void;
  /** The watched names of the unit that systemd calls `id`. */
  readonly namesOf: (id: string) => string[];
  readonly jobRemoved: (unit: string, job: number, result: string) => void;
  /** Unit files or the manager's view of them changed: nothing of that is in a unit's own signals. */
  readonly onFilesChanged: () => void;
}

export const createSignalRouter = (options: SignalRouterOptions): ((signal: Signal) => void) => {
  const jobNew = (job: number, id: string): void => {
    if (id === shutdownTarget) options.shutdown.jobStarted();
    for (const unit of options.namesOf(id)) options.emit({ type: 'job.started', unit, job });
  };
  const jobRemoved = (job: number, id: string, word: unknown): void => {
    const result = typeof word === 'string' ? word.slice(0, 40) : '';
    if (id === shutdownTarget) options.shutdown.jobEnded(result);
    for (const unit of options.namesOf(id)) {
      options.emit({ type: 'job.ended', unit, job, result });
      options.jobRemoved(unit, job, result);
    }
  };
  const fromManager = (member: string, body: readonly unknown[]): void => {
    const [first, , id, result] = body;
    if (member === 'UnitFilesChanged' || (member === 'Reloading' && first === false)) options.onFilesChanged();
    if (typeof first !== 'number' || typeof id !== 'string') return;
    if (member === 'JobNew') jobNew(first, id);
    if (member === 'JobRemoved') jobRemoved(first, id, result);
  };
  return (signal) => {
    const { path, member, body } = signal;
    if (signal.interface === managerInterface) fromManager(member, body);
    if (signal.interface === propertiesInterface && member === 'PropertiesChanged') options.merge(path, body);
    if (signal.interface === logindInterface && member === 'PrepareForShutdown' && typeof body[0] === 'boolean') {
      options.shutdown.prepared(body[0]);
    }
  };
};
