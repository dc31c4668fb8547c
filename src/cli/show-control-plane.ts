/** Leader elections and API servers as text; nothing where none is looked at. Pure. */
import type { LeaderVerdict } from '../core/leaders/state.ts';
import type { ApiServerView, ControlPlaneView, LeaderView } from '../serve/control-plane.ts';
import { formatSpan } from '../serve/duration.ts';
import { type Column, renderTable, type Tone } from './table.ts';

const leaderColumns: readonly Column[] = [
  { title: 'ELECTION' },
  { title: 'VERDICT' },
  { title: 'FOR' },
  { title: 'HERE' },
  { title: 'HOLDER', flexible: true },
  { title: 'DETAIL', flexible: true },
];

const serverColumns: readonly Column[] = [
  { title: 'API SERVER' },
  { title: 'STATE' },
  { title: 'ROTATION' },
  { title: 'REASON' },
  { title: 'DETAIL', flexible: true },
];

const tones: Readonly<Record<LeaderVerdict, Tone>> = {
  ok: 'good',
  none: 'bad',
  split: 'bad',
  'no-standby': 'warn',
  flapping: 'warn',
  wedged: 'bad',
  unknown: 'quiet',
};

const leaderRow = ({ name, verdict, sinceMs, here, holder, detail }: LeaderView, nowMs: number) => [
  { text: name },
  { text: verdict, tone: tones[verdict] },
  { text: formatSpan(nowMs - sinceMs) },
  { text: here ?? '' },
  { text: holder },
  { text: verdict === 'ok' ? '' : detail },
];

const serverRow = ({ server, state, rotates, reason, detail }: ApiServerView) => [
  { text: server },
  { text: state, tone: (state === 'ready' ? 'good' : state === 'unknown' ? 'quiet' : 'bad') as Tone },
  { text: rotates ? 'in' : 'out' },
  { text: reason === 'apiserver.ready' ? '' : reason },
  { text: detail },
];

export function renderControlPlane(
  { leaders, apiservers }: ControlPlaneView,
  nowMs: number,
  look: { readonly columns: number; readonly color: boolean },
): string {
  const tables = [
    ...(leaders.length === 0
      ? []
      : [
          renderTable(
            leaderColumns,
            leaders.map((leader) => leaderRow(leader, nowMs)),
            look,
          ),
        ]),
    ...(apiservers.length === 0 ? [] : [renderTable(serverColumns, apiservers.map(serverRow), look)]),
  ];
  return tables.map((table) => `\n${table}`).join('');
}
