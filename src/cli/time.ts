/** Times for people: local ISO time. Pure but for the time zone of the process. */

/** `2026-11-23T09:12:44+01:00` */
export function localIso(wallMs: number): string {
  const minutes = -new Date(wallMs).getTimezoneOffset();
  const local = new Date(wallMs + minutes * 60_000).toISOString();
  const offset = `${pad(Math.floor(Math.abs(minutes) / 60))}:${pad(Math.abs(minutes) % 60)}`;
  return `${local.slice(0, 19)}${minutes < 0 ? '-' : '+'}${offset}`;
}

/** `11-23 09:12:44`, for tables. */
export function localShort(wallMs: number): string {
  return localIso(wallMs).slice(5, 19).replace('T', ' ');
}

/** `09:12:44.123`, for timelines. */
export function localClock(wallMs: number): string {
  const millis = ((wallMs % 1_000) + 1_000) % 1_000;
  return `${localIso(wallMs).slice(11, 19)}.${pad(Math.floor(millis), 3)}`;
}

function pad(value: number, digits = 2): string {
  return String(value).padStart(digits, '0');
}
