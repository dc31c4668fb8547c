/** A report for programs: its figures, and the records they are made of, so that reports of several nodes can be merged. */
import type { Figures } from './figures.ts';
import type { NodeRecord } from './record.ts';

export const renderJson = (figures: Figures, records: readonly NodeRecord[]): string =>
  `${JSON.stringify({ figures, records }, null, 2)}\n`;
