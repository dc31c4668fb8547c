/**
 * `npm run demo`: a disposable node with nodemend in it is broken in front of the reader's eyes and mends itself. Whatever happens, nothing of it is left.
 */
import type { Io } from '../../src/cli/io.ts';
import { wrap } from '../../src/cli/show-node.ts';
import { createTerminal } from '../../src/cli/terminal.ts';
import type { Told } from '../../src/serve/view.ts';
import { runContainer } from '../lab/harness/containers.ts';
import { installKubelet } from '../lab/harness/kubelet.ts';
import { createLab, type Lab } from '../lab/harness/lab.ts';
import type { LabNode } from '../lab/harness/node.ts';
import { installNodemend } from '../lab/harness/nodemend.ts';
import { openRelay } from '../lab/harness/relay.ts';
import { labUnavailable } from '../lab/harness/requirements.ts';
import { waitFor } from '../lab/harness/wait.ts';
import { type AgentReader, createAgentReader } from './agent.ts';
import type { Fault } from './faults.ts';
import { type Options, readOptions, usage } from './options.ts';
import { breakAndWatch, isQuiet, type Outcome, type Stage } from './scenario.ts';
import { renderSummary } from './summary.ts';

const status = { fine: 0, failed: 1, usage: 2, interrupted: 130 } as const;
const agentPort = 9745;
const settleMs = 60_000;

const intro: Readonly<Record<Fault['signal'], string>> = {
  KILL: 'is killed: SIGKILL to its main process, as in a crash.',
  STOP: 'is frozen: SIGSTOP to its main process. It still accepts connections but never answers, and systemd sees a running process. nodemend asks every 5 s and acts when two probes have agreed for 15 s, so this takes about half a minute.',
};

async function bootNode(lab: Lab, io: Io): Promise<{ node: LabNode; url: string; agent: AgentReader }> {
  io.out(`booting a node with systemd, containerd and Docker (lab ${lab.id})\n`);
  const node = await lab.node('demo', { enable: ['docker.service'] });
  await installKubelet(node);
  io.out('installing nodemend with dpkg, without any configuration of its own\n');
  await installNodemend(node);
  const { port } = await openRelay(node, agentPort);
  const url = `http://127.0.0.1:${port}`;
  const agent = createAgentReader(url);
  const sees = async () => {
    const view = await agent.status();
    return view.components.length > 0 && isQuiet(view) ? view : null;
  };
  const view = await waitFor(sees, settleMs, 'nodemend to see everything healthy', 200);
  const found = view.components.map(({ name, phase }) => (phase === 'healthy' ? name : `${name} (${phase})`));
  io.out(`nodemend found ${found.join(', ')}; the kubelet is a stand-in\n`);
  io.out(`status page: ${url}/\n`);
  return { node, url, agent };
}

/** One listener at a time gets what the agent tells; a stream that breaks ends the demo. */
function listenTo(agent: AgentReader) {
  const ending = new AbortController();
  let current: (told: Told) => void = () => undefined;
  const broken = agent
    .follow((told) => current(told), ending.signal)
    .then(
      () => Promise.reject(new Error('nodemend ended its stream of events')),
      (error: unknown) => (ending.signal.aborted ? undefined : Promise.reject(error)),
    );
  return {
    broken,
    end: () => ending.abort(),
    listen: (onTold: (told: Told) => void) => {
      current = onTold;
      return () => {
        current = () => undefined;
      };
    },
  };
}

async function breakAll(stage: Stage, faults: readonly Fault[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const [index, fault] of faults.entries()) {
    const title = `[${index + 1}/${faults.length}] ${fault.component} ${intro[fault.signal]}`;
    stage.io.out(`\n${wrap(title, stage.io, 0)}`);
    outcomes.push(await breakAndWatch(stage, fault));
  }
  return outcomes;
}

function lookAround({ node, url }: Shown): string {
  const enter = `nsenter -t ${node.leaderPid()} -m -u -i -n -p -C --`;
  return `
the node stays until Ctrl-C. Look around from another terminal, as root:
  ${url}/
  ${enter} nodemend status
  ${enter} nodemend history
  ${enter} bash
`;
}

interface Shown {
  readonly node: LabNode;
  readonly url: string;
  readonly status: number;
}

async function show(lab: Lab, { faults }: Options, io: Io): Promise<Shown> {
  const { node, url, agent } = await bootNode(lab, io);
  const container = await runContainer(node, 'web');
  io.out(`a container runs in containerd: process ${container.pid}\n`);
  const listener = listenTo(agent);
  const outcomes = await Promise.race([
    breakAll({ node, agent, io, listen: listener.listen }, faults),
    listener.broken.then(() => []),
  ]);
  listener.end();
  const survived = await container.survives();
  io.out(`\n${renderSummary(outcomes, io)}`);
  io.out(`\nthe container ${survived ? 'ran through all of it, as the same process' : 'did NOT survive'}\n`);
  return { node, url, status: survived ? status.fine : status.failed };
}

/** The demo on a lab of its own, which is removed whatever happens. */
async function runDemo(options: Options, io: Io, interrupted: Promise<void>): Promise<number> {
  const opened: Lab[] = [];
  const work = async (): Promise<Shown> => {
    const lab = await createLab();
    opened.push(lab);
    return show(lab, options, io);
  };
  try {
    const shown = await Promise.race([work(), interrupted]);
    if (shown === undefined) return status.interrupted;
    if (options.keep) {
      io.out(lookAround(shown));
      await interrupted;
    }
    return shown.status;
  } catch (error) {
    io.err(`\nthe demo failed: ${(error as Error).message}\n`);
    return status.failed;
  } finally {
    if (opened.length > 0) io.out('\nremoving the node\n');
    for (const lab of opened) await lab.close();
  }
}

/** Resolves to the exit status. `interrupted` resolves when the user has had enough. */
export async function main(argv: readonly string[], io: Io, interrupted: Promise<void>): Promise<number> {
  let options: Options;
  try {
    options = readOptions(argv);
  } catch (error) {
    io.err(`${(error as Error).message}\n\n${usage}`);
    return status.usage;
  }
  if (options.help) {
    io.out(usage);
    return status.fine;
  }
  const why = labUnavailable();
  if (why !== null) {
    io.err(`cannot run the demo: ${why}\n`);
    return status.failed;
  }
  return runDemo(options, io, interrupted);
}

/** The first signal ends the demo in order; the second at once, which leaves the cleaning up to the lab's guard. */
function untilInterrupted(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  // A signal that may come is no reason for Node to stay; this is.
  setInterval(() => undefined, 60_000);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      resolve();
      process.once(signal, () => process.exit(status.interrupted));
    });
  }
  return promise;
}

if (import.meta.main) {
  process.exitCode = await main(process.argv.slice(2), createTerminal(process), untilInterrupted());
  // What was interrupted in its middle may still wait for something.
  process.exit();
}
