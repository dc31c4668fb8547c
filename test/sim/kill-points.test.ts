/**
 * Every durable write, sync, call and reply is a place where the agent can die. In each main story it dies at every one of them, once by kill -9
 * and once with the power: no intent is acted on twice, none is forgotten, and everything is well again.
 */
import t from 'tap';
import type { Scheduled } from '../../src/sim/happening.ts';
import type { Point } from '../../src/sim/life.ts';
import type { Watcher } from '../../src/sim/watcher.ts';
import { createWorld, type World } from '../../src/sim/world.ts';
import { type Node, nodes } from './nodes.ts';
import { recoveryBreaches } from './rules/liveness.ts';
import { createOracle } from './rules/oracle.ts';

const minuteMs = 60_000;
/** When the story begins, how long every point is one to die at (two half-open retries, at most), and when all must be well. */
const beginMs = 10 * minuteMs;
const windowMs = 11 * minuteMs;
const endMs = beginMs + 60 * minuteMs;
const containerd = 'containerd.service';

type Death = 'kill -9' | 'power loss';

interface Main {
  readonly name: string;
  readonly node: string;
  readonly story: readonly Scheduled[];
}

const mains: readonly Main[] = [
  { name: 'a crash', node: 'worker', story: [{ atMs: beginMs, happening: { what: 'crash', unit: containerd } }] },
  { name: 'a hang', node: 'worker', story: [{ atMs: beginMs, happening: { what: 'deadlock', unit: containerd } }] },
  {
    name: 'a restart that an operator asked for',
    node: 'worker',
    story: [{ atMs: beginMs, happening: { what: 'ask-restart', component: 'kubelet' } }],
  },
  {
    name: 'a docker that went down with containerd',
    node: 'docker host',
    story: [{ atMs: beginMs, happening: { what: 'crash', unit: containerd } }],
  },
  {
    name: 'a kubelet that only a higher rung helps',
    node: 'last resort',
    story: [
      { atMs: beginMs, happening: { what: 'stay-sick', unit: 'kubelet.service', forMs: 3 * minuteMs } },
      { atMs: beginMs, happening: { what: 'deadlock', unit: 'kubelet.service' } },
    ],
  },
  {
    name: 'a kubelet that systemd gave up, whose failure is reset before its start',
    node: 'watchdog',
    story: [
      { atMs: beginMs, happening: { what: 'crash-again', unit: 'kubelet.service', everyMs: 1_000, forMs: 150_000 } },
    ],
  },
  {
    name: 'a containerd that only a reboot would help',
    node: 'last resort',
    story: [{ atMs: beginMs, happening: { what: 'become-unkillable', unit: containerd, forMs: 9 * minuteMs } }],
  },
  {
    name: 'a state that is found damaged',
    node: 'worker',
    story: [
      { atMs: beginMs, happening: { what: 'spoil-state', how: 'damaged' } },
      { atMs: beginMs + 1_000, happening: { what: 'kill-agent' } },
      { atMs: beginMs + 10_000, happening: { what: 'crash', unit: containerd } },
      { atMs: beginMs + 40_000, happening: { what: 'crash', unit: containerd } },
    ],
  },
  {
    name: 'a pause that an operator set and ended',
    node: 'worker',
    story: [
      { atMs: beginMs, happening: { what: 'pause', component: 'kubelet', forMs: 10 * minuteMs } },
      { atMs: beginMs + minuteMs, happening: { what: 'deadlock', unit: 'kubelet.service' } },
      { atMs: beginMs + 3 * minuteMs, happening: { what: 'resume', component: 'kubelet' } },
    ],
  },
  {
    name: 'a unit without Restart= that fails again',
    node: 'edge',
    story: [
      { atMs: beginMs, happening: { what: 'crash-again', unit: 'worker.service', everyMs: 20_000, forMs: 70_000 } },
    ],
  },
];

interface Played {
  /** What it did to the node. */
  readonly calls: ReadonlySet<string>;
  readonly points: readonly Point[];
  readonly breaches: readonly string[];
}

/** Dies at the `deathly`-th point of the window, counted from 0; -1 is never. */
async function play(node: Node, story: readonly Scheduled[], deathly: number, death: Death): Promise<Played> {
  const points: Point[] = [];
  const calls = new Set<string>();
  const oracle = createOracle(() => world);
  const dies = (point: Point): boolean => {
    const { agenda, machine } = world;
    if (agenda.nowMs() < beginMs || agenda.nowMs() > beginMs + windowMs) return false;
    points.push(point);
    if (points.length - 1 !== deathly) return false;
    if (death === 'power loss') {
      oracle.watcher.happened?.({ what: 'lose-power' });
      agenda.after(0, machine.losePower);
    }
    return true;
  };
  const { config, units, disabled } = node;
  const watcher: Watcher = {
    ...oracle.watcher,
    called: (call) => {
      calls.add(call.type);
      oracle.watcher.called?.(call);
    },
  };
  const world: World = createWorld({ seed: 1, config, units, disabled, watcher, dies });
  world.tell(story);
  await world.runTo(endMs);
  const all = [...oracle.breaches, ...recoveryBreaches(world, oracle.knowledge)];
  return { calls, points, breaches: all.map(({ what }) => what) };
}

const called = new Set<string>();
const reached = new Set<Point>();

for (const { name, node: nodeName, story } of mains) {
  for (const death of ['kill -9', 'power loss'] as const) {
    t.test(`${name}: ${death} at every point`, async (t) => {
      const node = nodes.find((one) => one.name === nodeName);
      if (node === undefined) throw new Error(`there is no node ${nodeName}`);
      const { calls, points, breaches } = await play(node, story, -1, death);
      t.same(breaches, [], 'without a death');
      t.ok(points.includes('call') && points.includes('written') && points.includes('synced'), 'it acts at all');
      for (const call of calls) called.add(call);
      for (const point of points) reached.add(point);
      for (const [index, point] of points.entries()) {
        const died = await play(node, story, index, death);
        if (died.breaches.length > 0) t.fail(`at point ${index}, ${point}`, { breaches: died.breaches.slice(0, 3) });
      }
      t.comment(`${points.length} points`);
    });
  }
}

t.test('among them is every kind of action and every kind of point', async (t) => {
  t.same([...called].sort(), ['command.run', 'node.reboot', 'unit.kill', 'unit.restart', 'unit.start']);
  t.same([...reached].sort(), ['call', 'called', 'ended', 'read', 'reply', 'sync', 'synced', 'write', 'written']);
});
