/**
 * Reads tap's report from standard input, keeps it in the file it is given (for count.ts) and prints what a person wants to see: one line per
 * file, and all of the report on a file that failed.
 */
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';

const fileResult = /^(not )?ok \d+ - (.*?)( # .*)?$/;
const testOfFile = /^ {4}(?:not )?ok \d+/;
const skipped = /^ {4}ok \d+ - (.*) # SKIP ?(.*)$/;

const kept = process.argv[2] ?? '.tap/report.tap';
mkdirSync(dirname(kept), { recursive: true });
writeFileSync(kept, '');

let lines: string[] = [];
for await (const line of createInterface({ input: process.stdin })) {
  lines.push(line);
  appendFileSync(kept, `${line}\n`);
  const result = fileResult.exec(line);
  if (result === null) continue;
  const [, failed, file] = result;
  const tests = lines.filter((one) => testOfFile.test(one)).length;
  if (failed !== undefined) process.stdout.write(`${lines.join('\n')}\n`);
  process.stdout.write(`${failed === undefined ? 'passed' : 'FAILED'}  ${file}  (${tests} tests)\n`);
  for (const one of lines) {
    const left = skipped.exec(one);
    if (left !== null) process.stdout.write(`        left out: ${left[1]}: ${left[2]}\n`);
  }
  lines = [];
}
