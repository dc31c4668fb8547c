/** `nodemend leader [NAME]`: who leads, since when, with which token, and how fresh that is. Exit 1 when it is not known, or nobody leads. */
import { reasons } from '../core/reason.ts';
import { cleanText } from '../markup/clean.ts';
import { formatSpan } from '../serve/duration.ts';
import { unknownName } from '../serve/names.ts';
import type { ElectionView, NodeView } from '../serve/view.ts';
import { readReply } from './answer.ts';
import { createClient } from './client.ts';
import { exitStatus, type Io } from './io.ts';
import { type Column, renderTable } from './table.ts';

export interface LeaderOptions {
  readonly socket: string;
  readonly election?: string | undefined;
  readonly json?: boolean | undefined;
}

const columns: readonly Column[] = [
  { title: 'ELECTION', flexible: true },
  { title: 'LEADER', flexible: true },
  { title: 'HERE' },
  { title: 'SINCE' },
  { title: 'TOKEN', align: 'right' },
  { title: 'HEARD' },
  { title: 'REASON', flexible: true },
];

const isView = (value: object): value is NodeView => 'elections' in value && 'wallMs' in value;

const ago = (wallMs: number, thenWallMs: number | null): string =>
  thenWallMs === null ? '-' : `${formatSpan(Math.max(0, wallMs - thenWallMs))} ago`;

function rowOf(one: ElectionView, wallMs: number) {
  const { name, leader, role, token, leaderSinceWallMs, heardWallMs, stale, reason, leading } = one;
  const known = leader === '' ? (stale === null ? 'nobody' : 'not known') : leader;
  return [
    { text: name },
    { text: known, tone: stale === null && leader !== '' ? ('good' as const) : ('warn' as const) },
    { text: role, tone: leading ? ('good' as const) : ('plain' as const) },
    { text: ago(wallMs, leaderSinceWallMs) },
    { text: token === null ? '-' : String(token) },
    { text: ago(wallMs, heardWallMs) },
    { text: stale ?? reason },
  ];
}

function explain({ name, stale, reason, detail }: ElectionView): string {
  const why = reasons[stale ?? reason].meaning;
  return `${name}: ${why}${detail === '' ? '' : ` (${cleanText(detail, 300)})`}\n`;
}

export async function leader(options: LeaderOptions, io: Io): Promise<number> {
  const reply = await createClient(options.socket).get('/api/v1/status');
  const read = readReply<NodeView>(reply, isView, io);
  if (!read.ok) return read.status;
  const { elections, wallMs } = read.value;
  const shown = elections.filter(({ name }) => options.election === undefined || name === options.election);
  if (options.election !== undefined && shown.length === 0) {
    const names = elections.map(({ name }) => name);
    io.err(`${unknownName(options.election, names, 'election')}\n`);
    return exitStatus.usage;
  }
  const troubled = shown.filter(({ stale, leader: who }) => stale !== null || who === '');
  if (options.json === true) io.out(`${JSON.stringify({ elections: shown })}\n`);
  else if (shown.length === 0) io.out('no election is configured\n');
  else {
    const rows = shown.map((one) => rowOf(one, wallMs));
    io.out(renderTable(columns, rows, io));
    for (const one of troubled) io.out(explain(one));
  }
  return troubled.length === 0 ? exitStatus.fine : exitStatus.no;
}
