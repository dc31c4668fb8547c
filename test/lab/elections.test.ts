/**
 * Elections on a real etcd cluster of three under fire: agents and `elect` killed and frozen, nodes frozen and cut off, members of etcd killed. Whatever
 * is done, no two holders ever act: all that leaders wrote is kept and judged by its history alone. NODEMEND_LONG=1 strikes 1,000 times instead of 30,
 * NODEMEND_FAULTS=N that often; the report is then in .tap/elections.txt.
 */
import { randomInt } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { bootCluster, type Cluster, elections, leaseDurationMs, names } from '../elections/cluster.ts';
import { type FaultName, faults } from '../elections/faults.ts';
import { createFence } from '../elections/fence.ts';
import { faultsIn, type Write } from '../elections/history.ts';
import { reportOf } from '../elections/report.ts';
import { LONG, labTest } from './harness/lab-test.ts';
import { waitFor } from './harness/wait.ts';

const COUNT = Number(process.env['NODEMEND_FAULTS'] ?? (LONG ? 1_000 : 30));
const patienceMs = 120_000;

/** They go on beside each other, so that what is cut off is also killed. Within a series a fault is over, and somebody acts, before the next. */
const series: readonly {
  readonly share: number;
  readonly election: (typeof elections)[number];
  readonly kinds: readonly FaultName[];
}[] = [
  {
    share: 0.4,
    election: 'agent',
    kinds: [
      'agent killed',
      'agent frozen past the lease',
      'agent killed',
      'agent ended well',
      'node frozen past the lease',
    ],
  },
  {
    share: 0.3,
    election: 'job',
    kinds: ['elect killed', 'elect frozen past the lease', 'elect ended well', 'etcd member killed'],
  },
  {
    share: 0.3,
    election: 'job',
    kinds: ['node cut off', 'node hears nothing', 'node is not heard', 'two nodes cut off'],
  },
];

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const accepted = (history: readonly Write[], election: string): readonly Write[] =>
  history.filter((write) => write.election === election && write.order !== null);

labTest(`struck ${COUNT} times, no two holders ever act`, async (t, lab) => {
  const fence = createFence();
  t.teardown(() => fence.close());
  const cluster: Cluster = await bootCluster(lab, fence);
  const struck: { fault: FaultName; on: readonly string[] }[] = [];

  /** Resolves once somebody leads, and acts, from now on. */
  async function awaitActs(election: (typeof elections)[number]): Promise<void> {
    const before = accepted(fence.history(), election).length;
    const acts = (): boolean => accepted(fence.history(), election).length > before;
    await waitFor(acts, patienceMs, `somebody to lead ${election} and to act`);
  }

  /** Most often the one that leads first. */
  function victims(election: (typeof elections)[number]): readonly (typeof names)[number][] {
    const leader = fence.history().findLast((write) => write.election === election && write.order !== null)?.writer;
    const all = names.toSorted(() => randomInt(3) - 1);
    return randomInt(4) === 0 ? all : all.toSorted((a, b) => Number(b === leader) - Number(a === leader));
  }

  async function strike(name: FaultName, election: (typeof elections)[number]): Promise<void> {
    const { strike: begin, nodes, lasts } = faults[name];
    await awaitActs(election);
    const on = victims(election).slice(0, nodes);
    struck.push({ fault: name, on });
    const undos = await Promise.all(on.map((node) => begin(cluster[node])));
    await pause(lasts ? leaseDurationMs + randomInt(300, 1_000) : randomInt(300));
    await Promise.all(undos.map((undo) => undo()));
  }

  for (const election of elections) await awaitActs(election);
  await Promise.all(
    series.map(async ({ share, election, kinds }) => {
      for (let at = 0; at < Math.round(COUNT * share); at += 1)
        await strike(kinds[at % kinds.length] ?? 'agent killed', election);
    }),
  );
  for (const election of elections) await awaitActs(election);

  const history = fence.history();
  t.equal(struck.length, COUNT);
  t.same(faultsIn(history), [], 'no two holders ever acted, and tokens only grew');
  for (const election of elections) {
    const acts = accepted(history, election);
    t.ok(new Set(acts.map(({ writer }) => writer)).size > 1, `${election} was led by one node after the other`);
    t.ok(new Set(acts.map(({ token }) => token)).size > COUNT / 10, 'again and again');
  }
  const report = reportOf(struck, history);
  for (const line of report) t.comment(line);
  if (COUNT > 30) {
    mkdirSync('.tap', { recursive: true });
    writeFileSync('.tap/elections.txt', `${report.join('\n')}\n`);
  }
});
