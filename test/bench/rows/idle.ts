/**
 * What watching costs while nothing happens: nodemend with what it finds on the node, and with 5, 50 and 500 services that each get a TCP look every
 * 5 s; monit doing the same at a cycle of 5 s; and a bare Node that does nothing.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Measurement } from '../figure.ts';
import { startMonit, stopMonit } from '../monit.ts';
import { pidFileOf, startListener, startSleepers, stopUnits } from '../service.ts';
import type { Row, Stage } from '../stage.ts';
import { type Usage, watchUsage } from '../usage.ts';

const counts = [5, 50, 500] as const;
const port = 9_000;
const listener = 'bench-listener.service';
const bare = 'bench-bare.service';
/** After the start, until what it allocated for that is collected. */
const settleMs = 30_000;
const spanMs = 60_000;
const cycleSeconds = 5;

const found = ['containerd', 'docker', 'kubelet'] as const;

const configOf = (units: readonly string[]): string =>
  [
    'discover: false',
    'components:',
    ...units.map(
      (unit, index) =>
        `  idle-${index + 1}: { unit: "${unit}", probes: { port: { tcp: { port: ${port} }, every: ${cycleSeconds}s } } }`,
    ),
    '',
  ].join('\n');

async function startBare(stage: Stage): Promise<void> {
  const command = ['/usr/lib/nodemend/node', '-e', 'setInterval(()=>{},1e6)'];
  await stage.node.ok(['systemd-run', `--unit=${bare}`, ...command]);
}

interface Watched {
  readonly what: string;
  readonly usage: Map<string, Usage>;
}

async function watch(stage: Stage, what: string, units: readonly string[]): Promise<Watched> {
  stage.say(`${what}: settling for ${stage.span(settleMs) / 1_000} s`);
  await delay(stage.span(settleMs));
  stage.say(`${what}: watching for ${stage.span(spanMs) / 1_000} s`);
  return { what, usage: await watchUsage(stage, units, stage.span(spanMs)) };
}

async function watchFound(stage: Stage): Promise<Watched> {
  await stage.node.ok(['systemctl', 'start', 'docker.service'], { timeoutMs: 60_000 });
  await stage.startNodemend('', found);
  const watched = await watch(stage, `with what it finds: ${found.join(', ')}`, ['nodemend.service', bare]);
  await stage.node.ok(['systemctl', 'stop', 'docker.socket', 'docker.service'], { timeoutMs: 60_000 });
  return watched;
}

async function watchMany(stage: Stage, count: number): Promise<Watched> {
  const { node } = stage;
  const units = await startSleepers(node, 'bench-idle', count);
  await startMonit(
    node,
    cycleSeconds,
    units.map((unit) => ({ unit, pidFile: pidFileOf(unit), port })),
  );
  await stage.startNodemend(configOf(units), ['idle-1', `idle-${count}`]);
  const watched = await watch(stage, `${count} components`, ['nodemend.service', 'monit.service']);
  await stopMonit(node);
  await stopUnits(node, units);
  return watched;
}

const names: Readonly<Record<string, string>> = {
  'nodemend.service': 'nodemend',
  'monit.service': `monit, ${cycleSeconds} s cycle`,
  [bare]: 'bare Node',
};

function measurementsOf({ what, usage }: Watched): Measurement[] {
  return [...usage].flatMap(([unit, { cpuPercent, residentMiB }]): Measurement[] => {
    const who = names[unit] ?? unit;
    const targets =
      unit === 'nodemend.service' && what.startsWith('with')
        ? ([{ of: 'median', bound: 'at most', value: 0.3 }] as const)
        : [];
    return [
      { what: `${what}: processor`, who, unit: '%', values: [cpuPercent], targets },
      { what: `${what}: processor in an hour`, who, unit: 's', values: [cpuPercent * 36] },
      { what: `${what}: memory`, who, unit: 'MiB', values: [residentMiB] },
    ];
  });
}

export const idle: Row = {
  name: 'idle',
  title: `processor (share of a core) and resident memory while nothing happens`,
  run: async (stage) => {
    await startListener(stage.node, listener, port);
    await startBare(stage);
    const byItself = await watchFound(stage);
    const many: Watched[] = [];
    for (const count of counts) many.push(await watchMany(stage, count));
    await stopUnits(stage.node, [listener, bare]);
    const [mine, bareNode] = [byItself.usage.get('nodemend.service'), byItself.usage.get(bare)];
    const times = (mine?.residentMiB ?? 0) / (bareNode?.residentMiB ?? 0);
    const targets = [{ of: 'median', bound: 'at most', value: 1.9 }] as const;
    return [
      ...measurementsOf(byItself),
      { what: `memory against bare Node's`, who: 'nodemend', unit: 'times', values: [times], targets },
      ...many.flatMap(measurementsOf),
    ];
  },
};
