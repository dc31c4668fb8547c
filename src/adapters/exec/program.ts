/**
 * Finds a program as a shell would, and reads its beginning. To start a process is to wait, with the whole daemon, until the kernel has read
 * the program's file: on a disk that does not answer that never ends. Read here first, off the loop, it is in the page cache by then.
 */
import { access, constants, open } from 'node:fs/promises';
import { resolve } from 'node:path';

/** The kernel reads the first page of a program before the one who started it goes on. */
const pageBytes = 4_096;

async function warm(path: string): Promise<void> {
  const file = await open(path);
  try {
    await file.read(Buffer.alloc(pageBytes));
  } finally {
    await file.close();
  }
}

/** Resolves to the path of a program that may be run. Rejects with ENOENT or EACCES. May never end. */
export async function findProgram(name: string, searchPath: string): Promise<string> {
  const folders = name.includes('/') ? [''] : searchPath.split(':');
  let failure: unknown = Object.assign(new Error(`no program ${name}`), { code: 'ENOENT' });
  for (const folder of name === '' ? [] : folders) {
    const path = resolve('/', folder, name);
    try {
      await access(path, constants.X_OK);
    } catch (error) {
      // One that is there and may not be run is told of, unless a later folder has one that may.
      if ((error as NodeJS.ErrnoException).code === 'EACCES') failure = error;
      continue;
    }
    // What may be run but not read is run all the same.
    await warm(path).catch(() => undefined);
    return path;
  }
  throw failure;
}
