/** What is done to the nodes of the elections' lab. Each resolves to what undoes it; what is killed comes back by itself. */
import type { LabNode } from '../lab/harness/node.ts';
import { others, units } from './cluster.ts';

export type Undo = () => Promise<unknown>;
export type Strike = (node: LabNode) => Promise<Undo>;

export interface Fault {
  readonly strike: Strike;
  /** How many nodes at a time. */
  readonly nodes: 1 | 2;
  /** For as long as it takes others to take over, and some more. Else it is over at once. */
  readonly lasts: boolean;
}

const nothing: Undo = async () => undefined;
const patienceMs = 60_000;

/** To its main process, as soon as there is one: it may be about to come back from the last fault. */
async function send(node: LabNode, unit: string, signal: string): Promise<void> {
  const argv = ['systemctl', 'kill', '--kill-whom=main', `--signal=${signal}`, unit];
  const isSent = async (): Promise<boolean> => (await node.run(argv)).code === 0;
  await node.waitFor(isSent, patienceMs, `SIG${signal} to ${unit} on ${node.name}`);
}

const kill =
  (unit: string): Strike =>
  async (node) => {
    await send(node, unit, 'KILL');
    return nothing;
  };

/** What hangs on it goes on: its command, or its writer. */
const freeze =
  (unit: string): Strike =>
  async (node) => {
    await send(node, unit, 'STOP');
    return () => send(node, unit, 'CONT');
  };

const freezeNode: Strike = async (node) => {
  node.freeze(true);
  return async () => node.freeze(false);
};

/** Packets from the other nodes, or to them, are dropped. The fence is not reached over the network. */
const cut =
  (...ways: readonly ('from' | 'to')[]): Strike =>
  async (node) => {
    const addresses = `{ ${others(node.name).join(', ')} }`;
    const chains = {
      from: `chain from { type filter hook input priority 0; ip saddr ${addresses} drop; }`,
      to: `chain to { type filter hook output priority 0; ip daddr ${addresses} drop; }`,
    };
    await node.ok(['nft', '-f', '-'], { input: `table inet cut {\n${ways.map((way) => chains[way]).join('\n')}\n}` });
    return () => node.ok(['nft', 'delete', 'table', 'inet', 'cut']);
  };

const end =
  (unit: string): Strike =>
  async (node) => {
    await node.ok(['systemctl', 'restart', '--no-block', unit]);
    return nothing;
  };

export const faults = {
  'agent killed': { strike: kill(units.agent), nodes: 1, lasts: false },
  'agent frozen past the lease': { strike: freeze(units.agent), nodes: 1, lasts: true },
  'agent ended well': { strike: end(units.agent), nodes: 1, lasts: false },
  'elect ended well': { strike: end(units.job), nodes: 1, lasts: false },
  'elect killed': { strike: kill(units.job), nodes: 1, lasts: false },
  'elect frozen past the lease': { strike: freeze(units.job), nodes: 1, lasts: true },
  'node frozen past the lease': { strike: freezeNode, nodes: 1, lasts: true },
  'etcd member killed': { strike: kill('etcd.service'), nodes: 1, lasts: false },
  'node cut off': { strike: cut('from', 'to'), nodes: 1, lasts: true },
  'node hears nothing': { strike: cut('from'), nodes: 1, lasts: true },
  'node is not heard': { strike: cut('to'), nodes: 1, lasts: true },
  'two nodes cut off': { strike: cut('from', 'to'), nodes: 2, lasts: true },
} as const satisfies Readonly<Record<string, Fault>>;

export type FaultName = keyof typeof faults;
