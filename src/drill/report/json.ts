/** The report for programs: the whole run as it is. */
import type { DrillRun } from '../result.ts';
import { summarize } from './summary.ts';

export const renderJson = (run: DrillRun): string =>
  `${JSON.stringify({ summary: summarize(run), ...run }, null, 2)}\n`;
