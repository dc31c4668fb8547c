/** Puts the three reports of a run into a folder; after every failure, so that what is there survives the drill. */
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DrillRun } from '../result.ts';
import { renderHtml } from './html.ts';
import { renderJson } from './json.ts';
import { renderJunit } from './junit.ts';

export const reports = { 'report.html': renderHtml, 'junit.xml': renderJunit, 'report.json': renderJson } as const;

export function writeReports(folder: string, run: DrillRun): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, render] of Object.entries(reports)) {
    const path = join(folder, name);
    writeFileSync(`${path}.new`, render(run));
    renameSync(`${path}.new`, path);
  }
}
