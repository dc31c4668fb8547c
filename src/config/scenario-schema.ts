/** The scenario file of `nodemend simulate`: what befalls the node and when. Values stay as written. */
import * as z from 'zod';
import { durationPattern } from './duration.ts';
import { duration } from './duration-schema.ts';
import { unitName } from './values.ts';

const day = 86_400_000;
export const longestSpanMs = 366 * day;
export const clockPattern = /^(?:(\d{1,3})d )?(\d{1,2}):([0-5]\d)(?::([0-5]\d))?$/;

const time = z
  .string()
  .refine((text) => clockPattern.test(text) || durationPattern.test(text), {
    error: 'expected a time since the beginning, such as 02:30, 00:05:10, 1d 03:00 or 90m',
  })
  .describe('when, counted from the beginning');
const length = duration(1, longestSpanMs, 'how long');
const name = z
  .string()
  .max(255)
  .regex(/^[A-Za-z0-9:_.\\@-]+$/, 'expected the name of a component or a unit')
  .describe('a component, or a unit such as kubelet.service');
const names = z.array(name).max(20).describe('components or units');

const once = <Shape extends z.ZodRawShape>(shape: Shape) => z.strictObject({ at: time, ...shape });
const lasting = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.strictObject({ at: time, ...shape, for: length.optional(), until: time.optional() });
const command = (words: RegExp, such: string) => z.string().max(300).regex(words, `expected a command such as ${such}`);

/** What may befall the node, by the key that says so. */
export const events = {
  crash: once({ crash: name.describe('its main process is killed') }),
  exit: once({ exit: name.describe('its main process ends with status 0') }),
  oom: once({ oom: name.describe('the kernel kills it for want of memory') }),
  freeze: lasting({ freeze: name.describe('its process is stopped, as by SIGSTOP') }),
  hang: once({ hang: name.describe('it runs and answers nobody any more, until it is restarted') }),
  sicken: lasting({
    sicken: name.describe('it answers with errors until it is restarted; with for, in spite of restarts'),
  }),
  deleteSocket: once({ deleteSocket: name.describe('its socket file is deleted') }),
  slowDown: lasting({ slowDown: name.describe('it answers late'), by: length }),
  crashLoop: lasting({ crashLoop: name.describe('it crashes again and again'), after: length }),
  failToStart: lasting({ failToStart: name.describe('every start fails, as with a broken configuration') }),
  hangAtStart: lasting({ hangAtStart: name.describe('no start comes to an end') }),
  startSlowly: lasting({ startSlowly: name.describe('its starts take long'), takes: length }),
  unkillable: lasting({ unkillable: name.describe('it hangs in the kernel; not even SIGKILL ends it') }),
  hide: lasting({ hide: name.describe('nobody may look at it: permission denied') }),
  systemctl: once({
    systemctl: command(
      /^(?:(?:start|stop|restart|reset-failed|mask|unmask|enable|disable|freeze|thaw) [A-Za-z0-9:_.\\@-]+|reboot)$/,
      'stop kubelet, mask docker or reboot',
    ).describe(
      'an operator runs it: start, stop, restart, reset-failed, mask, unmask, enable, disable, freeze, thaw, reboot',
    ),
  }),
  nodemend: lasting({
    nodemend: command(
      /^(?:(?:pause|resume)(?: [a-z0-9-]+)?|restart [a-z0-9-]+)$/,
      'pause kubelet, resume or restart kubelet',
    ).describe('an operator runs it: pause, resume, restart'),
  }),
  upgrade: lasting({ upgrade: names.describe('a package manager is at work; it stops and starts these') }),
  pressure: lasting({
    pressure: z.number().min(0).max(1).describe('stall as PSI has it, from 0 to 1'),
    slows: length.optional(),
  }),
  power: once({
    power: z.literal('lost', { error: 'expected lost' }).describe('the power goes off; the node boots again'),
  }),
  suspend: once({ suspend: length.describe('the machine sleeps') }),
  clock: once({
    clock: z
      .string()
      .regex(/^[+-]\d{1,9}(?:ms|s|m|h|d)$/, 'expected a step such as +1h or -30s')
      .describe('the wall clock jumps'),
  }),
  disk: lasting({ disk: z.literal('full', { error: 'expected full' }).describe('the state takes no more') }),
  state: once({ state: z.enum(['damaged', 'missing']).describe('what is stored is found so at the next start') }),
  agent: lasting({ agent: z.enum(['killed', 'frozen']).describe('nodemend itself, by SIGKILL or SIGSTOP') }),
  bus: lasting({ bus: z.enum(['lost', 'hung', 'denied']).describe('the system bus; denied refuses every action') }),
} as const;

export type Verb = keyof typeof events;
export const verbs = Object.keys(events) as Verb[];

/** Entries that mean nothing without an end: they need `for` or `until`. */
export const bounded: ReadonlySet<Verb> = new Set<Verb>([
  'slowDown',
  'crashLoop',
  'failToStart',
  'hangAtStart',
  'startSlowly',
  'unkillable',
  'hide',
  'upgrade',
  'pressure',
  'disk',
  'bus',
]);

const unitFile = z.strictObject({
  Restart: z.enum(['no', 'always', 'on-failure', 'on-abnormal']).optional(),
  RestartSec: duration(0, day, 'before a restart').optional(),
  StartLimitBurst: z.number().int().min(0).max(1_000).optional(),
  StartLimitIntervalSec: duration(0, day, 'window of the start limit').optional(),
  KillMode: z.enum(['process', 'mixed', 'control-group', 'none']).optional(),
  WatchdogSec: duration(0, day, "systemd's own watchdog").optional(),
  TimeoutStartSec: duration(1, day, 'longest start').optional(),
  TimeoutStopSec: duration(1, day, 'longest stop').optional(),
  After: z.array(unitName).max(20).optional(),
  Requires: z.array(unitName).max(20).optional(),
  BindsTo: z.array(unitName).max(20).optional(),
  enabled: z.boolean().optional(),
  startsIn: duration(1, day, 'how long a start takes').optional(),
});

export const scenario = z.strictObject({
  span: duration(1_000, longestSpanMs, 'how long it lasts'),
  seed: z.number().int().min(1).max(2_147_483_647).default(1).describe('another seed, another jitter'),
  config: z.unknown().optional().describe('as in nodemend.yaml, or the name of such a file'),
  units: z
    .record(unitName, unitFile.nullable())
    .refine((units) => Object.keys(units).length <= 100, 'expected at most 100 units')
    .optional()
    .describe('what is installed; default: containerd, docker, the kubelet and what config names'),
  events: z
    .array(z.unknown())
    .max(1_000, 'expected at most 1000 entries')
    .default([])
    .describe('what befalls the node'),
});

export type Given<V extends Verb> = z.infer<(typeof events)[V]>;
export type UnitFile = z.infer<typeof unitFile>;

interface SchemaNode {
  readonly properties?: Readonly<Record<PropertyKey, SchemaNode>>;
  readonly additionalProperties?: SchemaNode | boolean;
  readonly anyOf?: readonly SchemaNode[];
}

/** The keys that may stand in an object of a schema, to tell which one was meant. */
export function keysOf(schema: z.ZodType): (path: readonly PropertyKey[]) => string[] {
  const top = z.toJSONSchema(schema, { io: 'input', target: 'draft-7', unrepresentable: 'any' }) as SchemaNode;
  const into = (node: SchemaNode, key: PropertyKey): SchemaNode => {
    const { properties, additionalProperties: other = {} } = node;
    const found = properties?.[key] ?? (typeof other === 'boolean' ? {} : other);
    return found.anyOf?.find((choice) => choice.properties !== undefined) ?? found;
  };
  return (path) => Object.keys(path.reduce(into, top).properties ?? {});
}
