/** Which API servers there are: the endpoints of the service kubernetes, which each of them keeps its own address in. */
import { isIP } from 'node:net';
import type { ServersFind } from '../../core/apiservers/messages.ts';
import type { Accounts } from '../kubernetes/accounts.ts';
import type { KubernetesObject } from '../kubernetes/answer.ts';

const path = '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/kubernetes';
/** More than anybody has. */
const mostServers = 50;

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};

/** URLs, in order, each once. What is no address or port is left out. */
export function parseEndpoints(object: KubernetesObject): string[] {
  const ports = listOf(object['ports']).map(fieldsOf);
  const port = Number((ports.find(({ name }) => name === 'https') ?? ports[0])?.['port']);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) return [];
  const addresses = listOf(object['endpoints']).flatMap((endpoint) => listOf(fieldsOf(endpoint)['addresses']));
  const urls = addresses.flatMap((address) => {
    const kind = typeof address === 'string' ? isIP(address) : 0;
    return kind === 0 ? [] : [`https://${kind === 6 ? `[${address}]` : address}:${port}`];
  });
  return [...new Set(urls)].sort().slice(0, mostServers);
}

/** null when the API does not tell. */
export async function findServers(
  { kubeconfig, timeoutMs }: ServersFind,
  accounts: Accounts,
): Promise<string[] | null> {
  const answer = await accounts.client(kubeconfig).get(path, timeoutMs);
  return answer.ok ? parseEndpoints(answer.object) : null;
}
