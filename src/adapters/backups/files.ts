/**
 * One look at the files of a pattern. INVARIANTS: it answers at the deadline, whatever the file system does; of one pattern one look is under way, and of all
 * together a few, for a read from a disk or a server that does not answer keeps one of the process's few threads until it does.
 */
import { opendir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { BackupsSeen, FileFound, FilesFound } from '../../core/backups/found.ts';
import type { FilesTarget } from '../../core/backups/policy.ts';
import type { Clock } from '../../ports.ts';
import { cleanDetail } from '../probe/detail.ts';
import { fits, hasWildcard } from './wildcard.ts';

/** Half of the threads that the unit file gives. */
const mostAtOnce = 8;
const mostNames = 50_000;

interface Walk {
  readonly signal: AbortSignal;
  /** Names that may still be read. */
  left: number;
}

const isAbsent = (error: unknown): boolean => {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR';
};

async function namesIn(folder: string, pattern: string, walk: Walk): Promise<string[]> {
  const found: string[] = [];
  for await (const { name } of await opendir(folder)) {
    walk.left -= 1;
    if (walk.left < 0) throw new Error(`there are more than ${mostNames} names to read; write a narrower path`);
    walk.signal.throwIfAborted();
    if (fits(name, pattern)) found.push(name);
  }
  return found;
}

async function fileAt(path: string): Promise<FileFound[]> {
  const { size, mtimeMs, isFile } = await stat(path).then((stats) => ({ ...stats, isFile: stats.isFile() }));
  return isFile ? [{ path, bytes: size, wallMs: mtimeMs }] : [];
}

/** Every file that the names below `folder` lead to. What is not there is no file; what may not be read is an error. */
async function filesBelow(folder: string, [first = '', ...rest]: readonly string[], walk: Walk): Promise<FileFound[]> {
  walk.signal.throwIfAborted();
  try {
    const names = hasWildcard(first) ? await namesIn(folder, first, walk) : [first];
    const found: FileFound[] = [];
    for (const name of names) {
      const path = join(folder, name);
      found.push(...(rest.length === 0 ? await fileAt(path).catch(absent) : await filesBelow(path, rest, walk)));
    }
    return found;
  } catch (error) {
    return absent(error);
  }
}

function absent(error: unknown): FileFound[] {
  if (isAbsent(error)) return [];
  throw error;
}

const newestOf = (files: readonly FileFound[]): FileFound | null =>
  files.reduce<FileFound | null>(
    (newest, file) => (newest === null || file.wallMs > newest.wallMs ? file : newest),
    null,
  );

async function findFiles({ path, minBytes }: FilesTarget, signal: AbortSignal): Promise<FilesFound> {
  const names = path.split('/').filter((name) => name !== '');
  const files = await filesBelow('/', names, { signal, left: mostNames });
  const tell = (file: FileFound | null): FileFound | null => file && { ...file, path: cleanDetail(file.path) };
  const whole = files.filter(({ bytes }) => bytes >= minBytes);
  return { kind: 'files', newest: tell(newestOf(files)), newestWhole: tell(newestOf(whole)) };
}

/** `find` is for tests. */
export function createFilesLook({ nowMs, wallMs }: Pick<Clock, 'nowMs' | 'wallMs'>, find = findFiles) {
  const underWay = new Set<string>();
  const waiting: (() => void)[] = [];
  let free = mostAtOnce;

  async function inTurn(look: () => Promise<FilesFound>): Promise<FilesFound> {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await look();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  }

  return async (target: FilesTarget, timeoutMs: number): Promise<BackupsSeen> => {
    const startedAtMs = nowMs();
    const blind = (detail: string): BackupsSeen => ({ known: false, detail: cleanDetail(detail), startedAtMs });
    const lane = JSON.stringify(target);
    if (underWay.has(lane)) return blind(`an earlier look at ${target.path} has not ended: its disk or server hangs`);
    underWay.add(lane);
    const over = new AbortController();
    const { promise: late, resolve } = Promise.withResolvers<BackupsSeen>();
    const timer = setTimeout(() => {
      over.abort();
      resolve(blind(`${target.path} was not read within ${timeoutMs} ms`));
    }, timeoutMs);
    const looked = inTurn(async () => {
      over.signal.throwIfAborted();
      return find(target, over.signal);
    })
      .then((found): BackupsSeen => ({ known: true, found, wallMs: wallMs(), startedAtMs }))
      .catch((error: Error) => blind(`cannot read ${target.path}: ${error.message}`))
      .finally(() => {
        clearTimeout(timer);
        underWay.delete(lane);
      });
    return Promise.race([looked, late]);
  };
}
