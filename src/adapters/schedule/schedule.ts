/** Calendar work, the only home of node-cron. */
import { schedule } from 'node-cron';

/** A quiet minute that is not the one everybody takes. */
const quietMinute = '17 4 * * *';
/** After a suspend or on a starved machine the minute is past already: within this it is done all the same. */
const lateMs = 3_600_000;

/** The library would write lines of its own to where our log goes. */
const silent = {
  info: () => undefined,
  warn: () => undefined,
  debug: () => undefined,
  // Tasks do not throw; one that does all the same is a defect of ours, and the process ends with it (crash-only).
  error: (message: string | Error, error?: Error) => {
    setImmediate(() => {
      throw error ?? message;
    });
  },
};

export interface Schedule {
  /** Once a day, in a quiet minute. */
  daily(task: () => void): void;
  /** By five fields of cron, in local time. Throws when they are none. */
  cron(fields: string, task: () => void): void;
  stop(): Promise<void>;
}

export function createSchedule(): Schedule {
  const tasks: ReturnType<typeof schedule>[] = [];
  const cron = (fields: string, task: () => void): void =>
    void tasks.push(schedule(fields, task, { logger: silent, missedExecutionTolerance: lateMs }));
  return {
    daily: (task) => cron(quietMinute, task),
    cron,
    stop: async () => {
      await Promise.all(tasks.map((task) => task.destroy()));
    },
  };
}
