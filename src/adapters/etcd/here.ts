/** This node's member as its service, its settings and its disk tell. */
import { access } from 'node:fs/promises';
import type { Here } from '../../core/etcd/work/scene.ts';
import { runCommand } from '../exec/run.ts';
import { readDataHead } from './data-head.ts';
import { readService, type Service } from './service.ts';

const manifestFile = '/etc/kubernetes/manifests/etcd.yaml';
const versionLimits = { timeoutMs: 10_000, maxBytes: 4_000 };
/** etcd's own. */
const usualPeerUrl = 'http://localhost:2380';
/** Written by nodemend, so they have to come from a file that it may write. */
const settings = ['initial-cluster', 'initial-cluster-state', 'initial-cluster-token'] as const;

export type FoundHere = { readonly here: Here; readonly service: Service } | { readonly trouble: string };

async function isStaticPod(): Promise<boolean> {
  return access(manifestFile).then(
    () => true,
    () => false,
  );
}

async function versionOf(program: string): Promise<string | null> {
  const { stdout } = await runCommand([program, '--version'], versionLimits);
  return /etcd Version: (\d+\.\d+\.\d+)/.exec(stdout)?.[1] ?? null;
}

function troubleOf(unit: string, { environmentFile, fixed, flags }: Service): string | null {
  const given = settings.filter((name) => fixed.has(name));
  if (environmentFile === null) return `${unit} reads no environment file, in which nodemend would set how it joins`;
  if (given.length > 0)
    return `${unit} sets --${given.join(', --')} on its command line; move that to ${environmentFile}`;
  if (flags.has('wal-dir'))
    return `${unit} has a folder of its own for its log (wal-dir), which nodemend does not move`;
  if (!flags.has('name') || !flags.has('data-dir')) return `${unit} sets no name or no data-dir; both have to be given`;
  return null;
}

/** A program is asked for its version once. */
export function createFindHere(unit: string, wallMs: () => number): () => Promise<FoundHere> {
  let version: { readonly program: string; readonly said: Promise<string | null> } | null = null;
  const versionOnce = (program: string): Promise<string | null> => {
    if (version?.program !== program) version = { program, said: versionOf(program) };
    return version.said;
  };
  return () => findHere(unit, wallMs, versionOnce);
}

async function findHere(
  unit: string,
  wallMs: () => number,
  versionOnce: (program: string) => Promise<string | null>,
): Promise<FoundHere> {
  if (await isStaticPod())
    return {
      trouble: `the member of this node is a static pod (${manifestFile}): nodemend stops and starts members that are services of systemd's, and does the rest through etcd's API`,
    };
  try {
    const service = await readService(unit, wallMs);
    const trouble = troubleOf(unit, service);
    if (trouble !== null) return { trouble };
    const flag = (name: string, usual: string): string => service.flags.get(name) || usual;
    const dataDirectory = flag('data-dir', '');
    return {
      service,
      here: {
        unit,
        name: flag('name', ''),
        peerUrls: flag('initial-advertise-peer-urls', usualPeerUrl)
          .split(',')
          .map((url) => url.trim()),
        process: service.process,
        dataDirectory,
        data: await readDataHead(dataDirectory),
        initialCluster: flag('initial-cluster', '').split(',').toSorted().join(','),
        initialState: flag('initial-cluster-state', 'new'),
        initialToken: flag('initial-cluster-token', 'etcd-cluster'),
        installedVersion: await versionOnce(service.program),
        changedSince: service.changedSince,
      },
    };
  } catch (error) {
    return { trouble: error instanceof Error ? error.message : String(error) };
  }
}
