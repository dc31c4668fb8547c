/** An etcd cluster as text: one line for it, one for each member, then what is the matter and what to do. Pure. */
import type { Finding } from '../core/etcd/finding.ts';
import { percentileOf } from '../core/etcd/percentile.ts';
import { standingOf } from '../core/etcd/quorum.ts';
import { type ClusterView, type Histogram, type MemberView, nameOf } from '../core/etcd/view.ts';
import { reasons } from '../core/reason.ts';
import { formatSpan } from '../serve/duration.ts';
import { type Look, wrap } from './show-node.ts';
import { type Cell, type Column, renderTable, type Tone } from './table.ts';

const columns: readonly Column[] = [
  { title: 'MEMBER', flexible: true },
  { title: 'ROLE' },
  { title: 'VERSION' },
  { title: 'DB', align: 'right' },
  { title: 'FREE', align: 'right' },
  { title: 'QUOTA', align: 'right' },
  { title: 'REVISION', align: 'right' },
  { title: 'FSYNC', align: 'right' },
  { title: 'COMMIT', align: 'right' },
  { title: 'CERT', align: 'right' },
];

const units = ['B', 'K', 'M', 'G', 'T'] as const;

export function formatBytes(bytes: number): string {
  let [value, unit] = [bytes, 0];
  while (value >= 1_000 && unit < units.length - 1) [value, unit] = [value / 1_024, unit + 1];
  return `${value < 10 && unit > 0 ? value.toFixed(1) : Math.round(value)}${units[unit]}`;
}

function role(member: MemberView): Cell {
  const { status, learner, id } = member;
  if (status === null) return { text: 'no answer', tone: 'bad' };
  if (learner) return { text: 'learner', tone: 'warn' };
  return status.leaderId === id ? { text: 'leader', tone: 'good' } : { text: 'follower' };
}

/** The 99th percentile since the member's start. */
const slowest = (histogram: Histogram | undefined): string => {
  const seconds = histogram === undefined ? null : percentileOf(histogram, 0.99);
  return seconds === null ? '-' : formatSpan(seconds * 1_000);
};

function row(member: MemberView, nowWallMs: number): Cell[] {
  const { status, figures, certificateEndsWallMs: ends } = member;
  const quota = figures?.quotaBytes ?? null;
  return [
    { text: nameOf(member) },
    role(member),
    { text: status?.version ?? '-' },
    { text: status === null ? '-' : formatBytes(status.dbBytes) },
    { text: status === null ? '-' : `${Math.round((1 - status.dbBytesInUse / Math.max(1, status.dbBytes)) * 100)}%` },
    { text: quota === null ? '-' : formatBytes(quota) },
    { text: status === null ? '-' : String(status.revision) },
    { text: slowest(figures?.fsync) },
    { text: slowest(figures?.commit) },
    { text: ends === null ? '-' : ends <= nowWallMs ? 'ended' : `${Math.floor((ends - nowWallMs) / 86_400_000)}d` },
  ];
}

function headline(view: ClusterView): string {
  if (view.clusterId === null) return 'no etcd member answers\n';
  const { voters, answering, quorum, spare } = standingOf(view);
  const stands = spare < 0 ? 'quorum is lost' : `stands ${spare} more ${spare === 1 ? 'loss' : 'losses'}`;
  const cluster = BigInt(view.clusterId).toString(16);
  return `cluster ${cluster}: ${answering} of ${voters} voters take part, quorum ${quorum}, ${stands}\n\n`;
}

export function explainFinding({ reason, member, detail }: Finding): string {
  const whom = member === null ? '' : `${member}: `;
  return `${whom}${reason}: ${reasons[reason].meaning}${detail === '' ? '' : ` (${detail})`}; ${reasons[reason].advice}`;
}

export const toneOfFinding = ({ reason }: Finding): Tone => (reasons[reason].severity === 'error' ? 'bad' : 'warn');

export function renderCluster(view: ClusterView, findings: readonly Finding[], look: Look): string {
  const rows = view.members.map((member) => row(member, view.takenWallMs));
  const table = rows.length === 0 ? '' : renderTable(columns, rows, look);
  const told = findings.map((finding) => wrap(explainFinding(finding), look)).join('');
  return `${headline(view)}${table}${told === '' ? '' : `\n${told}`}`;
}
