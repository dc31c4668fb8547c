/**
 * A worker node as an operator has one: containerd, Docker, the kubelet stand-in and nodemend from its package, all of them well. Beside the
 * agent's own word it gives systemd's, which tests compare it with.
 */
import { request } from 'node:http';
import type { IncidentRecord } from '../../../src/ports.ts';
import type { ComponentView, NodeView } from '../../../src/serve/view.ts';
import { installKubelet, type Kubelet } from './kubelet.ts';
import type { Lab, NodeOptions } from './lab.ts';
import type { HttpReply, LabNode } from './node.ts';
import { installNodemend } from './nodemend.ts';

export const UNITS = ['containerd.service', 'docker.service', 'kubelet.service'] as const;

const NAMES: readonly string[] = ['containerd', 'docker', 'kubelet'];
const SOCKET = '/run/nodemend/nodemend.sock';
/** The agent hears of the end of a package's installation with its next sample of the host, at most 5 s later. */
const WELL_MS = 60_000;

export interface WorkerOptions extends NodeOptions {
  /** Text of /etc/nodemend/nodemend.yaml; without it the package's default stands. */
  readonly config?: string;
}

export interface Repair {
  /** From the moment systemd saw the unit leave `active` to the start of its new main process, by systemd's own clock. */
  readonly downMs: number;
  readonly mainPid: number;
}

export interface Worker {
  readonly node: LabNode;
  readonly kubelet: Kubelet;
  /** Asks the agent over its control socket; rejects when it does not answer. */
  ask(path: string, headers?: Readonly<Record<string, string>>): Promise<HttpReply>;
  status(): Promise<NodeView>;
  component(name: string): Promise<ComponentView>;
  incidents(): Promise<readonly IncidentRecord[]>;
  /** The value of the one series that has this name and these labels; null when there is none. */
  metric(series: string): Promise<number | null>;
  /** Resolves once the agent sees everything and all of it is well, with the node ready and no installation under way. */
  awaitWell(deadlineMs?: number): Promise<NodeView>;
  /** Resolves once the agent sees every component healthy, be the node ready or not. */
  awaitHealthy(deadlineMs: number): Promise<NodeView>;
  /** Resolves once the agent sees in the units the very runs that systemd has now, well or not. */
  awaitTruth(deadlineMs: number): Promise<void>;
  /** Resolves once the agent sees the unit well under this very main process. */
  awaitVerified(unit: string, mainPid: number): Promise<void>;
  /** systemd's word on which runs of the units there are: unchanged means that nobody restarted anything. */
  runs(): Promise<Readonly<Record<string, string>>>;
  /** SIGKILL to the unit's main process; resolves once systemd has a new one in an active unit. */
  crash(unit: string, deadlineMs?: number): Promise<Repair>;
}

function isHealthy(view: NodeView): boolean {
  const named = view.components.filter(({ name }) => NAMES.includes(name));
  return view.busConnected && named.length === NAMES.length && named.every(({ phase }) => phase === 'healthy');
}

/** Whether the agent sees, in each of the units, the very run that systemd has. */
function seesRuns(view: NodeView, real: Readonly<Record<string, string>>): boolean {
  const named = view.components.filter(({ unit }) => unit in real);
  const same = named.every(({ unit, invocationId, phase }) => phase !== 'unknown' && invocationId === real[unit]);
  return view.busConnected && named.length === NAMES.length && same;
}

/** For the message of a wait that was in vain. */
function describe({ busConnected, ready, components }: NodeView): string {
  const phases = components.map(({ name, phase, reason }) => `${name} ${phase} ${reason}`);
  return `bus ${busConnected}, ${ready.reason}; ${phases.join(', ')}`;
}

/** A Unix socket on the node is reached from the test process through the node's root in /proc. */
function askSocket(socketPath: string, path: string, headers: Readonly<Record<string, string>>): Promise<HttpReply> {
  const { promise, resolve, reject } = Promise.withResolvers<HttpReply>();
  const asked = request({ socketPath, path, headers: { host: 'node', ...headers }, timeout: 10_000 }, (response) => {
    let body = '';
    response.setEncoding('utf8');
    response.on('data', (piece: string) => {
      body += piece;
    });
    response.on('error', reject);
    response.on('end', () => {
      const received = response.headers as Record<string, string>;
      resolve({ status: response.statusCode ?? 0, headers: received, body });
    });
  });
  asked.on('timeout', () => asked.destroy(new Error(`no reply to ${path} within 10 s`)));
  asked.on('error', reject);
  asked.end();
  return promise;
}

function createWorker(node: LabNode, kubelet: Kubelet): Worker {
  const ask: Worker['ask'] = (path, headers = {}) => askSocket(node.hostPath(SOCKET), path, headers);
  const json = async (path: string): Promise<unknown> => JSON.parse((await ask(path)).body);
  const status = async (): Promise<NodeView> => (await json('/api/v1/status')) as NodeView;

  async function runs(): Promise<Record<string, string>> {
    const text = await node.ok(['systemctl', 'show', '--value', '--property=InvocationID', ...UNITS]);
    const ids = text.split('\n').filter((line) => line !== '');
    return Object.fromEntries(UNITS.map((unit, index) => [unit, ids[index] ?? '']));
  }

  function awaitView(test: (view: NodeView) => boolean, deadlineMs: number): Promise<NodeView> {
    const look = async (): Promise<NodeView> => {
      const view = await status();
      if (test(view)) return view;
      throw new Error(describe(view));
    };
    return node.waitFor(look, deadlineMs, 'the agent to see what it should');
  }

  return {
    node,
    kubelet,
    ask,
    status,
    component: async (name) => {
      const found = (await status()).components.find((component) => component.name === name);
      if (found === undefined) throw new Error(`the agent knows no component ${name}`);
      return found;
    },
    incidents: async () => ((await json('/api/v1/incidents')) as { incidents: IncidentRecord[] }).incidents,
    metric: async (series) => {
      const line = (await ask('/metrics')).body.split('\n').find((one) => one.startsWith(`${series} `));
      return line === undefined ? null : Number(line.slice(series.length + 1));
    },
    awaitWell: (deadlineMs = WELL_MS) =>
      awaitView((view) => isHealthy(view) && view.ready.ready && view.upgrading === null, deadlineMs),
    awaitHealthy: (deadlineMs) => awaitView((view) => isHealthy(view), deadlineMs),
    awaitTruth: async (deadlineMs) => {
      // What is true may still change while it is waited for: a unit that comes back is a new run.
      const isTrue = async () => {
        const [view, real] = [await status(), await runs()];
        if (seesRuns(view, real)) return true;
        throw new Error(describe(view));
      };
      await node.waitFor(isTrue, deadlineMs, 'the agent to see what it should');
    },
    awaitVerified: async (unit, mainPid) => {
      const isVerified = async () => {
        const found = (await status()).components.find((component) => component.unit === unit);
        return found?.phase === 'healthy' && found.mainPid === mainPid;
      };
      await node.waitFor(isVerified, WELL_MS, `${unit} to be well with process ${mainPid}`);
    },
    runs,
    crash: async (unit, deadlineMs = 30_000) => {
      const before = (await node.unit(unit))['InvocationID'];
      await node.signal(unit, 'KILL');
      const after = await node.waitFor(
        async () => {
          const now = await node.unit(unit);
          return now['InvocationID'] !== before && now['ActiveState'] === 'active' && now;
        },
        deadlineMs,
        `${unit} to run anew`,
      );
      const downUs = Number(after['ExecMainStartTimestampMonotonic']) - Number(after['ActiveExitTimestampMonotonic']);
      return { downMs: downUs / 1_000, mainPid: Number(after['MainPID']) };
    },
  };
}

/** Boots a node and brings it up to where the agent sees everything well. */
export async function bootWorker(lab: Lab, options: WorkerOptions = {}): Promise<Worker> {
  const { config, enable = [], ...rest } = options;
  const node = await lab.node('worker', { ...rest, enable: ['docker.service', ...enable] });
  const kubelet = await installKubelet(node);
  await installNodemend(node, config === undefined ? {} : { config });
  const worker = createWorker(node, kubelet);
  await worker.awaitWell();
  return worker;
}
