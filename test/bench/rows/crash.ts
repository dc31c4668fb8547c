/** A crash of a unit that nobody else restarts: monit at its fastest cycle, 1 s, against nodemend. */
import { setTimeout as delay } from 'node:timers/promises';
import { startMonit, stopMonit } from '../monit.ts';
import { pidFileOf, startSleeper, stopUnits } from '../service.ts';
import { generous, type Row, type Stage } from '../stage.ts';

const mended = 'bench-mended.service';
const monitored = 'bench-monitored.service';
const rounds = 100;
const withinMs = 30_000;

/** Moments spread evenly over monit's cycle, so that no phase of it is preferred. */
const phaseMs = (round: number): number => ((round * 0.618_034) % 1) * 1_000;

/** monit loses a unit now and then; it is started by hand then, and counts as long as was waited for. */
async function crashOfMonitored({ node, clock, say }: Stage): Promise<number> {
  const tookMs = await clock.strike(monitored, 'SIGKILL', withinMs);
  if (tookMs !== null) return tookMs;
  say(`monit did not bring ${monitored} back within ${withinMs / 1_000} s, which is counted as that`);
  await node.ok(['systemctl', 'restart', monitored]);
  return withinMs;
}

export const crash: Row = {
  name: 'crash',
  title: 'SIGKILL to running, unit with Restart=no',
  run: async (stage) => {
    const { node, clock, say } = stage;
    await startSleeper(node, mended);
    await startSleeper(node, monitored);
    await startMonit(node, 1, [{ unit: monitored, pidFile: pidFileOf(monitored) }]);
    await stage.startNodemend(`components: { bench: { unit: ${mended}, ${generous} } }\n`, ['bench']);
    const byNodemend: number[] = [];
    const byMonit: number[] = [];
    const count = stage.rounds(rounds);
    for (let round = 1; round <= count; round += 1) {
      if (round % 10 === 0) say(`${round} of ${count}`);
      await stage.awaitHealthy('bench');
      byNodemend.push(await clock.crash(mended, withinMs));
      await delay(phaseMs(round));
      byMonit.push(await crashOfMonitored(stage));
    }
    await stopMonit(node);
    await stopUnits(node, [mended, monitored]);
    const targets = [
      { of: 'median', bound: 'at most', value: 20 },
      { of: 'p99', bound: 'at most', value: 60 },
    ] as const;
    return [
      { what: 'crash to running', who: 'monit, 1 s cycle', unit: 'ms', values: byMonit },
      { what: 'crash to running', who: 'nodemend', unit: 'ms', values: byNodemend, targets },
    ];
  },
};
