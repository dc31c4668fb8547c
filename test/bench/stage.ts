/** What every row of the benchmark works with: one node with nodemend on it, how many rounds to go, and a place to tell progress. */
import { request } from 'node:http';
import type { LabNode } from '../lab/harness/node.ts';
import { installNodemend } from '../lab/harness/nodemend.ts';
import type { Measurement } from './figure.ts';
import type { UnitClock } from './unit-clock.ts';
import { createUnitClock } from './unit-clock.ts';

export interface Stage {
  readonly node: LabNode;
  readonly clock: UnitClock;
  /** How many rounds to go instead of `full`. */
  rounds(full: number): number;
  /** How long to watch instead of `fullMs`. */
  span(fullMs: number): number;
  /** One line of progress. */
  say(text: string): void;
  /** Starts nodemend anew, without memory, with this configuration; resolves once it sees `components` healthy. */
  startNodemend(config: string, components: readonly string[]): Promise<void>;
  stopNodemend(): Promise<void>;
  /** Resolves once nodemend holds the component for healthy and is ready for the next round. For pacing; no figure comes from it. */
  awaitHealthy(component: string): Promise<void>;
}

export interface Row {
  readonly name: string;
  readonly title: string;
  run(stage: Stage): Promise<Measurement[]>;
}

/** Budgets that allow any number of rounds; everything else stays at its default. */
export const generous = 'budget: { actions: 1000, per: 24h }, backoff: { first: 0s, factor: 1, max: 1s, jitter: 0 }';

interface Status {
  readonly components: readonly { readonly name: string; readonly phase: string }[];
}

function readStatus(socketPath: string): Promise<Status> {
  const { promise, resolve, reject } = Promise.withResolvers<Status>();
  const asked = request({ socketPath, path: '/api/v1/status', timeout: 5_000 }, (response) => {
    const pieces: Buffer[] = [];
    response.on('data', (piece: Buffer) => pieces.push(piece));
    response.on('error', reject);
    response.on('end', () => resolve(JSON.parse(Buffer.concat(pieces).toString()) as Status));
  });
  asked.on('error', reject);
  asked.on('timeout', () => asked.destroy(new Error('no reply within 5 s')));
  asked.end();
  return promise;
}

/** Installs nodemend. Who tells progress is up to the row. */
export async function createStage(node: LabNode, quick: boolean): Promise<Omit<Stage, 'say'>> {
  await installNodemend(node);

  async function awaitHealthy(component: string): Promise<void> {
    const isHealthy = async () => {
      const { components } = await readStatus(node.hostPath('/run/nodemend/nodemend.sock'));
      return components.some(({ name, phase }) => name === component && phase === 'healthy');
    };
    await node.waitFor(isHealthy, 120_000, `nodemend to see ${component} healthy`);
  }

  async function stopNodemend(): Promise<void> {
    await node.ok(['systemctl', 'stop', 'nodemend.service'], { timeoutMs: 60_000 });
  }

  return {
    node,
    clock: createUnitClock(node),
    rounds: (full) => (quick ? Math.ceil(full / 20) : full),
    span: (fullMs) => (quick ? Math.ceil(fullMs / 5) : fullMs),
    startNodemend: async (config, components) => {
      await stopNodemend();
      await node.ok(['sh', '-c', 'rm -rf /var/lib/nodemend/*']);
      node.write('/etc/nodemend/nodemend.yaml', config, 0o600);
      await node.ok(['systemctl', 'start', 'nodemend.service'], { timeoutMs: 60_000 });
      for (const component of components) await awaitHealthy(component);
    },
    stopNodemend,
    awaitHealthy,
  };
}
