/** A duration in the configuration file, within bounds. */
import * as z from 'zod';
import { durationMs, durationPattern, writeDuration } from './duration.ts';

export const duration = (least: number, most: number, meaning: string) =>
  z
    .string()
    .regex(durationPattern, { error: 'expected a duration such as 500ms, 5s, 2m or 1h', abort: true })
    .refine((text) => durationMs(text) >= least && durationMs(text) <= most, {
      error: `expected a duration from ${writeDuration(least)} to ${writeDuration(most)}`,
    })
    .describe(meaning);
