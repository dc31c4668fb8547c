/** From the start of the main process to READY; for monit, which does not tell when it is ready, to its open port. */
import { startMonit, stopMonit } from '../monit.ts';
import type { Row, Stage } from '../stage.ts';

const rounds = 20;

async function startNodemend({ node }: Stage): Promise<number> {
  await node.ok(['systemctl', 'restart', 'nodemend.service'], { timeoutMs: 60_000 });
  const unit = await node.unit('nodemend.service');
  return (Number(unit['ActiveEnterTimestampMonotonic']) - Number(unit['ExecMainStartTimestampMonotonic'])) / 1_000;
}

async function startPeer({ node }: Stage): Promise<number> {
  await startMonit(node, 1, []);
  const openMs = Number(process.hrtime.bigint()) / 1e6;
  return openMs - Number((await node.unit('monit.service'))['ExecMainStartTimestampMonotonic']) / 1_000;
}

export const start: Row = {
  name: 'start',
  title: 'start of the main process to READY',
  run: async (stage) => {
    await stage.startNodemend('', ['containerd', 'kubelet']);
    const ready: number[] = [];
    const open: number[] = [];
    const count = stage.rounds(rounds);
    for (let round = 1; round <= count; round += 1) {
      if (round % 5 === 0) stage.say(`${round} of ${count}`);
      ready.push(await startNodemend(stage));
      open.push(await startPeer(stage));
    }
    await stopMonit(stage.node);
    const targets = [{ of: 'median', bound: 'at most', value: 400 }] as const;
    return [
      { what: 'start to open port', who: 'monit', unit: 'ms', values: open },
      { what: 'start to READY', who: 'nodemend', unit: 'ms', values: ready, targets },
    ];
  },
};
