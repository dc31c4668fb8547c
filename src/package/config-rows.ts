/**
 * The rows of the configuration tables in the README and the manual, read from the JSON Schema that `nodemend schema` prints and from the defaults
 * beside the presets. What is to be typed stands between backticks.
 */
import { durationPattern } from '../config/duration.ts';
import { usual } from '../config/presets.ts';
import { jsonSchema } from '../config/schema.ts';
import { sizePattern } from '../config/size.ts';

interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly pattern?: string;
  readonly format?: string;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | false;
}

export type ConfigRow = readonly [key: string, value: string, standard: string, meaning: string];

const code = (text: string): string => `\`${text}\``;

/** What may be written, in a few words. */
function writable(schema: Schema): string {
  if (schema.enum !== undefined) return schema.enum.map(code).join(', ');
  if (schema.anyOf !== undefined) return schema.anyOf.map(writable).join(' or ');
  if (schema.items !== undefined) return `list of ${writable(schema.items)}`;
  if (schema.pattern === durationPattern.source) return 'duration';
  if (schema.pattern === sizePattern.source) return 'size';
  if (schema.pattern === '^\\/') return 'absolute path';
  if (schema.format === 'uri') return 'URL';
  if (schema.minimum !== undefined && schema.maximum !== undefined) return `${schema.minimum} to ${schema.maximum}`;
  if (schema.type === 'boolean') return '`true`, `false`';
  if (schema.properties !== undefined) return `{ ${Object.keys(schema.properties).join(', ')} }`;
  return 'text';
}

function write(value: unknown): string {
  if (Array.isArray(value)) return code(`[${value.join(', ')}]`);
  return value === undefined || typeof value === 'object' ? '' : code(String(value));
}

function usualAt(key: string): unknown {
  return key
    .split('.')
    .reduce<unknown>(
      (inner, name) =>
        typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>)[name] : undefined,
      usual,
    );
}

/** `stops`: the keys whose own tables follow. */
function rowsOf(schema: Schema, prefix: string, stops: readonly string[], withUsual: boolean): ConfigRow[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, inner]): ConfigRow[] => {
    const key = `${prefix}${name}`;
    const own: ConfigRow = [
      key,
      inner.properties === undefined && inner.additionalProperties === undefined ? writable(inner) : '',
      write(inner.default ?? (withUsual ? usualAt(key) : undefined)),
      inner.description ?? '',
    ];
    return stops.includes(key) ? [own] : [own, ...rowsOf(inner, `${key}.`, stops, withUsual)];
  });
}

function below(schema: Schema, key: string): Schema {
  const found = schema.properties?.[key]?.additionalProperties;
  if (found === undefined || found === false) throw new Error(`the schema has no names below ${key}`);
  return found;
}

type Tables = Record<'top' | 'component' | 'probe' | 'leader' | 'backup' | 'alert' | 'election', readonly ConfigRow[]>;

export function configTables(): Readonly<Tables> {
  const top = jsonSchema() as Schema;
  const component = below(top, 'components');
  return {
    top: rowsOf(top, '', ['components', 'backups', 'alerts', 'elections'], false),
    component: rowsOf(component, '', ['probes'], true),
    probe: rowsOf(below(component, 'probes'), '', [], true),
    leader: rowsOf(below(top, 'leaders'), '', [], false),
    backup: rowsOf(below(top, 'backups'), '', [], false),
    alert: rowsOf(below(top, 'alerts'), '', [], false),
    election: rowsOf(below(top, 'elections'), '', [], false),
  };
}
