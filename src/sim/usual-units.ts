/** The units that presets know, as their packages install them (Debian trixie, kubeadm 1.33), and any other as systemd's defaults have it. */
import type { UnitSettings } from '../core/mend/unit.ts';
import type { ServiceFacts } from './systemd/facts.ts';
import type { ProgramFacts } from './systemd/program.ts';
import { defaultSettings } from './systemd/unit.ts';

const settings: UnitSettings = { ...defaultSettings, type: 'notify', restart: 'on-failure' };

const program: ProgramFacts = { readyAfterMs: 80, endsAfterMs: 10, answersInMs: 2, leansOn: [] };

interface Packaged {
  readonly settings?: Partial<UnitSettings>;
  readonly program?: Partial<ProgramFacts>;
  readonly after?: readonly string[];
  readonly requires?: readonly string[];
  readonly bindsTo?: readonly string[];
}

const packaged: Readonly<Record<string, Packaged>> = {
  'containerd.service': { settings: { restart: 'always', restartMs: 5_000, killMode: 'process' } },
  'docker.service': {
    settings: {
      restart: 'always',
      restartMs: 2_000,
      startLimitBurst: 3,
      startLimitIntervalMs: 60_000,
      killMode: 'process',
      stopsWith: ['containerd.service'],
    },
    program: { readyAfterMs: 400, endsAfterMs: 15, leansOn: ['containerd.service'] },
    after: ['containerd.service'],
    bindsTo: ['containerd.service'],
    requires: ['containerd.service'],
  },
  'crio.service': { settings: { killMode: 'control-group' } },
  'kubelet.service': {
    settings: { restart: 'always', restartMs: 10_000, startLimitBurst: 0, startLimitIntervalMs: 0 },
    program: { readyAfterMs: 300, leansOn: ['containerd.service'] },
    after: ['containerd.service'],
  },
  'kube-proxy.service': { settings: { restart: 'always', restartMs: 5_000 } },
  'etcd.service': { settings: { restart: 'on-failure', restartMs: 5_000 }, program: { readyAfterMs: 500 } },
  'haproxy.service': { settings: { restart: 'always' } },
};

export function usualUnit(name: string, changes: Packaged = {}): ServiceFacts {
  const known = packaged[name] ?? {};
  return {
    name,
    settings: { ...settings, ...known.settings, ...changes.settings },
    program: { ...program, ...known.program, ...changes.program },
    after: changes.after ?? known.after ?? [],
    requires: changes.requires ?? known.requires ?? [],
    bindsTo: changes.bindsTo ?? known.bindsTo ?? [],
  };
}
