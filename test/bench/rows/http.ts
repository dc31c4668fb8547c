/**
 * Requests over 50 connections: /readyz at rest and while containerd is killed again and again, /metrics beside Debian's node
 * exporter. The load generator shares the machine's cores with what it loads.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Measurement } from '../figure.ts';
import { applyLoad, type Load } from '../load.ts';
import { generous, type Row, type Stage } from '../stage.ts';

const connections = 50;
const rounds = 3;
const spanMs = 10_000;
const warmMs = 3_000;
/** As in the row of the restart settings. */
const apartMs = 2_200;
const withinMs = 60_000;
const exporter = 'prometheus-node-exporter.service';

const config = `components:
  containerd: { preset: containerd, ${generous} }
  kubelet: { preset: kubelet, ${generous} }
`;

async function load(stage: Stage, url: string): Promise<Load[]> {
  const seconds = Math.ceil(stage.span(spanMs) / 1_000);
  const loads: Load[] = [];
  await applyLoad(stage.node, url, connections, Math.ceil(stage.span(warmMs) / 1_000));
  for (let round = 1; round <= stage.rounds(rounds); round += 1) {
    stage.say(`${url}, ${seconds} s`);
    loads.push(await applyLoad(stage.node, url, connections, seconds));
  }
  return loads;
}

/** Loads while containerd is killed every few seconds; resolves with the times the repairs took as well. */
async function loadUnderRepair(stage: Stage, url: string): Promise<{ loads: Load[]; repairs: number[] }> {
  const repairs: number[] = [];
  const ended = new AbortController();
  const breaking = async (): Promise<void> => {
    while (!ended.signal.aborted) {
      repairs.push(await stage.clock.crash('containerd.service', withinMs));
      await delay(apartMs);
      await stage.awaitHealthy('containerd');
    }
  };
  const broken = breaking();
  const loads = await load(stage, url);
  ended.abort();
  await broken;
  return { loads, repairs };
}

function measure(what: string, who: string, loads: readonly Load[], aimed: boolean): Measurement[] {
  const failed = loads.reduce((sum, one) => sum + one.failed, 0);
  const least = aimed ? ([{ of: 'median', bound: 'at least', value: 30_000 }] as const) : [];
  const most = aimed ? ([{ of: 'median', bound: 'at most', value: 5 }] as const) : [];
  const rate: Measurement = {
    what,
    who,
    unit: 'req/s',
    values: loads.map(({ perSecond }) => perSecond),
    targets: least,
    ...(failed > 0 ? { note: `${what}: ${failed} requests failed or were not answered with 2xx` } : {}),
  };
  return [
    rate,
    { what: `${what}, 99th percentile`, who, unit: 'ms', values: loads.map(({ p99Ms }) => p99Ms), targets: most },
  ];
}

export const http: Row = {
  name: 'http',
  title: `HTTP over ${connections} connections`,
  run: async (stage) => {
    const { node } = stage;
    // Its default answers 40 requests at a time and refuses the rest.
    node.write('/etc/default/prometheus-node-exporter', 'ARGS="--web.max-requests=0"\n');
    await node.ok(['systemctl', 'restart', exporter]);
    await stage.startNodemend(config, ['containerd', 'kubelet']);
    const own = 'http://127.0.0.1:9745';
    const ready = await load(stage, `${own}/readyz`);
    const busy = await loadUnderRepair(stage, `${own}/readyz`);
    const metrics = await load(stage, `${own}/metrics`);
    const exported = await load(stage, 'http://127.0.0.1:9100/metrics');
    await node.ok(['systemctl', 'stop', exporter]);
    return [
      ...measure('/readyz', 'nodemend', ready, true),
      ...measure('/readyz during repairs', 'nodemend', busy.loads, true),
      { what: 'crash of containerd to running under that load', who: 'nodemend', unit: 'ms', values: busy.repairs },
      ...measure('/metrics', 'nodemend', metrics, false),
      ...measure('/metrics', 'node exporter', exported, false),
    ];
  },
};
