/** What the schema found wrong, in the words of a person: what was found, what is expected, and which key was probably meant. */
import type { z } from 'zod';
import type { Locate, Path } from './locate.ts';
import { nearest } from './nearest.ts';
import type { Problem } from './problem.ts';
import { jsonSchema } from './schema.ts';

type Issue = z.core.$ZodIssue;
type RawIssue = z.core.$ZodRawIssue;

const kinds: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'keys with values',
  record: 'keys with values',
};

const units: Readonly<Record<string, string>> = { string: ' characters', array: ' entries' };

/** Handed to the schema when it parses: the sentence about one issue, where the schema itself has none. */
export function describeIssue(issue: RawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${kinds[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return `expected one of ${issue.values.map(String).join(', ')}`;
    case 'too_big':
      return `expected at most ${issue.maximum}${units[issue.origin] ?? ''}`;
    case 'too_small':
      return `expected at least ${issue.minimum}${units[issue.origin] ?? ''}`;
    default:
      return undefined;
  }
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

interface SchemaNode {
  readonly properties?: Readonly<Record<PropertyKey, SchemaNode>>;
  readonly additionalProperties?: SchemaNode | boolean;
}

/** The keys that the schema knows at a path; none inside of lists. */
function knownKeys(path: Path): string[] {
  const found = path.reduce<SchemaNode>((node, key) => {
    const { properties, additionalProperties: other = {} } = node;
    return properties?.[key] ?? (typeof other === 'boolean' ? {} : other);
  }, jsonSchema());
  return Object.keys(found.properties ?? {});
}

function unknownKey(key: string, known: readonly string[]): string {
  const meant = nearest(key, known);
  if (meant !== null) return `there is no key ${show(key)} here; did you mean ${meant}?`;
  return `there is no key ${show(key)} here${known.length === 0 ? '' : `; expected one of ${known.join(', ')}`}`;
}

/** The choice of a union that was meant: the one whose kind of value was given, when that is only one. */
function meantChoice(issue: Issue): readonly Issue[] | null {
  if (issue.code !== 'invalid_union') return null;
  const fitting = issue.errors.filter((choice) =>
    choice.every((inner) => inner.path.length > 0 || inner.code === 'unrecognized_keys'),
  );
  return fitting.length === 1 ? (fitting[0] ?? null) : null;
}

/** Every problem of one issue; `value` is the whole as it was read, `known` the keys that may stand at a path. */
export function explain(
  issue: Issue,
  value: unknown,
  file: string,
  locate: Locate,
  known: (path: Path) => string[] = knownKeys,
): Problem[] {
  const { path } = issue;
  const meant = meantChoice(issue);
  if (meant !== null)
    return meant.flatMap((inner) => explain({ ...inner, path: [...path, ...inner.path] }, value, file, locate, known));
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      file,
      ...locate.key(path, key),
      path: [...path, key].join('.'),
      message: unknownKey(key, known(path)),
    }));
  }
  if (issue.code === 'invalid_key') {
    const name = String(path.at(-1));
    const expected = issue.issues[0]?.message ?? issue.message;
    const message = `found the name ${show(name)}, ${expected}`;
    return [{ file, ...locate.key(path.slice(0, -1), name), path: path.join('.'), message }];
  }
  const message = `found ${show(valueAt(value, path))}, ${issue.message}`;
  return [{ file, ...locate.value(path), path: path.join('.'), message }];
}
