/** From the text of a file to its value, with the place of everything in it. Never throws, whatever the file holds. */
import { constants, type Stats } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { type Document, LineCounter, parseAllDocuments, parseDocument } from 'yaml';
import { createLocate, type Locate } from './locate.ts';
import type { Problem } from './problem.ts';

const mostBytes = 1_048_576;
const mostAliases = 100;

export interface YamlText {
  /** Empty where the text cannot be read as YAML. */
  readonly value: unknown;
  readonly locate: Locate;
  readonly flaws: readonly Problem[];
}

export function readYaml(text: string, file: string): YamlText {
  const lines = new LineCounter();
  return readDocument(parseDocument(text, { lineCounter: lines, ...quiet }), lines, file);
}

/** Every document of a file that may hold several, with `---` between them; places are those in the whole file. */
export function readYamlStream(text: string, file: string): YamlText[] {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter: lines, ...quiet });
  return Array.isArray(documents) ? documents.map((document) => readDocument(document, lines, file)) : [];
}

const quiet = { prettyErrors: false, logLevel: 'silent' } as const;

function readDocument(document: Document.Parsed, lines: LineCounter, file: string): YamlText {
  const locate = createLocate(document, lines);
  const flaws = [...document.errors, ...document.warnings].map(({ pos, message }) => ({
    file,
    ...locate.at(pos[0]),
    path: '',
    message: `this is not YAML: ${message}`,
  }));
  // A key given twice leaves the rest readable; after anything else the rest would be guesswork.
  const readable = document.errors.every(({ code }) => code === 'DUPLICATE_KEY');
  try {
    return { value: readable ? (document.toJS({ maxAliasCount: mostAliases }) ?? {}) : {}, locate, flaws };
  } catch (error) {
    const message = `cannot expand the aliases: ${String(error)}; write them out`;
    return { value: {}, locate, flaws: [...flaws, whole(file, message)] };
  }
}

/** A problem of the file as such. */
export const whole = (file: string, message: string): Problem => ({ file, line: 1, column: 1, path: '', message });

/** The text of a file, or why there is none. What is no regular file is never read: a FIFO may never end, a device never does. */
export async function readText(path: string): Promise<string | Problem> {
  let file: FileHandle | undefined;
  try {
    // Without O_NONBLOCK the open of a FIFO lasts until somebody writes to it.
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stats = await file.stat();
    if (!stats.isFile()) return whole(path, `cannot read it: it is ${kindOf(stats)}; name a regular file`);
    if (stats.size > mostBytes)
      return whole(path, `cannot read it: it has ${stats.size} bytes, expected at most ${mostBytes}`);
    // No more than that, even if it grows meanwhile.
    const { buffer, bytesRead } = await file.read(Buffer.alloc(stats.size), 0, stats.size, 0);
    return new TextDecoder('utf-8', { fatal: true }).decode(buffer.subarray(0, bytesRead));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return whole(path, 'there is no such file; name another one or leave it out');
    if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return whole(path, 'it is not UTF-8 text; save it as UTF-8');
    return whole(path, `cannot read it: ${code ?? String(error)}; make it a file that can be read`);
  } finally {
    await file?.close();
  }
}

function kindOf(stats: Stats): string {
  if (stats.isDirectory()) return 'a directory';
  if (stats.isFIFO()) return 'a FIFO';
  return 'a device';
}
