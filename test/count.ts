/**
 * Adds up what tap wrote: `node test/count.ts FILE...` prints one line, "N passed, N failed, N skipped". A test is what a test file declares
 * at its own level. A file that failed without saying which test, and a report that is missing, count as one failure each.
 */
import { existsSync, readFileSync } from 'node:fs';

export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** Test points of a file are indented by four spaces in tap's report, the files themselves by none. */
const testPoint = /^ {4}(not )?ok \d+(.*)$/;
const filePoint = /^(not )?ok \d+/;

/** `report` is the text tap writes with --output-file. */
export function countReport(report: string): Counts {
  const counts: Counts = { passed: 0, failed: 0, skipped: 0 };
  let failedInFile = 0;
  for (const line of report.split('\n')) {
    const test = testPoint.exec(line);
    if (test !== null) {
      if (test[1] !== undefined) failedInFile += 1;
      else if (/# SKIP\b/i.test(test[2] ?? '')) counts.skipped += 1;
      else counts.passed += 1;
    }
    const file = filePoint.exec(line);
    if (file !== null) {
      counts.failed += file[1] !== undefined ? Math.max(1, failedInFile) : failedInFile;
      failedInFile = 0;
    }
  }
  return counts;
}

function countFile(path: string): Counts {
  if (!existsSync(path)) return { passed: 0, failed: 1, skipped: 0 };
  return countReport(readFileSync(path, 'utf8'));
}

if (import.meta.main) {
  const all = process.argv.slice(2).map(countFile);
  const sum = (key: keyof Counts): number => all.reduce((total, counts) => total + counts[key], 0);
  process.stdout.write(`${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped\n`);
}
