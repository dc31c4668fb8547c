/**
 * The lab: real systemd nodes that boot in a second or two, each an overlay on one Debian tree under systemd-nspawn, joined by a network
 * of their own. Whatever becomes of the test process, everything is removed (guard.ts, leftovers.ts).
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { mustRun } from './command.ts';
import { mountMachineFolder, recordOwner, removeDeadLabs, removeLab } from './leftovers.ts';
import { withLock } from './lock.ts';
import { createMachine } from './machine.ts';
import { createNetwork } from './network.ts';
import { createNode, type LabNode } from './node.ts';
import { LAB_CACHE, LAB_RUNS } from './places.ts';
import { installRequirements, labUnavailable } from './requirements.ts';
import { ensureTree } from './tree.ts';

export interface NodeOptions {
  /** Units switched on before the first boot beside containerd.service, like docker.service. */
  readonly enable?: readonly string[];
  /** Units switched off before the first boot, like containerd.service. */
  readonly disable?: readonly string[];
  /** Called with the node's root folder on the test machine before the first boot. */
  readonly prepare?: (root: string) => void | Promise<void>;
}

export interface Lab {
  readonly id: string;
  /** Process that removes the lab when this one is gone. */
  readonly guardPid: number;
  /** Boots a node; resolves once it has booted. `name` is its host name: a to z, digits, at most 8 characters. */
  node(name: string, options?: NodeOptions): Promise<LabNode>;
  /** Ends and removes everything. Safe to call twice. */
  close(): Promise<void>;
}

function startGuard(id: string): number {
  const program = fileURLToPath(new URL('./guard.ts', import.meta.url));
  const guard = spawn(process.execPath, [program, id], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  guard.unref();
  (guard.stdin as Socket).unref();
  return guard.pid ?? 0;
}

async function openRun(): Promise<{ id: string; guardPid: number }> {
  const id = randomBytes(3).toString('hex');
  // Under the lock, so that no other lab takes the half-made record for a dead one's.
  await withLock(`${LAB_CACHE}/runs.lock`, async () => {
    await removeDeadLabs();
    await mountMachineFolder();
    recordOwner(id);
  });
  const guardPid = startGuard(id);
  await mustRun(['mount', '-t', 'tmpfs', '-o', 'mode=0755', 'tmpfs', `${LAB_RUNS}/${id}`]);
  return { id, guardPid };
}

async function switchUnits(root: string, { enable = [], disable = [] }: NodeOptions): Promise<void> {
  const systemctl = ['systemctl', `--root=${root}`, '--quiet'];
  if (enable.length > 0) await mustRun([...systemctl, 'enable', ...enable]);
  if (disable.length > 0) await mustRun([...systemctl, 'disable', ...disable]);
}

/** Throws when the lab cannot run here; ask labUnavailable() first. */
export async function createLab(): Promise<Lab> {
  const why = labUnavailable();
  if (why !== null) throw new Error(`cannot start the lab: ${why}`);
  await installRequirements();
  const tree = await ensureTree();
  const { id, guardPid } = await openRun();
  const network = createNetwork(id);
  await network.open();
  const nodes: LabNode[] = [];

  async function node(name: string, options: NodeOptions = {}): Promise<LabNode> {
    if (!/^[a-z][a-z0-9]{0,7}$/.test(name)) throw new Error(`cannot name a node "${name}": a to z, digits, at most 8`);
    const folder = `${LAB_RUNS}/${id}/${name}`;
    mkdirSync(folder);
    const cable = await network.addNode(name);
    const machine = createMachine({ lab: id, name, folder, tree, networkPath: cable.path });
    const root = await machine.prepare();
    await switchUnits(root, options);
    await options.prepare?.(root);
    const made = createNode(name, machine, cable);
    nodes.push(made);
    await made.powerOn();
    return made;
  }

  return {
    id,
    guardPid,
    node,
    close: async () => {
      for (const made of nodes.splice(0)) await made.close();
      await removeLab(id);
    },
  };
}
