/** What the demo breaks, and how it asks the broken thing itself whether it works again. */

export interface Fault {
  readonly name: string;
  readonly component: string;
  readonly unit: string;
  /** KILL: it is gone. STOP: it is frozen; the kernel still accepts connections for it and systemd sees a running process. */
  readonly signal: 'KILL' | 'STOP';
  /** An ordinary client, run on the node: status 0 when it got its answer. */
  readonly client: readonly string[];
}

type Broken = Pick<Fault, 'component' | 'unit' | 'client'>;

const broken: readonly Broken[] = [
  { component: 'containerd', unit: 'containerd.service', client: ['ctr', '--connect-timeout', '2s', 'version'] },
  { component: 'docker', unit: 'docker.service', client: ['docker', 'version'] },
  {
    component: 'kubelet',
    unit: 'kubelet.service',
    client: ['busybox', 'wget', '-q', '-O', '-', 'http://127.0.0.1:10248/healthz'],
  },
];

export const faults: readonly Fault[] = [
  ...broken.map((one): Fault => ({ ...one, name: `kill-${one.component}`, signal: 'KILL' })),
  ...broken.map((one): Fault => ({ ...one, name: `freeze-${one.component}`, signal: 'STOP' })),
];

/** `unit`: the unit's properties as systemctl shows them. What systemd would do about the fault if it were alone, as its unit file says. */
export function systemdAlone({ signal }: Fault, unit: Readonly<Record<string, string>>): string {
  if (signal === 'STOP') return unit['WatchdogUSec'] === '0' ? 'never' : `${unit['WatchdogUSec']} (WatchdogSec)`;
  return unit['Restart'] === 'no' ? 'never' : `${unit['RestartUSec']} (RestartSec)`;
}
