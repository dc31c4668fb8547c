/**
 * Reads a configuration file and checks it whole: every problem in one go, each with its line, what was found and what is expected. Never throws, whatever
 * the file holds.
 */
import { readFile, stat } from 'node:fs/promises';
import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { crossCheck } from './cross-check.ts';
import { nearest } from './nearest.ts';
import type { Problem } from './problem.ts';
import { type Config, config } from './schema.ts';

const defaultFile = '/etc/nodemend/nodemend.yaml';
const mostBytes = 1_048_576;
const mostAliases = 100;
const mostProblems = 100;

export type Loaded =
  | { readonly ok: true; readonly config: Config; readonly text: string }
  | { readonly ok: false; readonly problems: readonly Problem[] };

type Path = readonly PropertyKey[];
type Place = Pick<Problem, 'line' | 'column'>;
type Locate = (path: Path, key?: string) => Place;

/** Where a path of keys stands in the file; the nearest one above it when it is not there itself. */
function createLocate(document: Document, lines: LineCounter): Locate {
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  return function locate(path: Path, key?: string): Place {
    const node = path.length === 0 ? document.contents : document.getIn(path, true);
    if (key !== undefined && isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === key);
      if (isScalar(pair?.key) && pair.key.range) return at(pair.key.range[0]);
    }
    if (isNode(node) && node.range) return at(node.range[0]);
    return path.length === 0 ? { line: 1, column: 1 } : locate(path.slice(0, -1));
  };
}

function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (inner, key) =>
      inner !== null && typeof inner === 'object' ? (inner as Record<PropertyKey, unknown>)[key] : undefined,
    value,
  );
}

/** The keys that the schema knows at a path, for telling which one was meant. */
function knownKeys(issue: z.core.$ZodIssue, path: Path): readonly string[] {
  const keysOf = (schema: z.core.$ZodType | undefined): string[] => {
    const definition = schema?._zod.def as
      | { type?: string; shape?: object; innerType?: z.core.$ZodType; valueType?: z.core.$ZodType }
      | undefined;
    if (definition?.innerType !== undefined) return keysOf(definition.innerType);
    return definition?.shape === undefined ? [] : Object.keys(definition.shape);
  };
  const step = (schema: z.core.$ZodType | undefined, key: PropertyKey): z.core.$ZodType | undefined => {
    const definition = schema?._zod.def as
      | {
          shape?: Record<PropertyKey, z.core.$ZodType>;
          innerType?: z.core.$ZodType;
          valueType?: z.core.$ZodType;
          element?: z.core.$ZodType;
        }
      | undefined;
    if (definition?.innerType !== undefined) return step(definition.innerType, key);
    return definition?.shape?.[key] ?? definition?.valueType ?? definition?.element;
  };
  if (issue.code !== 'unrecognized_keys') return [];
  return keysOf(path.reduce<z.core.$ZodType | undefined>(step, config));
}

function problemsOf(issue: z.core.$ZodIssue, value: unknown, file: string, locate: Locate): Problem[] {
  const path = issue.path;
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const meant = nearest(key, knownKeys(issue, path));
      const hint =
        meant === null
          ? `expected one of ${knownKeys(issue, path).join(', ') || 'no keys here'}`
          : `did you mean ${meant}?`;
      return {
        file,
        ...locate(path, key),
        path: [...path, key].join('.'),
        message: `there is no key ${show(key)} here; ${hint}`,
      };
    });
  }
  const found = show(valueAt(value, path));
  const inKey = issue.code === 'invalid_key';
  const message = inKey ? (issue.issues[0]?.message ?? issue.message) : issue.message;
  const text = message
    .replace(/^Invalid input: /, '')
    .replace(/, received .*$/, '')
    .replace(/^Invalid option: /, '');
  const where = inKey ? locate(path.slice(0, -1), String(path.at(-1))) : locate(path);
  const what = inKey ? `found the name ${show(path.at(-1))}` : `found ${found}`;
  return [{ file, ...where, path: path.join('.'), message: `${what}, ${text}` }];
}

const byPlace = (a: Problem, b: Problem): number => a.line - b.line || a.column - b.column;

/** Checks the text of a configuration; an empty one is the default. */
export function parseConfig(text: string, file: string): Loaded {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: true,
    logLevel: 'silent',
  });
  const locate = createLocate(document, lines);
  const fail = (problems: readonly Problem[]): Loaded => ({
    ok: false,
    problems: [...problems].sort(byPlace).slice(0, mostProblems),
  });
  if (document.errors.length > 0) {
    return fail(
      document.errors.map((error) => {
        const { line, col } = lines.linePos(error.pos[0]);
        return {
          file,
          line: Math.max(1, line),
          column: Math.max(1, col),
          path: '',
          message: `this is not YAML: ${error.message}`,
        };
      }),
    );
  }
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: mostAliases }) ?? {};
  } catch (error) {
    return fail([
      { file, line: 1, column: 1, path: '', message: `cannot expand the aliases: ${String(error)}; write them out` },
    ]);
  }
  const parsed = config.safeParse(value);
  if (!parsed.success) return fail(parsed.error.issues.flatMap((issue) => problemsOf(issue, value, file, locate)));
  const crossed = crossCheck(parsed.data).map(({ path, message }) => ({
    file,
    ...locate(path),
    path: path.join('.'),
    message,
  }));
  return crossed.length > 0 ? fail(crossed) : { ok: true, config: parsed.data, text };
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
