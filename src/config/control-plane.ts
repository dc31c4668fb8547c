/** What is looked at of the control plane: leader elections and API servers, from the words of the file and what lies on this node. */
import { readdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import type { ApiServersPolicy } from '../core/apiservers/policy.ts';
import type { LeaderPolicy } from '../core/leaders/policy.ts';
import { durationMs } from './duration.ts';
import type { Config, LeaderConfig } from './schema.ts';

const manifestFolder = '/etc/kubernetes/manifests';
const kubeconfigs = '/etc/kubernetes';

/**
 * Those that a control-plane node has, by the name of their Lease and of their manifest. Each has an account of its own that may read its Lease and
 * nothing of others; it may not read the instance's metrics, so where that account is used the Lease says who leads.
 */
const known: Readonly<Record<string, { readonly kubeconfig: string; readonly instance: string }>> = {
  'kube-scheduler': { kubeconfig: `${kubeconfigs}/scheduler.conf`, instance: 'https://127.0.0.1:10259' },
  'kube-controller-manager': {
    kubeconfig: `${kubeconfigs}/controller-manager.conf`,
    instance: 'https://127.0.0.1:10257',
  },
};

/** The elections that are found by themselves. */
export const findableLeaders: readonly string[] = Object.keys(known);

const usualKubeconfig = `${kubeconfigs}/admin.conf`;
const usual = { namespace: 'kube-system', every: '2s', leaseTimeoutMs: 1_500 } as const;

/** The names of the static pods' manifests on this node; none where there is no such folder. */
export async function readManifestNames(folder = manifestFolder): Promise<ReadonlySet<string>> {
  // Not to be allowed to look is as good as that there is none: nothing is concluded from either.
  const names = await readdir(folder).catch((): string[] => []);
  return new Set(names);
}

/** The elections of the file, and those whose instance has a manifest on this node. */
export function withFoundLeaders(config: Config, manifests: ReadonlySet<string>): Config['leaders'] {
  const found = config.discover ? Object.keys(known).filter((name) => manifests.has(`${name}.yaml`)) : [];
  return { ...Object.fromEntries(found.map((name): [string, LeaderConfig] => [name, {}])), ...config.leaders };
}

const isLocal = (url: string): boolean => /^(127\.|\[::1\]$|localhost$)/.test(new URL(url).hostname);

function leaderPolicy(name: string, own: LeaderConfig): LeaderPolicy {
  const preset = Object.hasOwn(known, name) ? known[name] : undefined;
  const everyMs = durationMs(own.every ?? usual.every);
  const instances = own.instances ?? (preset === undefined ? [] : [preset.instance]);
  return {
    name,
    namespace: own.namespace ?? usual.namespace,
    lease: own.lease ?? name,
    host: hostname(),
    kubeconfig: own.kubeconfig ?? preset?.kubeconfig ?? usualKubeconfig,
    instances: instances.map((url) => ({ url, local: isLocal(url) })),
    everyMs,
    timeoutMs: Math.min(everyMs, usual.leaseTimeoutMs),
  };
}

export function leaderPolicies(leaders: Config['leaders']): LeaderPolicy[] {
  return Object.entries(leaders).map(([name, own]) => leaderPolicy(name, own));
}

export function apiServersPolicy({ apiservers }: Pick<Config, 'apiservers'>): ApiServersPolicy | null {
  if (apiservers === undefined) return null;
  const { servers, endpoints, kubeconfig, ca, insecure, every, timeout, rise, fall } = apiservers;
  return {
    urls: [...new Set(servers.map((url) => new URL(url).origin))],
    find: endpoints,
    kubeconfig: kubeconfig ?? (endpoints ? usualKubeconfig : null),
    ca: ca ?? null,
    insecure,
    everyMs: durationMs(every),
    timeoutMs: durationMs(timeout),
    rise,
    fall,
  };
}
