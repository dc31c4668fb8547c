/**
 * Reads a configuration file and checks it whole: every problem in one go, each with its line, what was found and what is expected. Never throws, whatever
 * the file holds.
 */
import { stat } from 'node:fs/promises';
import { crossCheck } from './cross-check.ts';
import { describeIssue, explain } from './explain.ts';
import type { Locate } from './locate.ts';
import type { Problem } from './problem.ts';
import { refusedPaths, restsOn, without } from './refused.ts';
import { type Config, config } from './schema.ts';
import { readText, readYaml } from './yaml-text.ts';

const defaultFile = '/etc/nodemend/nodemend.yaml';
export const mostProblems = 100;

export type Loaded =
  | { readonly ok: true; readonly config: Config; readonly text: string }
  | { readonly ok: false; readonly problems: readonly Problem[] };

export const byPlace = (a: Problem, b: Problem): number => a.line - b.line || a.column - b.column;

/** Checks the text of a configuration; an empty one is the default. */
export function parseConfig(text: string, file: string): Loaded {
  const { value, locate, flaws } = readYaml(text, file);
  const checked = checkValue(value, file, locate);
  const problems = [...flaws, ...checked.problems];
  if (problems.length > 0 || checked.config === null)
    return { ok: false, problems: problems.sort(byPlace).slice(0, mostProblems) };
  return { ok: true, config: checked.config, text };
}

/** What the schema refuses, and what of the rest contradicts itself. */
export function checkValue(
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

/** `null` is the default file, which need not exist: then what is found on the node is mended. */
export async function loadConfigFile(file: string | null): Promise<Loaded> {
  const path = file ?? defaultFile;
  const there = file !== null || (await isThere(path));
  const text = there ? await readText(path) : '';
  return typeof text === 'string' ? parseConfig(text, path) : { ok: false, problems: [text] };
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== 'ENOENT',
  );
