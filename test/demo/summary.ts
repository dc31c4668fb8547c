/** The table at the end of the demo. Pure. */
import { wrap } from '../../src/cli/show-node.ts';
import { type Column, renderTable } from '../../src/cli/table.ts';
import type { Outcome } from './scenario.ts';
import { formatSeconds } from './timeline.ts';

const columns: readonly Column[] = [
  { title: 'FAULT' },
  { title: 'SYSTEMD ALONE', align: 'right' },
  { title: 'NEW PROCESS', align: 'right' },
  { title: 'VERIFIED', align: 'right' },
];

const words = { KILL: 'killed', STOP: 'frozen' } as const;

const legend = [
  'SYSTEMD ALONE  by the settings of the unit, read and not measured; systemd does not see that a process is frozen',
  'NEW PROCESS    from the fault to the start of a new main process, by what systemd recorded',
  'VERIFIED       from the fault to the moment at which nodemend had seen the component work again',
];

export function renderSummary(
  outcomes: readonly Outcome[],
  look: { readonly columns: number; readonly color: boolean },
): string {
  const rows = outcomes.map(({ fault, alone, processMs, verifiedMs }) => [
    { text: `${fault.component} ${words[fault.signal]}` },
    { text: alone },
    { text: formatSeconds(processMs), tone: 'good' as const },
    { text: formatSeconds(verifiedMs), tone: 'good' as const },
  ]);
  return `${renderTable(columns, rows, look)}\n${legend.map((line) => wrap(line, look, 15)).join('')}`;
}
