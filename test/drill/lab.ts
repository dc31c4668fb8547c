/** The lab as a target of the drill: a disposable node with nodemend and budgets large enough for a day of failures. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { type Target, timedOut, unreachable } from '../../src/drill/target.ts';
import { createLab } from '../lab/harness/lab.ts';
import { labUnavailable } from '../lab/harness/requirements.ts';
import { bootWorker } from '../lab/harness/worker.ts';

const rules = 'budget: { actions: 1000, per: 1h }, backoff: { first: 1s, factor: 2, max: 10s, jitter: 0.2 }';
const config = `components:
${['containerd', 'docker', 'kubelet', 'etcd'].map((name) => `  ${name}: { preset: ${name}, ${rules} }\n`).join('')}`;

/** In the lab units crash more often than on any node: systemd must not give up what it restarts by itself. */
function prepare(root: string): void {
  const folder = `${root}/etc/systemd/system/etcd.service.d`;
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}/often.conf`, '[Unit]\nStartLimitIntervalSec=0\n');
}

export async function openLab(): Promise<Target> {
  const why = labUnavailable();
  if (why !== null) throw new Error(`cannot open the lab: ${why}`);
  const lab = await createLab();
  const { node } = await bootWorker(lab, { config, enable: ['etcd.service'], prepare });
  return {
    name: 'lab',
    disposable: true,
    run: async (argv, { timeoutMs = 30_000 } = {}) => {
      try {
        const { code, stdout, stderr, timedOut: late } = await node.run(argv, { timeoutMs });
        return { status: late ? timedOut : code, stdout, stderr };
      } catch (error) {
        // Between two boots there is no node to run anything on.
        return { status: unreachable, stdout: '', stderr: (error as Error).message };
      }
    },
    close: () => lab.close(),
  };
}
