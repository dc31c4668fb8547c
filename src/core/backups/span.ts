/** A span of time in words, rounded: 40 s, 12 min, 26 h, 5 d. */
const units = [
  { name: 'd', ms: 86_400_000 },
  { name: 'h', ms: 3_600_000 },
  { name: 'min', ms: 60_000 },
] as const;

export function span(ms: number): string {
  const fitting = units.find((unit) => ms >= 3 * unit.ms);
  return fitting === undefined ? `${Math.round(ms / 1_000)} s` : `${Math.round(ms / fitting.ms)} ${fitting.name}`;
}
