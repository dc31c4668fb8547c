/** The events of a scenario: each checked by the schema of what it says happens, its times and its names. Pure. */
import type { z } from 'zod';
import { parseDuration } from './duration.ts';
import { describeIssue, explain } from './explain.ts';
import type { Locate, Path } from './locate.ts';
import { nearest } from './nearest.ts';
import type { Problem } from './problem.ts';
import { componentProblem, type Names, unitProblem } from './scenario-names.ts';
import {
  bounded,
  clockPattern,
  events,
  type Given,
  keysOf,
  longestSpanMs,
  type Verb,
  verbs,
} from './scenario-schema.ts';

/** One thing that happens, as it is meant. */
export type TimedEvent = {
  readonly [V in Verb]: {
    readonly verb: V;
    readonly atMs: number;
    /** null: until something ends it. */
    readonly forMs: number | null;
    readonly given: Given<V>;
  };
}[Verb];

interface Flaw {
  readonly path: Path;
  readonly message: string;
  /** The key itself is the flaw, not its value. */
  readonly ofKey?: string;
}

/** `02:30`, `1d 03:00:10` or a duration, in milliseconds; NaN for any other text. */
export function timeOf(text: string): number {
  const clock = clockPattern.exec(text);
  if (clock === null) return parseDuration(text) ?? Number.NaN;
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = clock.slice(1).map((part) => Number(part ?? 0));
  return 1_000 * (seconds + 60 * (minutes + 60 * (hours + 24 * days)));
}

/** Verbs whose value names no unit. */
const unnamed: ReadonlySet<Verb> = new Set<Verb>([
  'pressure',
  'power',
  'suspend',
  'clock',
  'disk',
  'state',
  'agent',
  'bus',
]);

function nameFlaws(verb: Verb, value: unknown, names: Names): Flaw[] {
  const told = (path: Path, message: string | null): Flaw[] => (message === null ? [] : [{ path, message }]);
  if (unnamed.has(verb)) return [];
  if (Array.isArray(value))
    return value.flatMap((name: string, index) => told([verb, index], unitProblem(name, names)));
  const words = String(value).split(' ');
  const name = verb === 'systemctl' || verb === 'nodemend' ? words[1] : words[0];
  if (name === undefined) return [];
  return told([verb], verb === 'nodemend' ? componentProblem(name, names) : unitProblem(name, names));
}

interface Times {
  readonly at: string;
  readonly for?: string | undefined;
  readonly until?: string | undefined;
  /** That one is a length by itself. */
  readonly suspend?: string | undefined;
}

/** As the daemon's own. */
const longestPauseMs = 7 * 86_400_000;

function needsEnd(verb: Verb, value: unknown): boolean {
  return bounded.has(verb) || value === 'frozen' || String(value).startsWith('pause');
}

function timeFlaws(verb: Verb, value: unknown, times: Times, spanMs: number): Flaw[] {
  const { at, for: length, until } = times;
  const flaws: Flaw[] = [];
  const flaw = (key: string, message: string): void => void flaws.push({ path: [key], message });
  if (timeOf(at) > spanMs) flaw('at', `found ${JSON.stringify(at)}, expected a time within the span`);
  if (length !== undefined && until !== undefined) flaw('until', 'found for and until, expected one of them');
  if (until !== undefined && timeOf(until) <= timeOf(at))
    flaw('until', `found ${JSON.stringify(until)}, expected a time after ${at}`);
  if (String(value).startsWith('pause') && (lastsMs(times) ?? 0) > longestPauseMs)
    flaw(length === undefined ? 'until' : 'for', 'expected a pause of at most 7d');
  const hasEnd = length !== undefined || until !== undefined;
  if (!hasEnd && needsEnd(verb, value)) flaw(verb, 'found no end, expected for or until');
  const endless = value === 'killed' || /^(?:resume|restart)/.test(String(value));
  if (hasEnd && endless) flaw(length === undefined ? 'until' : 'for', `found an end of what has none: ${value}`);
  return flaws;
}

function lastsMs({ at, for: length, until, suspend = length }: Times): number | null {
  if (until !== undefined) return timeOf(until) - timeOf(at);
  return suspend === undefined ? null : timeOf(suspend);
}

const keys = Object.fromEntries(verbs.map((verb) => [verb, keysOf(events[verb])])) as Readonly<
  Record<Verb, (path: Path) => string[]>
>;

interface Context {
  readonly names: Names;
  readonly spanMs: number;
  readonly explain: (issue: z.core.$ZodIssue, known: (path: Path) => string[]) => Problem[];
}

/** An entry that says nothing that is known, or too much. */
function unclear(value: unknown, found: readonly Verb[]): Flaw[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return [{ path: [], message: 'expected at with a time and one thing that happens, such as freeze: containerd' }];
  if (found.length > 1) return [{ path: [], message: `found ${found.join(' and ')}, expected one thing that happens` }];
  const strange = Object.keys(value).filter((key) => !['at', 'for', 'until'].includes(key));
  if (strange.length === 0)
    return [{ path: [], message: `found nothing that happens, expected one of ${verbs.join(', ')}` }];
  return strange.map((key) => {
    const meant = nearest(key, verbs);
    const hint = meant === null ? `expected one of ${verbs.join(', ')}` : `did you mean ${meant}?`;
    return { path: [key], ofKey: key, message: `nothing happens that is called ${JSON.stringify(key)}; ${hint}` };
  });
}

function readEvent(value: unknown, path: Path, { names, spanMs, explain: told }: Context) {
  const isMap = typeof value === 'object' && value !== null && !Array.isArray(value);
  const found = isMap ? verbs.filter((one) => Object.hasOwn(value, one)) : [];
  const [verb] = found;
  if (verb === undefined || found.length > 1) return { event: null, flaws: unclear(value, found), problems: [] };
  const parsed = events[verb].safeParse(value, { error: describeIssue });
  if (!parsed.success) {
    const problems = parsed.error.issues.flatMap((issue) =>
      told({ ...issue, path: [...path, ...issue.path] }, (at) => keys[verb](at.slice(path.length))),
    );
    return { event: null, flaws: [], problems };
  }
  const given = parsed.data as Times & Readonly<Record<string, unknown>>;
  const flaws = [...timeFlaws(verb, given[verb], given, spanMs), ...nameFlaws(verb, given[verb], names)];
  return { event: { verb, atMs: timeOf(given.at), forMs: lastsMs(given), given } as TimedEvent, flaws, problems: [] };
}

/** All of `events` in a scenario, with the span they have to lie in. */
export function readEvents(
  scenario: Readonly<Record<string, unknown>>,
  { names, file, locate }: { readonly names: Names; readonly file: string; readonly locate: Locate },
): { readonly spanMs: number; readonly events: readonly TimedEvent[]; readonly problems: readonly Problem[] } {
  const { span, events: list } = scenario;
  const spanMs = (typeof span === 'string' ? parseDuration(span) : null) ?? longestSpanMs;
  const context: Context = {
    names,
    spanMs,
    explain: (issue, known) => explain(issue, scenario, file, locate, known),
  };
  const read = (Array.isArray(list) ? list : []).map((value: unknown, index) => {
    const path = ['events', index];
    const { event, flaws, problems } = readEvent(value, path, context);
    const told = flaws.map(({ path: inner, message, ofKey }): Problem => {
      const whole = [...path, ...inner];
      const place = ofKey === undefined ? locate.value(whole) : locate.key(path, ofKey);
      return { file, ...place, path: whole.join('.'), message };
    });
    return { event, problems: [...problems, ...told] };
  });
  return {
    spanMs,
    events: read.flatMap(({ event }) => event ?? []).sort((a, b) => a.atMs - b.atMs),
    problems: read.flatMap(({ problems }) => problems),
  };
}
