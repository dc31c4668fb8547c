/** Sizes as people write them: 100B, 20KiB, 2GiB. */
import * as z from 'zod';

export const sizePattern = /^(\d{1,12})(B|KiB|MiB|GiB|TiB)$/;

const unitBytes: Readonly<Record<string, number>> = {
  B: 1,
  KiB: 1_024,
  MiB: 1_048_576,
  GiB: 1_073_741_824,
  TiB: 1_099_511_627_776,
};

/** Bytes of a text that was checked before. */
export function sizeBytes(text: string): number {
  const [, number = '0', unit = ''] = sizePattern.exec(text) ?? [];
  return Number(number) * (unitBytes[unit] ?? 1);
}

export const size = (meaning: string) =>
  z.string().regex(sizePattern, 'expected a size such as 100B, 20KiB, 5MiB or 2GiB').describe(meaning);
