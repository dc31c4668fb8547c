import t from 'tap';
import { longestPeriodMs } from '../../../src/core/backups/period.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

const periods: readonly (readonly [string, number | null])[] = [
  ['0 1 * * *', day],
  ['17 * * * *', hour],
  ['*/15 * * * *', 15 * minute],
  ['*/7 * * * *', 7 * minute],
  ['0 */6 * * *', 6 * hour],
  ['0 1,13 * * *', 12 * hour],
  ['0 1,3 * * *', 22 * hour],
  ['30 9-17 * * *', 16 * hour],
  ['5/20 * * * *', 20 * minute],
  ['0 2 * * 0', 7 * day],
  ['0 2 * * 7', 7 * day],
  ['0 2 * * SUN', 7 * day],
  ['0 2 * * mon-fri', 3 * day],
  ['0 2 * * 1,4', 4 * day],
  ['0 2 1 * *', 31 * day],
  ['0 2 31 * *', 61 * day],
  ['0 2 1 JAN *', 366 * day],
  ['0 2 1 */3 ?', 92 * day],
  ['0 2 29 2 *', 1_461 * day],
  // Either of the two, where both are limited, as cron has it.
  ['0 2 13 * 5', 7 * day],
  ['@daily', day],
  ['@midnight', day],
  ['@hourly', hour],
  ['@weekly', 7 * day],
  ['@monthly', 31 * day],
  ['@yearly', 366 * day],
  ['@every 6h', 6 * hour],
  ['@every 1h30m', 90 * minute],
  ['CRON_TZ=Europe/Berlin 0 1 * * *', day],
  ['TZ=UTC @daily', day],
  [' 0  1 * *\t* ', day],
  ['0 2 31 2 *', null],
  ['', null],
  ['0 1 * *', null],
  ['0 1 * * * *', null],
  ['60 1 * * *', null],
  ['0 24 * * *', null],
  ['0 1 0 * *', null],
  ['0 1 * * 8', null],
  ['0 5-3 * * *', null],
  ['*/0 * * * *', null],
  ['0 1 * FOO *', null],
  ['@every', null],
  ['@every tomorrow', null],
  ['@reboot', null],
  ['constructor', null],
];

t.test('the longest time between two runs, by the words that Velero takes', async (t) => {
  for (const [text, period] of periods) t.equal(longestPeriodMs(text), period, JSON.stringify(text));
});

t.test('it is what one finds by walking through the minutes of a year', async (t) => {
  const fieldsOf = (text: string) => text.split(' ');
  const matches = (field: string, value: number): boolean =>
    field.split(',').some((part) => {
      const [range = '', step = '1'] = part.split('/');
      const [from = 0, to = 99] = range === '*' ? [0, 99] : range.split('-').map(Number);
      const last = range.includes('-') || range === '*' ? to : from;
      return value >= from && value <= last && (value - (range === '*' ? 0 : from)) % Number(step) === 0;
    });
  for (const text of ['10 4 * * *', '0,30 2-5 * * 1-5', '*/20 1,23 * * 6', '5 0 10-20 * *', '0 12 * 3-5 2']) {
    const [minutes = '', hours = '', dates = '', months = '', weekdays = ''] = fieldsOf(text);
    let [last, longest] = [-1, 0];
    const first = Date.UTC(2023, 0, 1);
    for (let at = 0; at < 2 * 366 * 1_440; at += 5) {
      const moment = new Date(first + at * minute);
      const runs =
        matches(minutes, moment.getUTCMinutes()) &&
        matches(hours, moment.getUTCHours()) &&
        matches(dates, moment.getUTCDate()) &&
        matches(months, moment.getUTCMonth() + 1) &&
        matches(weekdays, moment.getUTCDay());
      if (!runs) continue;
      if (last >= 0) longest = Math.max(longest, at - last);
      last = at;
    }
    t.equal(longestPeriodMs(text), longest * minute, text);
  }
});
