/**
 * The longest time between two runs of a schedule, by the words that Velero takes: five fields of cron with names, or @daily, @every 6h and the like. A
 * time zone shifts all runs alike, so it does not matter here.
 */
import { parseGoDuration } from '../go-duration.ts';

const dayMinutes = 1_440;
/** Four years, from a Saturday that is the first of January of a leap year: every date and every day of the week come up. */
const calendarDays = 1_461;
const firstWeekday = 6;
const monthDays = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;
const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

const words: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

interface Field {
  readonly least: number;
  readonly most: number;
  readonly names: readonly string[];
}

const fields: readonly Field[] = [
  { least: 0, most: 59, names: [] },
  { least: 0, most: 23, names: [] },
  { least: 1, most: 31, names: [] },
  { least: 1, most: 12, names: ['', ...months] },
  { least: 0, most: 7, names: weekdays },
];

function numberOf(text: string, { least, most, names }: Field): number | null {
  const named = text === '' ? -1 : names.indexOf(text);
  const value = named >= 0 ? named : /^\d{1,2}$/.test(text) ? Number(text) : Number.NaN;
  return value >= least && value <= most ? value : null;
}

function numbersOfPart(part: string, field: Field): number[] | null {
  const [, range = '', step = '1'] = /^([^/]+)(?:\/(\d{1,2}))?$/.exec(part) ?? [];
  const every = range === '*' || range === '?';
  const [first = '', last] = range.split('-');
  const from = every ? field.least : numberOf(first, field);
  // A number with a step goes on to the end.
  const open = every || (last === undefined && part.includes('/'));
  const to = open ? field.most : numberOf(last ?? first, field);
  if (from === null || to === null || from > to || Number(step) === 0) return null;
  return Array.from({ length: to - from + 1 }, (_, index) => from + index).filter(
    (value) => (value - from) % Number(step) === 0,
  );
}

function numbersOf(text: string, field: Field): ReadonlySet<number> | null {
  const parts = text.split(',').map((part) => numbersOfPart(part, field));
  return parts.includes(null) ? null : new Set(parts.flatMap((part) => part ?? []));
}

const isStar = (text: string): boolean => /^[*?]/.test(text);

/** The days of the calendar on which it runs, from 0. */
function daysOf(
  dates: ReadonlySet<number>,
  inMonths: ReadonlySet<number>,
  onWeekdays: ReadonlySet<number>,
  either: boolean,
): number[] {
  const found: number[] = [];
  let [date, month, year] = [1, 1, 0];
  for (let day = 0; day < calendarDays; day += 1) {
    const weekday = (firstWeekday + day) % 7;
    const [byDate, byWeekday] = [dates.has(date), onWeekdays.has(weekday) || (weekday === 0 && onWeekdays.has(7))];
    if (inMonths.has(month) && (either ? byDate || byWeekday : byDate && byWeekday)) found.push(day);
    const last = month === 2 && year === 0 ? 29 : (monthDays[month - 1] ?? 31);
    date += 1;
    if (date > last) [date, month] = [1, month + 1];
    if (month > 12) [month, year] = [1, year + 1];
  }
  return found;
}

/** Milliseconds; null when the text is no schedule, or one that never runs. */
export function longestPeriodMs(text: string): number | null {
  const plain = text
    .trim()
    .toLowerCase()
    .replace(/^(cron_)?tz=\S+\s+/, '');
  const every = /^@every\s+(\S+)$/.exec(plain)?.[1];
  if (every !== undefined) return parseGoDuration(every);
  const written = (Object.hasOwn(words, plain) ? (words[plain] ?? '') : plain).split(/\s+/);
  if (written.length !== fields.length) return null;
  const [minutes, hours, dates, inMonths, onWeekdays] = fields.map((field, at) => numbersOf(written[at] ?? '', field));
  if (!minutes || !hours || !dates || !inMonths || !onWeekdays) return null;
  const times = [...hours].flatMap((hour) => [...minutes].map((minute) => hour * 60 + minute)).sort((a, b) => a - b);
  const either = !isStar(written[2] ?? '') && !isStar(written[4] ?? '');
  const days = daysOf(dates, inMonths, onWeekdays, either);
  const runs = days.flatMap((day) => [day * dayMinutes + (times[0] ?? 0), day * dayMinutes + (times.at(-1) ?? 0)]);
  const within = times.map((time, at) => time - (times[at - 1] ?? time));
  const between = runs.map((run, at) => (at % 2 === 1 ? 0 : run - (runs[at - 1] ?? run)));
  if (days.length === 0) return null;
  // Of what runs on one day only, the 29th of February, there is no second run to be seen.
  return (days.length === 1 ? calendarDays * dayMinutes : Math.max(...within, ...between)) * 60_000;
}
