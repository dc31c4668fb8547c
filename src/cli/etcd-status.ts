/** `nodemend etcd status`: looks at every member now, without the daemon; exit 1 when something is wrong that is worse than a warning. */
import { judge } from '../core/etcd/judge.ts';
import type { ClusterView } from '../core/etcd/view.ts';
import { reasons } from '../core/reason.ts';
import { exitStatus, type Io } from './io.ts';
import { renderCluster } from './show-etcd.ts';

export async function etcdStatus(
  options: { readonly json?: boolean | undefined },
  io: Io,
  observe: () => Promise<ClusterView>,
): Promise<number> {
  const view = await observe();
  const findings = judge(view, null);
  io.out(
    options.json === true
      ? `${JSON.stringify({ cluster: view, findings }, null, 2)}\n`
      : renderCluster(view, findings, io),
  );
  return findings.some(({ reason }) => reasons[reason].severity === 'error') ? exitStatus.no : exitStatus.fine;
}
