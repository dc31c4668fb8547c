/** `nodemend etcd members`: who is on the list, who votes and who answers; and what was begun on this node and not ended. Exit 1 when no member answers. */
import type { ClusterView, MemberView } from '../core/etcd/view.ts';
import { exitStatus, type Io } from './io.ts';
import { wrap } from './show-node.ts';
import { type Cell, type Column, renderTable } from './table.ts';

const columns: readonly Column[] = [
  { title: 'ID' },
  { title: 'NAME', flexible: true },
  { title: 'ROLE' },
  { title: 'PEER', flexible: true },
  { title: 'CLIENT', flexible: true },
];

function role({ id, name, learner, status }: MemberView): Cell {
  if (status === null) return { text: name === '' ? 'never started' : 'no answer', tone: 'bad' };
  if (learner) return { text: 'learner', tone: 'warn' };
  return status.leaderId === id ? { text: 'leader', tone: 'good' } : { text: 'voter' };
}

export interface MembersFound {
  readonly view: ClusterView;
  /** Words of a command that was interrupted. */
  readonly unfinished: string | null;
}

export async function etcdMembers(
  options: { readonly json?: boolean | undefined },
  io: Io,
  find: () => Promise<MembersFound>,
): Promise<number> {
  const { view, unfinished } = await find();
  const byName = view.members.toSorted((one, other) => (one.name < other.name ? -1 : 1));
  const rows = byName.map((member): Cell[] => [
    { text: BigInt(member.id).toString(16) },
    { text: member.name || '-' },
    role(member),
    { text: member.peerUrls.join(',') },
    { text: member.clientUrls.join(',') || '-' },
  ]);
  if (options.json === true) io.out(`${JSON.stringify({ cluster: view, unfinished }, null, 2)}\n`);
  else if (rows.length > 0) io.out(renderTable(columns, rows, io));
  else
    for (const { endpoint, trouble } of view.silent)
      io.err(wrap(`no etcd member answers: ${endpoint}: ${trouble.detail}`, io));
  if (options.json !== true && unfinished !== null)
    io.out(wrap(`unfinished: nodemend etcd ${unfinished} --yes goes on with it`, io));
  return rows.length > 0 ? exitStatus.fine : exitStatus.no;
}
