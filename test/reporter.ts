/**
 * Reads tap's report from standard input, keeps it in the file it is given (for count.ts) and prints what a person wants to see: one line per
 * file, all of the report on a file that failed, and at the end, loud, what did not run and why.
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

const print = (text: string): void => void process.stdout.write(`${text}\n`);

const counted = (count: number): string => (count === 1 ? '1 test' : `${count} tests`);

/** By reason, how many tests did not run. */
const leftOut = new Map<string, number>();

/** Prints what became of one file; `report` is all that tap said of it. */
function tellFile(file: string, failed: boolean, report: readonly string[]): void {
  const tests = report.filter((line) => testOfFile.test(line)).length;
  const left = report.map((line) => skipped.exec(line)).filter((match) => match !== null);
  const some = left.length === 0 ? '' : `, ${left.length} of them left out`;
  const word = failed ? 'FAILED ' : left.length === tests && tests > 0 ? 'NOT RUN' : 'passed ';
  if (failed) print(report.join('\n'));
  print(`${word} ${file}  (${counted(tests)}${some})`);
  for (const [, name = '', reason = ''] of left) {
    print(`        left out: ${name}`);
    leftOut.set(reason, (leftOut.get(reason) ?? 0) + 1);
  }
}

let lines: string[] = [];
for await (const line of createInterface({ input: process.stdin })) {
  lines.push(line);
  appendFileSync(kept, `${line}\n`);
  const result = fileResult.exec(line);
  if (result === null) continue;
  tellFile(result[2] ?? '', result[1] !== undefined, lines);
  lines = [];
}
for (const [reason, count] of leftOut) print(`\n*** ${counted(count)} did NOT run: ${reason}`);
