/**
 * Elections: from the signal to the one that leads to the command of the next one's term, with etcd and with Leases; and what a thousand elections in
 * one daemon cost. The API server is the stand-in of the tests, so with Leases it is nodemend's own time that is measured, not a cluster's.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { LabNode } from '../../lab/harness/node.ts';
import { type Candidate, createCandidate, type Lock } from '../candidates.ts';
import type { Measurement, Target } from '../figure.ts';
import type { Row, Stage } from '../stage.ts';
import { watchUsage } from '../usage.ts';

const handOvers = 20;
const kills = 5;
/** client-go's, which are nodemend's as well. */
const leaseDurationS = 15;
const many = 1_000;
const watchMs = 60_000;
const patienceMs = 180_000;

interface Store {
  readonly name: string;
  readonly lock: Lock;
  readonly port: number;
  readonly handOver: Target;
  /** Renewals that it has seen so far. */
  renewals(): Promise<number>;
}

async function startEtcd(node: LabNode): Promise<Store> {
  await node.ok(['systemctl', 'start', 'etcd.service'], { timeoutMs: 60_000 });
  const renewals = async (): Promise<number> => {
    const { body } = await node.http('http://127.0.0.1:2379/metrics');
    return Number(/^etcd_debugging_lease_renewed_total (\S+)$/m.exec(body)?.[1]);
  };
  const handOver = { of: 'p99', bound: 'at most', value: 100 } as const;
  return { name: 'etcd', lock: '{ etcd: { endpoints: ["http://127.0.0.1:2379"] } }', port: 2379, handOver, renewals };
}

async function startLeases(node: LabNode): Promise<Store> {
  const copy = (from: string, to: string): void => node.copyIn(fileURLToPath(new URL(from, import.meta.url)), to);
  copy('../../adapters/kubernetes/stand-in.ts', '/opt/lab/adapters/kubernetes/stand-in.ts');
  copy('../stand-in-process.ts', '/opt/lab/bench/stand-in-process.ts');
  const [urlFile, countFile] = ['/run/stand-in.url', '/run/stand-in.renewals'];
  const program = ['/opt/lab/node', '/opt/lab/bench/stand-in-process.ts', urlFile, countFile];
  await node.ok(['systemd-run', '--unit=stand-in', '--collect', ...program]);
  const url = await node.waitFor(() => node.read(urlFile), 30_000, 'the stand-in');
  const kubeconfig = `clusters: [{ name: c, cluster: { server: "${url}" } }]
users: [{ name: u, user: { token: admintoken } }]
contexts: [{ name: x, context: { cluster: c, user: u } }]
current-context: x
`;
  node.write('/etc/bench-kubeconfig', kubeconfig, 0o600);
  return {
    name: 'Leases',
    lock: '{ kubernetes: { kubeconfig: /etc/bench-kubeconfig, namespace: default } }',
    port: Number(new URL(url).port),
    handOver: { of: 'p99', bound: 'at most', value: 1_000 },
    renewals: async () => Number(node.read(countFile)),
  };
}

/** Ends the leader in this way, again and again; resolves to the milliseconds until the other one's term had begun. */
async function endLeaders(stage: Stage, pair: readonly Candidate[], signal: 'SIGTERM' | 'SIGKILL', count: number) {
  let [leader, next] = pair as [Candidate, Candidate];
  const tookMs: number[] = [];
  for (let round = 1; round <= count; round += 1) {
    await next.awaitKnowing();
    const atMs = await leader.signal(signal);
    tookMs.push((await next.nextTerm(atMs)) - atMs);
    await leader.start();
    if (round % 5 === 0) stage.say(`${signal}: ${round} of ${count}`);
    [leader, next] = [next, leader];
  }
  return { tookMs, leader, next };
}

async function measureEnds(stage: Stage, { name, lock, handOver }: Store): Promise<Measurement[]> {
  const boss = (touched: string): string =>
    `elections: { boss: { lock: ${lock}, onElected: [/usr/bin/touch, ${touched}] } }`;
  const [a, b] = [createCandidate(stage.node, 'a', 9801, boss), createCandidate(stage.node, 'b', 9802, boss)];
  await a.start();
  await a.nextTerm(0);
  await b.start();
  const ended = await endLeaders(stage, [a, b], 'SIGTERM', stage.rounds(handOvers));
  const killed = await endLeaders(stage, [ended.leader, ended.next], 'SIGKILL', stage.rounds(kills));
  for (const one of [a, b]) await one.stop();
  const most = { of: 'p99', bound: 'at most', value: leaseDurationS + 1 } as const;
  return [
    { what: `clean hand-over, ${name}`, who: 'nodemend', unit: 'ms', values: ended.tookMs, targets: [handOver] },
    {
      what: `kill -9 of the leader, ${name}, ${leaseDurationS} s`,
      who: 'nodemend',
      unit: 's',
      values: killed.tookMs.map((ms) => ms / 1_000),
      targets: [most],
    },
  ];
}

/** Counts every byte to and from the port, which is on the loopback. */
async function countBytes(node: LabNode, port: number): Promise<() => Promise<number>> {
  const rules = `table inet bench {
counter moved { }
chain in {
type filter hook input priority 0;
tcp dport ${port} counter name moved
tcp sport ${port} counter name moved
}
}
`;
  await node.run(['nft', 'delete', 'table', 'inet', 'bench']);
  await node.ok(['nft', '-f', '-'], { input: rules });
  return async () =>
    Number(/bytes (\d+)$/m.exec(await node.ok(['nft', 'list', 'counter', 'inet', 'bench', 'moved']))?.[1]);
}

async function measureMany(stage: Stage, { name, lock, port, renewals }: Store): Promise<Measurement[]> {
  const all = Array.from({ length: many }, (_, at) => `  e${at}: { lock: ${lock} }`).join('\n');
  const one = createCandidate(stage.node, 'many', 9803, () => `elections:\n${all}`);
  await one.start();
  stage.say(`${many} elections, ${name}`);
  const lead = async (): Promise<boolean> =>
    ((await one.metrics()).match(/^nodemend_election_leader\{.*\} 1$/gm) ?? []).length === many;
  await stage.node.waitFor(lead, patienceMs, `all ${many} to be led`);
  // What the start left to do is done by then.
  await delay(stage.span(15_000));
  const bytes = await countBytes(stage.node, port);
  const before = [await renewals(), await bytes(), Date.now()] as const;
  const usage = (await watchUsage(stage, [one.unit], stage.span(watchMs))).get(one.unit);
  const after = [await renewals(), await bytes(), Date.now()] as const;
  const perHour = 3_600_000 / (after[2] - before[2]);
  await one.stop();
  const what = `${many} elections, ${name}`;
  return [
    { what: `${what}: renewals`, who: 'nodemend', unit: '/h', values: [(after[0] - before[0]) * perHour] },
    {
      what: `${what}: bytes, both ways`,
      who: 'nodemend',
      unit: 'MiB/h',
      values: [((after[1] - before[1]) * perHour) / 2 ** 20],
    },
    { what: `${what}: processor`, who: 'nodemend', unit: '%', values: [usage?.cpuPercent ?? Number.NaN] },
    { what: `${what}: resident memory`, who: 'nodemend', unit: 'MiB', values: [usage?.residentMiB ?? Number.NaN] },
  ];
}

export const elections: Row = {
  name: 'elections',
  title: 'leadership handed over, taken over, and a thousand times renewed',
  run: async (stage) => {
    await stage.stopNodemend();
    const figures: Measurement[] = [];
    for (const begin of [startEtcd, startLeases]) {
      const store = await begin(stage.node);
      figures.push(...(await measureEnds(stage, store)), ...(await measureMany(stage, store)));
    }
    await stage.node.ok(['systemctl', 'stop', 'etcd.service', 'stand-in.service'], { timeoutMs: 60_000 });
    return figures;
  },
};
