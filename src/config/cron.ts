/** Cron schedules of five fields: minute, hour, day of the month, month, day of the week; numbers, *, lists, ranges and steps. */
const ranges = [
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [0, 7],
] as const;

function isPart(part: string, least: number, most: number): boolean {
  const [, from = '', to = '', step = ''] = /^(\*|\d{1,2})(?:-(\d{1,2}))?(?:\/(\d{1,2}))?$/.exec(part) ?? [];
  if (from === '' || (from === '*' && to !== '') || step === '0') return false;
  const within = (text: string): boolean =>
    text === '' || text === '*' || (Number(text) >= least && Number(text) <= most);
  return within(from) && within(to) && (to === '' || Number(from) <= Number(to));
}

export function isCron(text: string): boolean {
  const fields = text.trim().split(/ +/);
  if (fields.length !== ranges.length) return false;
  return fields.every((field, index) => {
    const [least, most] = ranges[index] ?? [0, 0];
    return field.split(',').every((part) => isPart(part, least, most));
  });
}
