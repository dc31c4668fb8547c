/**
 * Reads a configuration file and checks it whole: every problem in one go, each with its line, what was found and what is expected. Never throws, whatever
 * the file holds.
 */
import { readFile, stat } from 'node:fs/promises';
import { LineCounter, parseDocument } from 'yaml';
import { crossCheck } from './cross-check.ts';
import { describeIssue, explain } from './explain.ts';
import { createLocate, type Locate } from './locate.ts';
import type { Problem } from './problem.ts';
import { refusedPaths, restsOn, without } from './refused.ts';
import { type Config, config } from './schema.ts';

const defaultFile = '/etc/nodemend/nodemend.yaml';
const mostBytes = 1_048_576;
const mostAliases = 100;
const mostProblems = 100;

export type Loaded =
  | { readonly ok: true; readonly config: Config; readonly text: string }
  | { readonly ok: false; readonly problems: readonly Problem[] };

const byPlace = (a: Problem, b: Problem): number => a.line - b.line || a.column - b.column;

/** Checks the text of a configuration; an empty one is the default. */
export function parseConfig(text: string, file: string): Loaded {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'silent' });
  const locate = createLocate(document, lines);
  const flaws = [...document.errors, ...document.warnings].map(({ pos, message }) => ({
    file,
    ...locate.at(pos[0]),
    path: '',
    message: `this is not YAML: ${message}`,
  }));
  // A key given twice leaves the rest readable; after anything else the rest would be guesswork.
  const readable = document.errors.every(({ code }) => code === 'DUPLICATE_KEY');
  let value: unknown = {};
  try {
    if (readable) value = document.toJS({ maxAliasCount: mostAliases }) ?? {};
  } catch (error) {
    const message = `cannot expand the aliases: ${String(error)}; write them out`;
    flaws.push({ file, line: 1, column: 1, path: '', message });
  }
  const checked = checkValue(value, file, locate);
  const problems = [...flaws, ...checked.problems];
  if (problems.length > 0 || checked.config === null)
    return { ok: false, problems: problems.sort(byPlace).slice(0, mostProblems) };
  return { ok: true, config: checked.config, text };
}

/** What the schema refuses, and what of the rest contradicts itself. */
function checkValue(
  value: unknown,
  file: string,
  locate: Locate,
): { readonly config: Config | null; readonly problems: readonly Problem[] } {
  const parsed = config.safeParse(value, { error: describeIssue });
  const issues = parsed.error?.issues ?? [];
  const usable = parsed.data ?? without(value, issues);
  const refused = refusedPaths(issues);
  const written = Object.keys((value as { components?: object }).components ?? {});
  const crossed = (usable === null ? [] : crossCheck(usable, written))
    .filter((problem) => !refused.some((path) => restsOn(problem, path)))
    .map(({ path, message }) => ({ file, ...locate.value(path), path: path.join('.'), message }));
  const problems = [...issues.flatMap((issue) => explain(issue, value, file, locate)), ...crossed];
  return { config: parsed.data ?? null, problems };
}

function whole(file: string, message: string): Loaded {
  return { ok: false, problems: [{ file, line: 1, column: 1, path: '', message }] };
}

/** `null` is the default file, which need not exist: then what is found on the node is mended. */
export async function loadConfigFile(file: string | null): Promise<Loaded> {
  const path = file ?? defaultFile;
  try {
    const { size } = await stat(path);
    if (size > mostBytes) return whole(path, `cannot read it: it has ${size} bytes, expected at most ${mostBytes}`);
    const text = new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path));
    return parseConfig(text, path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' && file === null) return parseConfig('', path);
    if (code === 'ENOENT') return whole(path, 'there is no such file; name another one or leave it out');
    if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return whole(path, 'it is not UTF-8 text; save it as UTF-8');
    return whole(path, `cannot read it: ${code ?? String(error)}; make it a file that can be read`);
  }
}
