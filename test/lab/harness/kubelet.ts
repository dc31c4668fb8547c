/**
 * Puts the kubelet stand-in on a node: a small program that says it is one, under kubeadm's unit settings, with the health pages of a
 * kubelet on 127.0.0.1:10248 and its closed door on 10250. How it behaves is a file on the node.
 */
import { fileURLToPath } from 'node:url';
import type { LabNode } from './node.ts';

const FOLDER = fileURLToPath(new URL('../kubelet-stand-in', import.meta.url));
/** Of the fixtures for TLS; a kubelet signs its own. */
const CERTIFICATE = fileURLToPath(new URL('../../fixtures/tls/server', import.meta.url));
const CONTROL = '/etc/kubelet-stand-in';

/** ok: 200. fail: 500. hang: accepts and never answers. On both ports, but for ok on 10250: 401. Takes hold at the next request. */
export type KubeletMode = 'ok' | 'fail' | 'hang';

export interface Kubelet {
  mode(mode: KubeletMode): void;
  /** From the next start on: how long until the health port is opened. */
  startDelay(delayMs: number): void;
  /** From the next start on: exit with 1 when containerd's socket does not accept, as a kubelet does. */
  needRuntime(needed: boolean): void;
  /** From the next start on: exit at once with this status; null turns it off. */
  failAtStart(status: number | null): void;
  /** Ends it with this status, like a kubelet that ends by itself. Resolves once it has ended. */
  exit(status: number): Promise<void>;
}

/** Installs, enables and starts it; resolves once it serves. */
export async function installKubelet(node: LabNode): Promise<Kubelet> {
  const set = (name: string, value: string): void => node.write(`${CONTROL}/${name}`, value);
  node.copyIn(`${FOLDER}/kubelet.mjs`, '/opt/lab/kubelet.mjs');
  for (const kind of ['key', 'pem']) node.copyIn(`${CERTIFICATE}.${kind}`, `/opt/lab/kubelet.${kind}`);
  node.copyIn(`${FOLDER}/kubelet.service`, '/etc/systemd/system/kubelet.service');
  set('mode', 'ok');
  await node.ok(['systemctl', 'daemon-reload']);
  await node.ok(['systemctl', 'enable', '--now', 'kubelet.service']);
  await node.waitFor(
    async () => (await node.http('http://127.0.0.1:10248/healthz')).status === 200,
    120_000,
    'the kubelet stand-in',
  );
  return {
    mode: (mode) => set('mode', mode),
    startDelay: (delayMs) => set('start-delay-ms', String(delayMs)),
    needRuntime: (needed) => set('need-runtime', needed ? 'yes' : 'no'),
    failAtStart: (status) => set('fail-at-start', status === null ? '' : String(status)),
    exit: async (status) => {
      const pid = await node.mainPid('kubelet.service');
      set('exit', String(status));
      await node.signal('kubelet.service', 'SIGUSR2');
      const ended = async () => (await node.mainPid('kubelet.service')) !== pid;
      await node.waitFor(ended, 20_000, 'the kubelet stand-in to exit');
    },
  };
}
