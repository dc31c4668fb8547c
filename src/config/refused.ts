/**
 * What is left of a configuration without the parts that the schema refuses, so that the rest can be checked against itself in the same go: who
 * writes a file is told of everything at once.
 */
import type { z } from 'zod';
import type { Path } from './locate.ts';
import { type Config, config } from './schema.ts';

type Issues = readonly z.core.$ZodIssue[];

/** A part that is missing inside of another takes that one along; nothing lies deeper than this. */
const deepest = 8;

/** The paths of the refused parts; of a list the whole list, because nothing is known of its order any more. */
export function refusedPaths(issues: Issues): Path[] {
  return issues.flatMap((issue) => {
    const paths = issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...issue.path, key]) : [issue.path];
    return paths.map((path) => {
      const index = path.findIndex((key) => typeof key === 'number');
      return index < 0 ? path : path.slice(0, index);
    });
  });
}

function remove(value: unknown, path: Path): void {
  const last = path.at(-1);
  const parent = path
    .slice(0, -1)
    .reduce<unknown>((inner, key) => (inner as Record<PropertyKey, unknown> | null | undefined)?.[key], value);
  if (last !== undefined && parent !== null && typeof parent === 'object') Reflect.deleteProperty(parent, last);
}

/** null when nothing usable is left. */
export function without(value: unknown, issues: Issues): Config | null {
  const rest: unknown = structuredClone(value);
  let left = issues;
  for (let trimmed = 0; trimmed < deepest; trimmed += 1) {
    for (const path of refusedPaths(left)) remove(rest, trimmed === 0 ? path : path.slice(0, -trimmed));
    const parsed = config.safeParse(rest);
    if (parsed.success) return parsed.data;
    left = parsed.error.issues;
  }
  return null;
}

/** Whether a finding about `keys` below `path` rests on something that was refused. */
export function restsOn(
  { path, keys }: { readonly path: Path; readonly keys: readonly string[] },
  refused: Path,
): boolean {
  const judged = keys.length === 0 ? [path] : keys.map((key) => [...path, key]);
  return judged.some((one) => one.every((key, index) => refused[index] === key));
}
