/**
 * Which file a socket's path leads to. A connection outlives the file it was made through, so a kept one alone would hide that nobody else
 * can connect any more: the file was deleted, put aside by another server's, or closed to us.
 */
import { access, constants, stat } from 'node:fs/promises';

/** Null when nobody with our rights could connect by this path. */
export async function readSocketFile(path: string): Promise<string | null> {
  try {
    await access(path, constants.R_OK | constants.W_OK);
    const { dev, ino } = await stat(path);
    return `${dev}:${ino}`;
  } catch {
    // What is wrong is told by the connect that is tried next.
    return null;
  }
}
