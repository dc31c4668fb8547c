/** The report for CI: one suite per category, one case per failure. What proved nothing is an error, what failed a failure. */
import { categories } from '../failure.ts';
import type { DrillResult, DrillRun } from '../result.ts';
import { escapeMarkup } from './markup.ts';

const tags = { failed: 'failure', void: 'error', 'left-out': 'skipped' } as const;

function renderCase({ failure, outcome, reason, tookMs, timeline }: DrillResult): string {
  const words = `name="${escapeMarkup(failure.name)}" classname="nodemend-drill.${failure.category}" time="${tookMs / 1_000}"`;
  if (outcome === 'passed') return `    <testcase ${words}/>\n`;
  const tag = tags[outcome];
  const story = timeline.map(({ atMs, who, what }) => `${atMs} ms ${who}: ${what}`).join('\n');
  const told = `<${tag} message="${escapeMarkup(reason)}">${escapeMarkup(story)}</${tag}>`;
  return `    <testcase ${words}>${told}</testcase>\n`;
}

function renderSuite(category: string, results: readonly DrillResult[], { startedAt }: DrillRun): string {
  const count = (outcome: string) => results.filter((result) => result.outcome === outcome).length;
  const counts = `failures="${count('failed')}" errors="${count('void')}" skipped="${count('left-out')}"`;
  const time = results.reduce((sum, { tookMs }) => sum + tookMs, 0) / 1_000;
  const head = `name="${category}" tests="${results.length}" ${counts} time="${time}" timestamp="${escapeMarkup(startedAt)}"`;
  return `  <testsuite ${head}>\n${results.map(renderCase).join('')}  </testsuite>\n`;
}

export function renderJunit(run: DrillRun): string {
  const suites = categories
    .map((category) => [category, run.results.filter(({ failure }) => failure.category === category)] as const)
    .filter(([, results]) => results.length > 0);
  const text = suites.map(([category, results]) => renderSuite(category, results, run)).join('');
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="nodemend-drill">\n${text}</testsuites>\n`;
}
