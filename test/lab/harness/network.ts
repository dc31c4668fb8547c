/**
 * The network of a lab: one namespace as the hub, with a bridge; one per node, with a veth pair to it. Addresses exist inside these
 * namespaces alone: nothing of the host's own network is touched.
 */
import { mustRun } from './command.ts';
import { LAB_PREFIX } from './places.ts';

export interface NodeNetwork {
  /** For nspawn's --network-namespace-path. */
  readonly path: string;
  /** IPv4 address on eth0, inside the lab only. */
  readonly address: string;
  /** Takes the hub's end of the node's cable down (the node is cut off) or up again. Loopback is not touched. */
  plug(connected: boolean): Promise<void>;
}

const BRIDGE = 'br0';

export function createNetwork(lab: string) {
  const hub = `${LAB_PREFIX}${lab}`;
  const ip = (namespace: string, ...argv: string[]): Promise<string> => mustRun(['ip', '-n', namespace, ...argv]);
  let nodes = 0;

  async function open(): Promise<void> {
    await mustRun(['ip', 'netns', 'add', hub]);
    await ip(hub, 'link', 'set', 'lo', 'up');
    await ip(hub, 'link', 'add', BRIDGE, 'type', 'bridge');
    await ip(hub, 'address', 'add', '10.77.0.1/24', 'dev', BRIDGE);
    await ip(hub, 'link', 'set', BRIDGE, 'up');
  }

  async function addNode(name: string): Promise<NodeNetwork> {
    nodes += 1;
    const namespace = `${hub}-${name}`;
    const address = `10.77.0.${10 + nodes}`;
    const cable = `to-${name}`;
    await mustRun(['ip', 'netns', 'add', namespace]);
    await ip(hub, 'link', 'add', cable, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', namespace);
    await ip(hub, 'link', 'set', cable, 'master', BRIDGE, 'up');
    await ip(namespace, 'link', 'set', 'lo', 'up');
    await ip(namespace, 'address', 'add', `${address}/24`, 'dev', 'eth0');
    await ip(namespace, 'link', 'set', 'eth0', 'up');
    await ip(namespace, 'route', 'add', 'default', 'via', '10.77.0.1');
    return {
      path: `/run/netns/${namespace}`,
      address,
      plug: async (connected) => {
        await ip(hub, 'link', 'set', cable, connected ? 'up' : 'down');
      },
    };
  }

  return { open, addNode };
}
