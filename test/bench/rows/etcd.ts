/**
 * etcd: a snapshot of a database of 1 GiB beside `etcdctl snapshot save`, what the daemon's own snapshot costs the agent in memory and the member in latency,
 * and how long it takes until a member that counts as dead is replaced by one that votes and answers.
 */
import { existsSync, readdirSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { configFile, configOf, dataOf, etcdCommand, setUpMembers, unitOf } from '../../lab/harness/etcd-node.ts';
import { type End, hearLines } from '../../lab/harness/lines.ts';
import type { LabNode } from '../../lab/harness/node.ts';
import type { Measurement } from '../figure.ts';
import type { Row, Stage } from '../stage.ts';
import { eldest, residentMiB } from '../usage.ts';

const endpoint = 'http://127.0.0.1:2379';
const megabytes = 1_100;
const takes = 5;
const MiB = 2 ** 20;
/** The default. */
const shelf = '/var/lib/nodemend/etcd-backups';
const sampleMs = 50;
const patienceMs = 300_000;
const three = ['m1', 'm2', 'm3'] as const;
const replacements = 3;
const deadAfterS = 10;

async function fill({ node, rounds, say }: Stage): Promise<void> {
  node.write('/etc/default/etcd', 'ETCD_QUOTA_BACKEND_BYTES=8589934592\nETCD_LOG_LEVEL=error\n');
  await node.ok(['systemctl', 'restart', 'etcd.service'], { timeoutMs: 60_000 });
  const count = rounds(megabytes);
  say(`writing ${count} MB`);
  const puts = `seq ${count} | while read at; do etcdctl put /bulk/$at < /var/tmp/bulk > /dev/null || exit 1; done`;
  await node.ok(['sh', '-c', `head -c 1000000 /dev/urandom > /var/tmp/bulk; ${puts}`], { timeoutMs: 900_000 });
}

/** MiB per second, from the command's start to its end. */
async function rateOf(node: LabNode, argv: readonly string[], file: string): Promise<number> {
  const begunMs = performance.now();
  await node.ok([...argv, file], { timeoutMs: patienceMs });
  const seconds = (performance.now() - begunMs) / 1_000;
  const bytes = Number(await node.ok(['stat', '--format=%s', file]));
  await node.ok(['sh', '-c', `rm -f ${file}*`]);
  return bytes / MiB / seconds;
}

async function measureRates({ node, rounds, say }: Stage): Promise<Measurement[]> {
  node.write('/etc/bench-etcd.yaml', 'etcd: {}\nbackup: { rate: 10000 }\n', 0o600);
  const peer: number[] = [];
  const own: number[] = [];
  const count = rounds(takes);
  for (let round = 1; round <= count; round += 1) {
    say(`snapshot ${round} of ${count}`);
    peer.push(await rateOf(node, ['etcdctl', 'snapshot', 'save'], '/var/tmp/peer.db'));
    own.push(
      await rateOf(node, ['nodemend', 'etcd', 'snapshot', '--config', '/etc/bench-etcd.yaml'], '/var/tmp/own.db'),
    );
  }
  const what = 'snapshot of 1 GiB, without a limit';
  return [
    { what, who: 'etcdctl', unit: 'MiB/s', values: peer },
    { what, who: 'nodemend', unit: 'MiB/s', values: own },
  ];
}

interface Put {
  readonly atMs: number;
  readonly tookMs: number;
}

/** Puts go on until it is ended. */
function startPuts(node: LabNode): { readonly puts: readonly Put[]; readonly end: End } {
  const program = fileURLToPath(new URL('../put-process.ts', import.meta.url));
  const puts: Put[] = [];
  const end = hearLines(node, [program, endpoint, '/bench/put'], (line) => {
    const [atMs = 0, tookMs = 0] = line.split(' ').map(Number);
    puts.push({ atMs, tookMs });
  });
  return { puts, end };
}

/** Looks at the daemon until a snapshot of its own has come and gone. */
async function watchSnapshot(node: LabNode, hostPid: number) {
  const folder = node.hostPath(shelf);
  const files = (): string[] => (existsSync(folder) ? readdirSync(folder) : []);
  const isDone = (): boolean => files().some((name) => name.endsWith('.db'));
  const before: number[] = [];
  const during: number[] = [];
  let begunMs = 0;
  const untilMs = performance.now() + patienceMs;
  while (!isDone()) {
    if (performance.now() > untilMs) throw new Error('the daemon took no snapshot');
    const begun = files().length > 0;
    if (begun && begunMs === 0) begunMs = Date.now();
    (begun ? during : before).push(residentMiB(hostPid));
    await delay(sampleMs);
  }
  return { begunMs, endedMs: Date.now(), moreMiB: Math.max(...during) - Math.max(...before) };
}

async function measureDaemon(stage: Stage): Promise<Measurement[]> {
  const { node, say } = stage;
  say("the daemon's own snapshot");
  const { puts, end } = startPuts(node);
  // More than a minute from now, so that there is something to compare with.
  const minute = (new Date().getMinutes() + 2) % 60;
  const config = `etcd: {}\nbackup: { schedule: "${minute} * * * *" }\n`;
  await stage.startNodemend(config, ['etcd']);
  const { begunMs, endedMs, moreMiB } = await watchSnapshot(node, eldest(stage, 'nodemend.service'));
  await end();
  await stage.stopNodemend();
  const tookIn = (isIn: (atMs: number) => boolean): number[] =>
    puts.flatMap(({ atMs, tookMs }) => (isIn(atMs) ? [tookMs] : []));
  return [
    { what: 'put, no snapshot', who: 'etcd', unit: 'ms', values: tookIn((atMs) => atMs < begunMs) },
    {
      what: 'put, during a snapshot at 64 MiB/s',
      who: 'etcd',
      unit: 'ms',
      values: tookIn((atMs) => atMs >= begunMs && atMs <= endedMs),
    },
    {
      what: 'resident memory, more during it',
      who: 'nodemend',
      unit: 'MiB',
      values: [moreMiB],
      targets: [{ of: 'median', bound: 'at most', value: 32 }],
    },
  ];
}

async function measureReplacement(stage: Stage): Promise<Measurement[]> {
  const { node, say } = stage;
  await setUpMembers(node);
  for (const name of three) node.write(configFile(name), configOf(name, three), 0o600);
  await Promise.all(three.map((name) => etcdCommand(node, name, ['create', '--yes'])));
  const watched = { repair: 'act', deadAfter: `${deadAfterS}s`, every: '1s' };
  node.write('/etc/nodemend/nodemend.yaml', configOf('m2', three, watched), 0o600);
  await node.ok(['systemctl', 'start', 'nodemend.service'], { timeoutMs: 60_000 });
  const voters = async (): Promise<number> => {
    const { stdout } = await etcdCommand(node, 'm1', ['members', '--json']);
    const { cluster } = JSON.parse(stdout) as { cluster: { members: { learner: boolean; status: object | null }[] } };
    return cluster.members.filter(({ learner, status }) => !learner && status !== null).length;
  };
  const values: number[] = [];
  const count = stage.rounds(replacements);
  for (let round = 1; round <= count; round += 1) {
    say(`replacement ${round} of ${count}`);
    await node.waitFor(async () => (await voters()) === three.length, patienceMs, 'three voters');
    await node.ok(['rm', '-rf', dataOf('m2')]);
    const begunMs = performance.now();
    await node.signal(unitOf('m2'), 'KILL');
    await node.waitFor(async () => (await voters()) < three.length, patienceMs, 'a loss');
    await node.waitFor(async () => (await voters()) === three.length, patienceMs, 'three voters again');
    values.push((performance.now() - begunMs) / 1_000 - deadAfterS);
  }
  await stage.stopNodemend();
  await node.ok(['systemctl', 'stop', ...three.map(unitOf)], { timeoutMs: 60_000 });
  return [
    {
      what: 'member and data lost to a new one that votes, beyond deadAfter',
      who: 'nodemend',
      unit: 's',
      values,
    },
  ];
}

export const etcd: Row = {
  name: 'etcd',
  title: 'a snapshot of 1 GiB, and a member replaced',
  run: async (stage) => {
    await stage.stopNodemend();
    await fill(stage);
    const figures = [...(await measureRates(stage)), ...(await measureDaemon(stage))];
    await stage.node.ok(['systemctl', 'stop', 'etcd.service'], { timeoutMs: 60_000 });
    return [...figures, ...(await measureReplacement(stage))];
  },
};
