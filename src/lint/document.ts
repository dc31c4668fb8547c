/** One Kubernetes object as it stands in a file, and where its parts stand. */
import { below, type Locate, type Path } from '../config/locate.ts';
import type { YamlText } from '../config/yaml-text.ts';
import type { Spot } from './finding.ts';

export type Fields = Readonly<Record<string, unknown>>;

export interface Document {
  readonly file: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly fields: Fields;
  /** Where the value at a path stands; the nearest one above it when it is not there. */
  spot(path: Path): Spot;
  /** Where the key of a path's end stands. */
  keySpot(path: Path, key: string): Spot;
}

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A text, a number or a truth as text; anything else is null. */
export function textOf(value: unknown): string | null {
  return ['string', 'number', 'boolean'].includes(typeof value) ? String(value) : null;
}

export function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((inner, key) => {
    if (Array.isArray(inner)) return inner[Number(key)];
    return isFields(inner) && Object.hasOwn(inner, key) ? inner[String(key)] : undefined;
  }, value);
}

export function fieldsAt(value: unknown, path: Path): Fields {
  const inner = valueAt(value, path);
  return isFields(inner) ? inner : {};
}

export function listAt(value: unknown, path: Path): readonly unknown[] {
  const inner = valueAt(value, path);
  return Array.isArray(inner) ? inner : [];
}

function documentOf(file: string, value: Fields, locate: Locate): Document {
  return {
    file,
    apiVersion: textOf(value['apiVersion']) ?? '',
    kind: textOf(value['kind']) ?? '',
    fields: value,
    spot: (path) => ({ file, ...locate.value(path) }),
    keySpot: (path, key) => ({ file, ...locate.key(path, key) }),
  };
}

/** The objects of one YAML document: itself, or the items of a List. */
export function documentsOf(file: string, { value, locate }: YamlText): Document[] {
  if (!isFields(value)) return [];
  const own = documentOf(file, value, locate);
  if (own.kind === '' || own.apiVersion === '') return [];
  if (!own.kind.endsWith('List')) return [own];
  return listAt(value, ['items']).flatMap((item, index) =>
    isFields(item) ? [documentOf(file, item, below(locate, ['items', index]))] : [],
  );
}
