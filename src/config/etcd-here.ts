/**
 * How the etcd member on this node is reached, as far as the file does not say: from the manifest that kubeadm writes, else from the environment file of
 * a systemd service, else etcd's own defaults.
 */
import { access, readFile } from 'node:fs/promises';
import { parse } from 'yaml';

export interface EtcdHere {
  readonly endpoints: readonly string[];
  readonly ca: string | null;
  readonly cert: string | null;
  readonly key: string | null;
  /** Further certificates that the member uses. */
  readonly certificates: readonly string[];
}

const manifestFile = '/etc/kubernetes/manifests/etcd.yaml';
/** Of Debian's package, of Kubespray, of Red Hat's package. */
const environmentFiles = ['/etc/default/etcd', '/etc/etcd.env', '/etc/etcd/etcd.conf'];
/** kubeadm makes it for exactly this. */
const healthClient = '/etc/kubernetes/pki/etcd/healthcheck-client';
const usualUrl = 'http://127.0.0.1:2379';

function readPod(text: string): unknown {
  try {
    return parse(text);
  } catch {
    // What is no YAML tells nothing; the defaults are tried, and their silence is told.
    return null;
  }
}

/** Flags by their names without dashes, whatever way they are written. */
export function flagsOfManifest(text: string): ReadonlyMap<string, string> {
  const pod = readPod(text);
  const containers = (pod as { spec?: { containers?: unknown } } | null)?.spec?.containers;
  const words = (Array.isArray(containers) ? containers : []).flatMap((container: unknown) => {
    const { command = [], args = [] } = (container ?? {}) as { command?: unknown[]; args?: unknown[] };
    return [...command, ...args].filter((word): word is string => typeof word === 'string');
  });
  return new Map(
    words.flatMap((word) => {
      const [, name = '', value = ''] = /^--([a-z-]+)=(.*)$/.exec(word) ?? [];
      return name === '' ? [] : [[name, value] as const];
    }),
  );
}

/** ETCD_CERT_FILE is the flag cert-file. */
export function flagsOfEnvironment(text: string): ReadonlyMap<string, string> {
  const lines = [...text.matchAll(/^\s*ETCD_([A-Z_]+)=(.*)$/gm)];
  return new Map(
    lines.map(([, name = '', value = '']) => [
      name.toLowerCase().replaceAll('_', '-'),
      value.trim().replace(/^(["'])(.*)\1$/, '$2'),
    ]),
  );
}

/** A member that listens everywhere is asked on this node. */
const reachable = (url: string): string => url.replace(/\/\/(0\.0\.0\.0|\[::\]|localhost)(?=:)/, '//127.0.0.1');

export function readFlags(flags: ReadonlyMap<string, string>, healthClientThere: boolean): EtcdHere {
  const urls = (flags.get('listen-client-urls') ?? usualUrl).split(',').map((url) => reachable(url.trim()));
  const usable = urls.filter((url) => /^https?:\/\//.test(url) && URL.canParse(url));
  const local = usable.find((url) => url.includes('//127.0.0.1:')) ?? usable[0] ?? usualUrl;
  const file = (name: string): string | null => flags.get(name) || null;
  const secure = local.startsWith('https:');
  const certificates = [file('cert-file'), file('peer-cert-file')].filter((path) => path !== null);
  return {
    endpoints: [local],
    ca: secure ? file('trusted-ca-file') : null,
    cert: !secure ? null : healthClientThere ? `${healthClient}.crt` : file('cert-file'),
    key: !secure ? null : healthClientThere ? `${healthClient}.key` : file('key-file'),
    certificates,
  };
}

/** What etcd does when it is told nothing. */
export const usualEtcd: EtcdHere = readFlags(new Map(), false);

const readText = (path: string): Promise<string | null> => readFile(path, 'utf8').catch(() => null);

export async function findEtcdHere(): Promise<EtcdHere> {
  const manifest = await readText(manifestFile);
  if (manifest !== null) {
    const there = await access(`${healthClient}.crt`).then(
      () => true,
      () => false,
    );
    return readFlags(flagsOfManifest(manifest), there);
  }
  const texts = await Promise.all(environmentFiles.map(readText));
  return readFlags(flagsOfEnvironment(texts.find((text) => text !== null) ?? ''), false);
}
