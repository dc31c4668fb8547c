/**
 * What a Debian trixie node (systemd 257.13) really said, recorded with `busctl --json=short monitor` and `busctl call ... GetAll`.
 * Properties that nobody reads were taken out, apart from a few that must be passed over.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** busctl's form of an a{sv}. */
export type Dict = Readonly<Record<string, { readonly type: string; readonly data: unknown }>>;

export interface RecordedSignal {
  readonly atMs: number;
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  readonly body: readonly unknown[];
}

const file = (name: string): string =>
  readFileSync(join(import.meta.dirname, '../../fixtures/systemd-257', name), 'utf8');

export const recordedProperties = (name: string): Dict => JSON.parse(file(`properties-${name}.json`)) as Dict;

export const recordedSignals = (name: string): RecordedSignal[] =>
  file(`signals-${name}.jsonl`)
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as RecordedSignal);

/** As the library hands out an a{sv}: a variant is [signature tree, [value]], `ay` is a Buffer. */
export const asRead = (dict: Dict): unknown[] =>
  Object.entries(dict).map(([name, { type, data }]) => [
    name,
    [[{ type: type[0], child: [] }], [type === 'ay' ? Buffer.from(data as number[]) : data]],
  ]);

/** systemd's infinity. The library takes a number that a double cannot hold only as text. */
const infinity = '18446744073709551615';

/** As the library takes an a{sv} for writing. */
export const asWritten = (dict: Dict): unknown[] =>
  Object.entries(dict).map(([name, { type, data }]) => [
    name,
    [type, typeof data === 'number' && data > Number.MAX_SAFE_INTEGER ? infinity : data],
  ]);

/** The body of a recorded PropertiesChanged as the library hands it out. */
export const changedAsRead = (signal: RecordedSignal): unknown[] => [
  signal.body[0],
  asRead(signal.body[1] as Dict),
  signal.body[2],
];
