/**
 * The work on members that was begun on this node, and how far it came. Written before each step and after it. What is really there decides what comes
 * next; the journal holds what cannot be seen: what was asked for, and by whom.
 */
import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { WorkStep } from '../../core/etcd/work/steps.ts';
import type { Wish } from '../../core/etcd/work/wish.ts';
import { workFolder } from './known.ts';
import { writeDurably } from './snapshot-file.ts';

export interface JournalStep {
  readonly step: WorkStep;
  readonly begunWallMs: number;
  readonly endedWallMs: number | null;
}

export interface JournalRecord {
  readonly version: 1;
  /** As an operator writes it, without `--yes`. */
  readonly words: string;
  readonly wish: Wish;
  /** Nobody asked: the member was dead, and `etcd.repair` is `act`. */
  readonly unattended: boolean;
  readonly begunWallMs: number;
  readonly steps: readonly JournalStep[];
  /** null while it is under way, or was interrupted. */
  readonly ended: { readonly wallMs: number; readonly ok: boolean; readonly sentence: string } | null;
}

/** Something was done, and it did not come to its end. */
export const isLeft = ({ steps, ended }: JournalRecord): boolean => ended?.ok !== true && steps.length > 0;

export interface Journal {
  /** Goes on with the steps of the same work where that was cut off. */
  begin(work: Pick<JournalRecord, 'words' | 'wish' | 'unattended'>): Promise<void>;
  note(step: WorkStep, state: 'begun' | 'ended'): Promise<void>;
  end(ok: boolean, sentence: string): Promise<void>;
}

const fileOf = (directory: string, unit: string): string => join(workFolder(directory), `${unit}.work.json`);
/** A work of many steps, each waited for, is far below. */
const mostSteps = 500;

/** null where there is none, or none that can be understood. */
export async function readJournal(directory: string, unit: string): Promise<JournalRecord | null> {
  try {
    const value = JSON.parse(await readFile(fileOf(directory, unit), 'utf8')) as JournalRecord;
    const { version, words, wish, steps } = value;
    const isOne = version === 1 && typeof words === 'string' && typeof wish.command === 'string';
    return isOne && Array.isArray(steps) ? value : null;
  } catch {
    // Said by the null.
    return null;
  }
}

export function createJournal(directory: string, unit: string, wallMs: () => number): Journal {
  const file = fileOf(directory, unit);
  let record: JournalRecord | null = null;

  async function write(change: Partial<JournalRecord>): Promise<void> {
    if (record === null) throw new Error('a journal begins with what is asked for');
    record = { ...record, ...change };
    await writeDurably(file, `${JSON.stringify(record, null, 2)}\n`);
  }

  return {
    begin: async (work) => {
      await mkdir(dirname(file), { recursive: true, mode: 0o700 });
      const before = await readJournal(directory, unit);
      const steps = before !== null && isLeft(before) && before.words === work.words ? before.steps : [];
      record = { version: 1, ...work, begunWallMs: wallMs(), steps, ended: null };
      await write({});
    },
    note: async (step, state) => {
      const steps = record?.steps ?? [];
      const last = steps.at(-1);
      if (state === 'begun')
        await write({ steps: [...steps, { step, begunWallMs: wallMs(), endedWallMs: null }].slice(-mostSteps) });
      else if (last !== undefined) await write({ steps: [...steps.slice(0, -1), { ...last, endedWallMs: wallMs() }] });
    },
    end: (ok, sentence) => write({ ended: { wallMs: wallMs(), ok, sentence } }),
  };
}
