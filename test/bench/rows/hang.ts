/**
 * A stopped process (SIGSTOP): nodemend with its defaults at containerd and the kubelet, beside two listening services in the same state, one
 * watched by monit with a connect test, one by systemd alone. Those two are watched for a bounded time.
 */
import { startMonit, stopMonit } from '../monit.ts';
import { pidFileOf, startListener, stopUnits } from '../service.ts';
import { generous, type Row } from '../stage.ts';

const monitored = 'bench-monitored.service';
const alone = 'bench-alone.service';
const monitoredPort = 9_001;
const alonePort = 9_002;
const rounds = 5;
/** What the defaults promise is 45 s. */
const withinMs = 60_000;

const config = `components:
  containerd: { preset: containerd, ${generous} }
  kubelet: { preset: kubelet, ${generous} }
`;

export const hang: Row = {
  name: 'hang',
  title: 'SIGSTOP to running',
  run: async (stage) => {
    const { node, clock, say } = stage;
    await startListener(node, monitored, monitoredPort);
    await startListener(node, alone, alonePort);
    await startMonit(node, 1, [{ unit: monitored, pidFile: pidFileOf(monitored), port: monitoredPort }]);
    await stage.startNodemend(config, ['containerd', 'kubelet']);
    const unseen = Promise.all([
      clock.strike(monitored, 'SIGSTOP', withinMs),
      clock.strike(alone, 'SIGSTOP', withinMs),
    ]);
    const containerd: number[] = [];
    const kubelet: number[] = [];
    const count = stage.rounds(rounds);
    for (let round = 1; round <= count; round += 1) {
      say(`${round} of ${count}`);
      for (const [unit, times] of [
        ['containerd', containerd],
        ['kubelet', kubelet],
      ] as const) {
        for (const each of ['containerd', 'kubelet']) await stage.awaitHealthy(each);
        const tookMs = await clock.strike(`${unit}.service`, 'SIGSTOP', withinMs);
        if (tookMs !== null) times.push(tookMs);
      }
    }
    say(`watching monit and systemd alone for ${withinMs / 1_000} s`);
    const [byMonit, bySystemd] = await unseen;
    await stopMonit(node);
    await stopUnits(node, [monitored, alone]);
    const what = 'hang of a listening service to running';
    const targets = [{ of: 'p99', bound: 'at most', value: 45_000 }] as const;
    const listed = (value: number | null) => (value === null ? [] : [value]);
    const note = `a stopped process was not seen within ${withinMs / 1_000} s: the kernel accepts for it`;
    return [
      {
        what,
        who: 'systemd alone',
        unit: 'ms',
        values: listed(bySystemd),
        ...(bySystemd === null ? { note: `nothing within ${withinMs / 1_000} s` } : {}),
      },
      { what, who: 'monit, connect test', unit: 'ms', values: listed(byMonit), ...(byMonit === null ? { note } : {}) },
      { what: 'hang of containerd to running', who: 'nodemend', unit: 'ms', values: containerd, targets },
      { what: 'hang of the kubelet to running', who: 'nodemend', unit: 'ms', values: kubelet, targets },
    ];
  },
};
