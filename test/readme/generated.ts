/** Every part of the README that is made from the code, by the name that its markers carry. */
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'yaml';
import { exitMeanings, exitStatus } from '../../src/cli/io.ts';
import { presets } from '../../src/config/presets.ts';
import { signs as signNames } from '../../src/core/mend/reading.ts';
import { type Cell, table } from '../../src/core/mend/table.ts';
import { reasons } from '../../src/core/reason.ts';
import type { Phase } from '../../src/core/transition.ts';
import { catalogue } from '../../src/lint/catalogue.ts';
import { commandsOf, describedProgram } from '../../src/package/command-list.ts';
import { configTables } from '../../src/package/config-rows.ts';
import { nodeFiles } from '../../src/package/node-files.ts';
import { type Family, families } from '../../src/serve/families.ts';
import { eventRows } from './event-rows.ts';
import { rules, testsOfRules } from './rules.ts';
import { effects, phases, signs } from './words.ts';

const code = (text: string): string => `\`${text}\``;
const codes = (words: readonly string[]): string => words.map(code).join(', ');

function renderTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}

/** The cells of one sign, grouped: what holds in most phases first. */
function groupsOf(sign: (typeof signNames)[number]): { readonly cell: Cell; readonly in: readonly Phase[] }[] {
  const groups = new Map<string, { cell: Cell; in: Phase[] }>();
  for (const [phase, row] of Object.entries(table) as [Phase, (typeof table)[Phase]][]) {
    const cell = row[sign];
    const key = `${cell.to} ${cell.effect}`;
    groups.set(key, { cell, in: [...(groups.get(key)?.in ?? []), phase] });
  }
  return [...groups.values()].sort((one, other) => other.in.length - one.in.length);
}

function exceptionsOf(groups: ReturnType<typeof groupsOf>, usualEffect: Cell['effect']): string {
  const staying = groups.filter(({ cell, in: within }) => within.every((phase) => phase === cell.to));
  const leaving = groups.filter((group) => !staying.includes(group));
  const stay = staying.flatMap((group) => group.in);
  const suffix = ({ effect }: Cell) => (effect === usualEffect ? '' : `, ${effect}`);
  return [
    ...(stay.length === 0 ? [] : [`${codes(stay)} ${stay.length === 1 ? 'stays' : 'stay'}`]),
    ...leaving.map(({ cell, in: within }) => `${codes(within)}: to ${code(cell.to)}${suffix(cell)}`),
  ].join('; ');
}

function stateTable(): string {
  const rows = signNames.map((sign) => {
    const [usual, ...others] = groupsOf(sign);
    if (usual === undefined) throw new Error(`no phase has a cell for ${sign}`);
    const { cell } = usual;
    const effect = cell.effect === 'none' ? '' : `**${cell.effect}**`;
    const groups = [usual, ...others];
    if (groups.every((group) => group.in.length === 1 && group.in[0] === group.cell.to))
      return [code(sign), signs[sign], 'as it is', effect, ''];
    return [code(sign), signs[sign], code(cell.to), effect, exceptionsOf(others, cell.effect)];
  });
  return renderTable(['sign', 'when', 'next phase', 'and', 'except'], rows);
}

function commandTable(): string {
  const rows = commandsOf(describedProgram()).map(({ path, words, does, options }) => {
    const given = words.map(({ name, required, variadic }) => {
      const word = `${name}${variadic ? '...' : ''}`;
      return required ? ` ${word}` : ` [${word}]`;
    });
    const flags = options.map((option) => (option.mandatory ? `**${code(option.flags)}**` : code(option.flags)));
    return [code(`nodemend ${path}${given.join('').toUpperCase()}`), does, flags.join(', ')];
  });
  return renderTable(['command', 'does', 'options (bold: must be given)'], rows);
}

function presetTable(): string {
  const rows = Object.entries(presets).map(([name, preset]) => [
    code(name),
    code(preset.unit),
    preset.critical === true ? 'yes' : 'no',
    codes(preset.after ?? []),
    Object.entries(preset.probes ?? {})
      .map(([probe, { role, every, timeout }]) => `${code(probe)} (${role}, every ${every}, at most ${timeout})`)
      .join(', '),
  ]);
  return renderTable(['preset', 'unit', 'critical', 'after', 'probes'], rows);
}

function ruleTable(): string {
  const tests = testsOfRules();
  const rows = Object.entries(rules).map(([rule, says]) => [rule, says, codes(tests.get(rule) ?? [])]);
  return renderTable(['rule', 'says', 'shown by'], rows);
}

const configTable = (rows: ReturnType<typeof configTables>['top']): string =>
  renderTable(
    ['key', 'value', 'default', 'meaning'],
    rows.map(([key, ...rest]) => [code(key), ...rest]),
  );

function metricTable(): string {
  const rows = (Object.values(families) as readonly Family[]).map(({ name, type, labels, help }) => [
    code(name),
    type,
    codes(labels),
    help,
  ]);
  return renderTable(['metric', 'type', 'labels', 'meaning'], rows);
}

interface AlertRule {
  readonly alert: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly description: string; readonly runbook: string };
}

function alertRuleTable(): string {
  const folder = resolve(import.meta.dirname, '../../config/prometheus');
  const rows = readdirSync(folder).flatMap((name) => {
    const file = parse(readFileSync(resolve(folder, name), 'utf8')) as { groups: { rules: AlertRule[] }[] };
    return file.groups.flatMap((group) =>
      group.rules.map(({ alert, labels, annotations: { description, runbook } }) => [
        code(alert),
        labels.severity,
        description,
        code(/nodemend explain (\S+)/.exec(runbook)?.[1] ?? ''),
      ]),
    );
  });
  return renderTable(['alert', 'severity', 'says', 'reason to have explained'], rows);
}

/** A scenario that comes with nodemend, and what is printed for it; test/cli/simulate.test.ts holds that. */
function simulation(): string {
  const read = (path: string) => readFileSync(resolve(import.meta.dirname, '../..', path), 'utf8');
  const scenario = read('config/scenarios/hang-at-night.yaml');
  const told = read('test/cli/timelines/hang-at-night.txt');
  const command = '    nodemend simulate config/scenarios/hang-at-night.yaml';
  return `\`\`\`\n${scenario}\`\`\`\n\n${command}\n\n\`\`\`\n${told}\`\`\``;
}

export function generateAll(): Readonly<Record<string, string>> {
  const config = configTables();
  const pairs = (words: Readonly<Record<string, string>>) =>
    Object.entries(words).map(([word, meaning]) => [code(word), meaning]);
  return {
    phases: renderTable(['phase', 'meaning'], pairs(phases)),
    states: stateTable(),
    rules: ruleTable(),
    effects: renderTable(
      ['effect', 'does'],
      pairs(effects).filter(([, does]) => does !== ''),
    ),
    'config-top': configTable(config.top),
    'config-component': configTable(config.component),
    'config-probe': configTable(config.probe),
    'config-alert': configTable(config.alert),
    'config-leader': configTable(config.leader),
    'config-backup': configTable(config.backup),
    'config-election': configTable(config.election),
    presets: presetTable(),
    commands: commandTable(),
    files: renderTable(['path', 'is'], pairs(nodeFiles)),
    simulation: simulation(),
    'scenario-events': renderTable(['key', 'with', 'lasts', 'what happens'], eventRows()),
    exits: renderTable(
      ['status', 'meaning'],
      Object.entries(exitStatus).map(([word, status]) => [
        String(status),
        exitMeanings[word as keyof typeof exitStatus],
      ]),
    ),
    metrics: metricTable(),
    'alert-rules': alertRuleTable(),
    lint: renderTable(
      ['reason', 'severity', 'meaning', 'mend'],
      Object.entries(catalogue).map(([reason, { severity, meaning, mend }]) => [code(reason), severity, meaning, mend]),
    ),
    reasons: renderTable(
      ['reason', 'severity', 'meaning'],
      Object.entries(reasons).map(([reason, { severity, meaning }]) => [code(reason), severity, meaning]),
    ),
  };
}
