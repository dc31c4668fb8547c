/**
 * What a node knows of itself over a period and the one before it: what `/api/v1/report` answers and reports are made of. A file has one of them, or a
 * list of them below `records`, as `nodemend report --format json` writes it.
 */
import type { BriefIncident, PeriodRecord } from '../ports.ts';

/** What was told to whom, for the first time. */
export interface SentAlert {
  readonly wallMs: number;
  /** When it began: an alert that lasts is told again and again. */
  readonly sinceWallMs: number;
  readonly target: string;
  readonly reason: string;
  readonly component: string | null;
  /** Whether it was the end that was told. */
  readonly ended: boolean;
}

/** Incidents, restarts and alerts go back to before the period, as long again as the period is. */
export interface NodeRecord extends PeriodRecord {
  readonly version: 1;
  readonly node: string;
  readonly sinceWallMs: number;
  readonly untilWallMs: number;
  /** Those that are supervised now. */
  readonly components: readonly string[];
  readonly alerts: readonly SentAlert[];
}

type Field = 'text' | 'number' | 'boolean';
type Shape = Readonly<Record<string, Field | `${Field} or null`>>;

const incident: Shape = {
  component: 'text',
  openedWallMs: 'number',
  closedWallMs: 'number or null',
  cause: 'text',
  recovered: 'boolean or null',
  durationMs: 'number or null',
} satisfies Record<keyof BriefIncident, Shape[string]>;
const restart: Shape = { wallMs: 'number', component: 'text', by: 'text', reason: 'text' };
const alert: Shape = {
  wallMs: 'number',
  sinceWallMs: 'number',
  target: 'text',
  reason: 'text',
  component: 'text or null',
  ended: 'boolean',
} satisfies Record<keyof SentAlert, Shape[string]>;
const own: Shape = {
  version: 'number',
  node: 'text',
  sinceWallMs: 'number',
  untilWallMs: 'number',
  knownSinceWallMs: 'number',
};

const fits = (value: unknown, field: string): boolean => {
  if (value === null) return field.endsWith('or null');
  const [kind] = field.split(' ');
  return kind === 'text'
    ? typeof value === 'string'
    : kind === 'number'
      ? Number.isFinite(value)
      : typeof value === kind;
};

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Where the value differs from the shape, or null. */
function misfit(value: unknown, shape: Shape, place: string): string | null {
  if (!isObject(value)) return `${place === '' ? 'it' : place} is no object`;
  const wrong = Object.entries(shape).find(([key, field]) => !fits(value[key], field));
  return wrong === undefined ? null : `${place === '' ? '' : `${place}.`}${wrong[0]} is not ${wrong[1]}`;
}

function misfitIn(record: Record<string, unknown>, key: string, shape: Shape): string | null {
  const list = record[key];
  if (!Array.isArray(list)) return `${key} is no list`;
  for (const [at, value] of list.entries()) {
    const wrong = misfit(value, shape, `${key}[${at}]`);
    if (wrong !== null) return wrong;
  }
  return null;
}

function misfitOf(value: unknown): string | null {
  const wrong = misfit(value, own, '');
  if (wrong !== null || !isObject(value)) return wrong;
  if (value['version'] !== 1) return `version is ${value['version']}, and 1 is known here`;
  if (Number(value['sinceWallMs']) >= Number(value['untilWallMs'])) return 'the period has no length';
  const names = value['components'];
  if (!Array.isArray(names) || names.some((name) => typeof name !== 'string')) return 'components is no list of text';
  return (
    misfitIn(value, 'incidents', incident) ?? misfitIn(value, 'restarts', restart) ?? misfitIn(value, 'alerts', alert)
  );
}

/** The records in a file, or why it has none. */
export function parseRecords(text: string): readonly NodeRecord[] | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return `it is no JSON: ${(error as Error).message}`;
  }
  const records: readonly unknown[] = isObject(value) && Array.isArray(value['records']) ? value['records'] : [value];
  if (records.length === 0) return 'it has no record of a node';
  const wrong = records.map(misfitOf).find((found) => found !== null);
  return wrong ?? (records as readonly NodeRecord[]);
}
