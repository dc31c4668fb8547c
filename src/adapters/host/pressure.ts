/** Pure reader of /proc/pressure/*. */

/** Share of time stalled over the last 10 s, 0 to 1; 0 for a text that is not PSI. `kind` is some or full. */
export function parsePressure(text: string, kind: 'some' | 'full'): number {
  const found = new RegExp(`^${kind} avg10=(\\d+(?:\\.\\d+)?)`, 'm').exec(text);
  return found === null ? 0 : Math.min(1, Number(found[1]) / 100);
}
