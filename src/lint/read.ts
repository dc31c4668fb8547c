/**
 * The files of a folder as the kubelet reads them: every regular file that does not begin with a dot, links followed, folders passed over. Bounded;
 * a file that cannot be read becomes a finding, and nothing is ever waited for: a FIFO is not opened for reading by whoever waits.
 */
import { constants } from 'node:fs';
import { type FileHandle, open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Finding, found } from './finding.ts';
import type { Text } from './lint.ts';

const mostBytes = 1_048_576;
const mostFiles = 1_000;

export interface Read {
  readonly texts: readonly Text[];
  readonly findings: readonly Finding[];
}

const refuse = (file: string, why: string): Finding => found('file.unreadable', { file, line: 1, column: 1 }, why);

const whys: Readonly<Record<string, string>> = {
  ENOENT: 'the link leads nowhere',
  ELOOP: 'the link leads to itself',
  EACCES: 'permission denied; is this root?',
  ENXIO: 'it is a socket',
  ERR_ENCODING_INVALID_ENCODED_DATA: 'it is not UTF-8 text',
};

async function readWhole(file: FileHandle): Promise<string> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(mostBytes + 1), 0, mostBytes + 1, 0);
  return new TextDecoder('utf-8', { fatal: true }).decode(buffer.subarray(0, bytesRead));
}

/** The text, null for a folder, or why there is none. */
async function readFile(path: string): Promise<Text | Finding | null> {
  let file: FileHandle | undefined;
  try {
    // Without O_NONBLOCK the open of a FIFO lasts until somebody writes to it.
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stats = await file.stat();
    if (stats.isDirectory()) return null;
    if (!stats.isFile()) return refuse(path, 'it is no regular file');
    if (stats.size > mostBytes) return refuse(path, `it has ${stats.size} bytes`);
    return { file: path, text: await readWhole(file) };
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    return refuse(path, whys[code] ?? message);
  } finally {
    await file?.close();
  }
}

/** Rejects with one sentence when there is no such folder or file. */
export async function readManifests(path: string): Promise<Read> {
  const isFolder = await stat(path).then(
    (stats) => stats.isDirectory(),
    ({ code = '' }: NodeJS.ErrnoException) => {
      throw new Error(`cannot read ${path}: ${code === 'ENOENT' ? 'there is no such folder or file' : code}`);
    },
  );
  const names = isFolder ? (await readdir(path)).filter((name) => !name.startsWith('.')).sort() : [];
  if (names.length > mostFiles)
    throw new Error(`cannot read ${path}: it has ${names.length} files, at most ${mostFiles}`);
  const files = isFolder ? names.map((name) => join(path, name)) : [path];
  const texts: Text[] = [];
  const findings: Finding[] = [];
  for (const file of files) {
    const got = await readFile(file);
    if (got !== null && 'text' in got) texts.push(got);
    else if (got !== null) findings.push(got);
  }
  return { texts, findings };
}
