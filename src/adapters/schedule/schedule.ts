/** Calendar work, the only home of node-cron. */
import { schedule } from 'node-cron';

/** A quiet minute that is not the one everybody takes. */
const quietMinute = '17 4 * * *';

export function createSchedule(): { daily(task: () => void): void; stop(): Promise<void> } {
  const tasks: ReturnType<typeof schedule>[] = [];
  return {
    daily: (task) => void tasks.push(schedule(quietMinute, task)),
    stop: async () => {
      await Promise.all(tasks.map((task) => task.destroy()));
    },
  };
}
