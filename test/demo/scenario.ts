/** One fault from its beginning until the node is quiet again, told by three: nodemend, systemd and an ordinary client. */

import type { Io } from '../../src/cli/io.ts';
import type { Phase } from '../../src/core/transition.ts';
import { describe } from '../../src/serve/describe.ts';
import type { NodeView, Told } from '../../src/serve/view.ts';
import { hostPid } from '../lab/harness/host-pid.ts';
import type { LabNode } from '../lab/harness/node.ts';
import { waitFor } from '../lab/harness/wait.ts';
import type { AgentReader } from './agent.ts';
import { type Fault, systemdAlone } from './faults.ts';
import { createTimeline, type Timeline } from './timeline.ts';

export interface Outcome {
  readonly fault: Fault;
  /** What systemd alone would do about it. */
  readonly alone: string;
  /** From the fault to the start of a new main process, by systemd's clock. */
  readonly processMs: number;
  /** From the fault to the recovery that nodemend verified. */
  readonly verifiedMs: number;
}

export interface Stage {
  readonly node: LabNode;
  readonly agent: AgentReader;
  readonly io: Io;
  /** Calls back for each transition; the returned function ends that. */
  readonly listen: (onTold: (told: Told) => void) => () => void;
}

/** Far beyond what any fault here takes with the defaults (a freeze: 45 s). */
const deadlineMs = 120_000;
const clientMs = 3_000;
const witnessEveryMs = 200;
const statusEveryMs = 1_000;

function wordsOf({ transition }: Told): string {
  const component = 'component' in transition ? transition.component : null;
  return component === null ? describe(transition) : `${component}: ${describe(transition)}`;
}

/** Healthy, or off because somebody wanted that. */
const restful: ReadonlySet<Phase> = new Set(['healthy', 'stopped', 'masked', 'absent']);

/** Nothing is wrong, nothing is under way and nothing holds nodemend back. */
export const isQuiet = ({ ready, upgrading, components }: NodeView): boolean =>
  ready.ready &&
  upgrading === null &&
  components.every(({ phase, incident }) => restful.has(phase) && incident === null);

/** By systemd's own record of the unit; resolves to the time of the new main process after the fault. */
async function watchProcess(stage: Stage, fault: Fault, before: number, began: bigint, timeline: Timeline) {
  const { MainPID, ExecMainStartTimestampMonotonic } = await waitFor(
    async () => {
      const unit = await stage.node.unit(fault.unit);
      return ![0, before].includes(Number(unit['MainPID'])) && unit['ActiveState'] === 'active' ? unit : null;
    },
    deadlineMs,
    `a new main process of ${fault.unit}`,
    witnessEveryMs,
  );
  const processMs = Number(ExecMainStartTimestampMonotonic) / 1_000 - Number(began) / 1e6;
  timeline.note(processMs, 'systemd', `${fault.unit} has a new main process, ${MainPID}`);
  return processMs;
}

async function watchClient({ node }: Stage, { client, component }: Fault, timeline: Timeline): Promise<void> {
  await waitFor(
    async () => (await node.run(client, { timeoutMs: clientMs })).code === 0,
    deadlineMs,
    `${component} to answer a client`,
    witnessEveryMs,
  );
  timeline.note(timeline.nowMs(), 'client', `${component} answers: ${client.join(' ')}`);
}

function show(view: NodeView, component: string): string {
  const one = view.components.find(({ name }) => name === component);
  const readiness = view.ready.ready ? 'the node is ready' : 'the node is not ready';
  if (one === undefined) return readiness;
  return `${component} is ${one.phase}: ${one.reason}${one.detail === '' ? '' : `, ${one.detail}`}; ${readiness}`;
}

/** Until nodemend has verified the recovery and sees nothing wrong any more. */
async function watchAgent(stage: Stage, fault: Fault, isVerified: () => boolean, timeline: Timeline): Promise<void> {
  await waitFor(
    async () => {
      const view = await stage.agent.status();
      timeline.waiting(show(view, fault.component));
      return isVerified() && isQuiet(view);
    },
    deadlineMs,
    `nodemend to bring ${fault.component} back`,
    statusEveryMs,
  );
}

/** Rejects with one sentence when the component does not come back. */
export async function breakAndWatch(stage: Stage, fault: Fault): Promise<Outcome> {
  const { node, io } = stage;
  const { component, unit, signal } = fault;
  const properties = await node.unit(unit);
  const pid = Number(properties['MainPID']);
  const target = hostPid(node.leaderPid(), pid);
  const alone = systemdAlone(fault, properties);
  const began = process.hrtime.bigint();
  const beganWallMs = Date.now();
  const timeline = createTimeline(io, () => Number(process.hrtime.bigint()) / 1e6, Number(began) / 1e6);
  let verifiedMs: number | null = null;
  const stop = stage.listen((told) => {
    const atMs = told.wallMs - beganWallMs;
    timeline.note(atMs, 'nodemend', wordsOf(told));
    const { transition } = told;
    if (transition.type === 'incident.closed' && transition.component === component && transition.recovered)
      verifiedMs ??= atMs;
  });
  try {
    process.kill(target, `SIG${signal}`);
    timeline.note(0, 'demo', `SIG${signal} to process ${pid}, the main process of ${unit}`);
    const witnessed = watchProcess(stage, fault, pid, began, timeline);
    const [processMs] = await Promise.all([
      witnessed,
      witnessed.then(() => watchClient(stage, fault, timeline)),
      watchAgent(stage, fault, () => verifiedMs !== null, timeline),
    ]);
    return { fault, alone, processMs, verifiedMs: verifiedMs ?? Number.NaN };
  } finally {
    stop();
    timeline.end();
  }
}
