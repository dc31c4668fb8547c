/** `nodemend-drill heal`: what a drill that was killed has left broken. */
import { exitStatus } from '../cli/io.ts';
import { createJournal, heal } from './journal.ts';
import type { World } from './world.ts';

export async function healLeft(report: string, whenAlone: boolean, { io, open, alone }: World): Promise<number> {
  const journal = createJournal(report);
  if (whenAlone) await alone();
  const debt = journal.read();
  if (debt === null) {
    io.out(`nothing is left to heal: there is no ${journal.path}\n`);
    return exitStatus.fine;
  }
  const target = await open(debt.target);
  try {
    await heal(target, debt);
  } finally {
    await target.close();
  }
  journal.clear();
  io.out(`${debt.target} is healed of ${debt.failure}\n`);
  return exitStatus.fine;
}
