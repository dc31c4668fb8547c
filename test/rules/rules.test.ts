/** The alerting rules and the dashboard that come with nodemend: Prometheus reads them, they alert when they should, and they name what exists. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import t from 'tap';
import { parse } from 'yaml';
import { reasons } from '../../src/core/reason.ts';
import { type Family, families } from '../../src/serve/families.ts';
import { runCommand } from '../lab/harness/command.ts';
import { findProgram, skipWithoutDebian } from '../programs.ts';

const top = resolve(import.meta.dirname, '../..');
const ruleFolder = join(top, 'config/prometheus');
const dashboardFolder = join(top, 'config/grafana');
const ruleFiles = readdirSync(ruleFolder);
const storyFiles = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.test.yml'));
const skip = skipWithoutDebian('promtool');

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

interface Story {
  readonly alert_rule_test: readonly { readonly alertname: string; readonly exp_alerts: readonly unknown[] }[];
}

const rules: readonly Rule[] = ruleFiles.flatMap((name) => {
  const { groups } = parse(readFileSync(join(ruleFolder, name), 'utf8')) as { groups: { rules: Rule[] }[] };
  return groups.flatMap((group) => group.rules);
});

/** Every name of a series that a query may use: histograms have three. */
const served = new Set(
  Object.values<Family>(families).flatMap(({ name, type }) =>
    type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
  ),
);

/** The names in a query that are of nodemend's metrics or should be. */
const namesIn = (query: string): string[] => query.match(/\b(nodemend|process)_\w+/g) ?? [];

async function promtool(...args: readonly string[]) {
  return runCommand([...(await findProgram('promtool', 'prometheus')), ...args]);
}

t.test('Prometheus accepts every file of rules', { skip }, async (t) => {
  const checked = await promtool('check', 'rules', ...ruleFiles.map((name) => join(ruleFolder, name)));
  t.equal(checked.code, 0, checked.stdout + checked.stderr);
});

t.test('every alert fires when it should, and not before', { skip }, async (t) => {
  const tested = await promtool('test', 'rules', ...storyFiles.map((name) => join(import.meta.dirname, name)));
  t.equal(tested.code, 0, tested.stdout + tested.stderr);
});

t.test('every alert has a story in which it is quiet and one in which it fires', async (t) => {
  const told = storyFiles.flatMap((name) => {
    const { tests } = parse(readFileSync(join(import.meta.dirname, name), 'utf8')) as { tests: Story[] };
    return tests.flatMap((story) => story.alert_rule_test);
  });
  t.ok(rules.length >= 15);
  for (const { alert } of rules) {
    const mine = told.filter(({ alertname }) => alertname === alert);
    t.ok(
      mine.some(({ exp_alerts }) => exp_alerts.length === 0),
      `${alert} is quiet`,
    );
    t.ok(
      mine.some(({ exp_alerts }) => exp_alerts.length > 0),
      `${alert} fires`,
    );
  }
});

t.test('every alert has a severity, says what it is, and names the reason to have explained', async (t) => {
  for (const { alert, labels, annotations } of rules) {
    t.match(labels['severity'], /^(critical|warning|info)$/, alert);
    t.match(annotations, { summary: /\S/, description: /\S/, runbook: /nodemend explain \S/ }, alert);
    const reason = /nodemend explain ([a-z-]+\.[a-z-]+)/.exec(annotations['runbook'] ?? '')?.[1] ?? '';
    t.ok(Object.hasOwn(reasons, reason), `${alert}: ${reason}`);
  }
});

t.test('every metric in a rule exists', async (t) => {
  for (const { alert, expr } of rules) {
    t.match(expr, /\b(nodemend|process)_|\bup\b/, alert);
    for (const name of namesIn(expr)) t.ok(served.has(name), `${alert}: ${name}`);
  }
});

interface Panel {
  readonly title: string;
  readonly targets?: readonly { readonly expr: string }[];
}

interface Dashboard {
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly query: unknown; readonly type: string }[] };
}

const dashboards = readdirSync(dashboardFolder).map((name) => ({
  name,
  dashboard: JSON.parse(readFileSync(join(dashboardFolder, name), 'utf8')) as Dashboard,
}));

const queries = dashboards.flatMap(({ dashboard }) =>
  dashboard.panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => ({ title, expr }))),
);

t.test('every query of a dashboard names metrics that exist', async (t) => {
  t.ok(queries.length >= 15, `${queries.length} queries`);
  for (const { title, expr } of queries) {
    t.not(namesIn(expr).length, 0, title);
    for (const name of namesIn(expr)) t.ok(served.has(name), `${title}: ${name}`);
  }
  for (const { name, dashboard } of dashboards) {
    const variables = dashboard.templating.list.filter(({ type }) => type === 'query');
    for (const { query } of variables)
      for (const metric of namesIn(JSON.stringify(query))) t.ok(served.has(metric), `${name}: ${metric}`);
  }
});

/** Grafana's variables as it fills them in. */
const filled = (expr: string): string =>
  expr.replaceAll('$__rate_interval', '1m').replaceAll('$__range', '6h').replace(/\$\w+/g, 'worker-1');

t.test('Prometheus can parse every query of a dashboard', { skip }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'nodemend-queries-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'queries.yml');
  const write = (exprs: readonly string[]): void => {
    const recorded = exprs.map((expr, index) => ({ record: `query_${index}`, expr: filled(expr) }));
    writeFileSync(file, JSON.stringify({ groups: [{ name: 'queries', rules: recorded }] }));
  };
  write(queries.map(({ expr }) => expr));
  const checked = await promtool('check', 'rules', file);
  t.equal(checked.code, 0, checked.stdout + checked.stderr);
  write(['sum by (component nodemend_node_ready']);
  t.not((await promtool('check', 'rules', file)).code, 0, 'it does look');
});
