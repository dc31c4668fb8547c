/** The etcd cluster with a member on this node, what is the matter with it, and its backups. Nothing where it is not watched. */
import { newestGood } from '../../core/etcd/backup.ts';
import { standingOf } from '../../core/etcd/quorum.ts';
import { type ClusterView, type MemberView, nameOf } from '../../core/etcd/view.ts';
import { reasons } from '../../core/reason.ts';
import { html, type Markup } from '../../markup/html.ts';
import { formatSpan } from '../duration.ts';
import type { EtcdView, NodeView } from '../view.ts';

function roleOf({ status, learner, id }: MemberView): string {
  if (status === null) return 'no answer';
  if (learner) return 'learner';
  return status.leaderId === id ? 'leader' : 'follower';
}

function memberRow(member: MemberView): Markup {
  const tone = member.status === null ? 'bad' : 'good';
  const version = member.status === null ? '' : `, ${member.status.version}`;
  return html`<dt>${nameOf(member)}</dt><dd><span class="${tone}">${roleOf(member)}</span>${version}</dd>`;
}

function clusterCard(cluster: ClusterView | null): Markup {
  if (cluster === null)
    return html`<li class="card warn-edge"><h3>Cluster</h3><p>It has not been looked at yet.</p></li>`;
  const { voters, answering, spare } = standingOf(cluster);
  const tone = spare < 0 ? 'bad' : spare === 0 && voters > 1 ? 'warn' : 'good';
  const stands = spare < 0 ? 'quorum is lost' : `stands ${spare} more ${spare === 1 ? 'loss' : 'losses'}`;
  return html`<li class="card ${tone}-edge"><h3>Cluster</h3>
<p><strong class="${tone}">${answering} of ${voters} voters take part</strong>, ${stands}</p>
<dl>${cluster.members.map(memberRow)}</dl></li>
`;
}

function findingRow({ reason, member, detail }: EtcdView['findings'][number]): Markup {
  const { severity, meaning, advice } = reasons[reason];
  const whom = member === null ? '' : `${member}: `;
  return html`<li><span class="${severity === 'error' ? 'bad' : 'warn'}">${whom}${meaning}</span>${detail === '' ? '' : ` (${detail})`}; ${advice}
<code>${reason}</code></li>
`;
}

function backupCard(backup: NonNullable<EtcdView['backup']>, wallMs: number): Markup {
  const { records, work, lastTaken, lastProof } = backup;
  const good = newestGood(records);
  const [newest] = good;
  const proofs = good.flatMap(({ verified }) => (verified === null ? [] : [verified.wallMs]));
  const ago = (atMs: number | undefined): string =>
    atMs === undefined ? 'never' : `${formatSpan(Math.max(0, wallMs - atMs))} ago`;
  const failed = [lastTaken, lastProof].filter((last) => last?.ok === false);
  const tone = failed.length > 0 ? 'bad' : newest === undefined ? 'warn' : 'good';
  const doing = { none: '', taking: 'one is being taken', verifying: 'one is being restored on trial' }[work];
  return html`<li class="card ${tone}-edge"><h3>Backups</h3>
<p><strong class="${tone}">${good.length === 1 ? '1 good snapshot' : `${good.length} good snapshots`}</strong>${doing === '' ? '' : `, ${doing}`}</p>
${failed.map((last) => (last === null ? '' : html`<p>${reasons[last.reason].meaning}${last.detail === '' ? '' : ` (${last.detail})`} <code>${last.reason}</code></p>\n`))}<dl><dt>newest</dt><dd>${ago(newest?.takenWallMs)}</dd><dt>proven</dt><dd>${ago(proofs.length === 0 ? undefined : Math.max(...proofs))}</dd></dl></li>
`;
}

export function etcdCards({ etcd, wallMs }: NodeView): Markup | string {
  if (etcd === undefined) return '';
  const { cluster, findings, backup } = etcd;
  return html`<h2>etcd</h2>
<ul class="cards">
${clusterCard(cluster)}${backup === null ? '' : backupCard(backup, wallMs)}</ul>
${findings.length === 0 ? '' : html`<ul class="findings">\n${findings.map(findingRow)}</ul>`}`;
}
