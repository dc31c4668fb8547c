/** The nodes that the swarm plays on: what is installed and how nodemend is configured there. */
import type { Config } from '../../src/config/schema.ts';
import type { ServiceFacts } from '../../src/sim/systemd/facts.ts';
import { usualUnit } from '../../src/sim/usual-units.ts';
import { configOf } from './play.ts';

export interface Node {
  readonly name: string;
  readonly config: Config;
  readonly units: readonly ServiceFacts[];
  readonly disabled: readonly string[];
}

const unit = usualUnit;
const worker = [unit('containerd.service'), unit('kubelet.service')];

const node = (name: string, units: readonly ServiceFacts[], text: string, disabled: readonly string[] = []): Node => ({
  name,
  config: configOf(text),
  units,
  disabled,
});

export const nodes: readonly Node[] = [
  node('worker', worker, 'components: { containerd: { preset: containerd }, kubelet: { preset: kubelet } }'),
  node(
    'docker host',
    [unit('containerd.service'), unit('docker.service')],
    'components: { containerd: { preset: containerd }, docker: { preset: docker } }',
  ),
  node(
    'docker node',
    [unit('containerd.service'), unit('docker.service'), unit('kubelet.service')],
    'components: { containerd: { preset: containerd }, docker: { preset: docker }, kubelet: { preset: kubelet } }',
  ),
  node(
    'control plane',
    [...worker, unit('etcd.service')],
    'components: { containerd: { preset: containerd }, kubelet: { preset: kubelet }, etcd: { preset: etcd } }',
  ),
  node(
    'last resort',
    worker,
    `
components:
  containerd: { preset: containerd, ladder: [restart, kill, reboot] }
  kubelet: { preset: kubelet, ladder: [restart, kill, { exec: [/usr/local/sbin/unmount-dead-nfs], timeout: 1m }, reboot] }
`,
  ),
  node(
    'edge',
    [unit('haproxy.service'), unit('worker.service', { settings: { restart: 'no', killMode: 'mixed' } })],
    `
components:
  edge-proxy:
    unit: haproxy.service
    critical: true
    probes:
      stats: { http: { url: "http://127.0.0.1:8404/health", expect: 200 }, every: 5s, timeout: 2s }
      front: { tcp: { port: 443 }, role: witness }
    hang: { failures: 2, of: 4, for: 8s }
    grace: 10s
    budget: { actions: 5, per: 10m }
    backoff: { first: 500ms, factor: 3, max: 2m, jitter: 0.1 }
  worker:
    unit: worker.service
    after: [edge-proxy]
    probes: { port: { tcp: { port: 8080 }, every: 3s, timeout: 1s } }
    ladder: [restart]
`,
  ),
  node(
    'watchdog',
    [
      unit('containerd.service', { settings: { watchdogMs: 20_000, restart: 'on-failure' } }),
      unit('kubelet.service', { settings: { watchdogMs: 15_000, startLimitBurst: 3, startLimitIntervalMs: 120_000 } }),
      unit('standby.service'),
    ],
    `
components:
  containerd: { preset: containerd, budget: { actions: 2, per: 30m } }
  kubelet: { preset: kubelet }
  standby: { unit: standby.service }
`,
    ['standby.service'],
  ),
];
