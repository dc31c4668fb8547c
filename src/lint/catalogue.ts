/**
 * Everything that `nodemend lint` can find: how much it matters, what it means and how to mend it. The README's table and the rules of the SARIF
 * report are made from this one. error: it does not work, or fails when one machine does. warning: it works today. note: worth knowing.
 */
export type Severity = 'error' | 'warning' | 'note';

interface Row {
  readonly severity: Severity;
  readonly meaning: string;
  readonly mend: string;
}

const row = (severity: Severity, meaning: string, mend: string): Row => ({ severity, meaning, mend });

export const catalogue = {
  'file.unreadable': row(
    'error',
    'the file cannot be read',
    'make it a regular file of at most 1 MiB, or move it away',
  ),
  'file.syntax': row('error', 'the file is not YAML; the kubelet passes it over', 'mend the syntax at this place'),
  'file.no-object': row(
    'warning',
    'the file holds no Kubernetes object; the kubelet tries to read every file of this folder',
    'give it apiVersion and kind, or move it out of the folder',
  ),
  'file.twice': row(
    'error',
    'two files hold the same pod: the kubelet reads every file, whatever it is called, and one of them wins',
    'move the copy out of the folder; a name that begins with a dot is enough',
  ),
  'leader-election.off': row(
    'error',
    'leader election is off: a second instance would work beside the first',
    'set it to true, or leave it out',
  ),
  'leader-election.duration': row('error', 'this is no duration', 'write one as Go has it, such as 15s or 1m30s'),
  'leader-election.order': row(
    'error',
    'the durations contradict one another, and the program refuses to start',
    'keep leaseDuration above renewDeadline, and renewDeadline above 1.2 times retryPeriod; 15s, 10s and 2s are the defaults',
  ),
  'leader-election.slow': row(
    'warning',
    'a leader that died is replaced only after its lease has run out',
    'shorten leaseDuration; 15s is the default',
  ),
  'leader-election.hasty': row(
    'warning',
    'a short stall of etcd or of an API server makes the leader give up and restart',
    'lengthen renewDeadline; 10s is the default',
  ),
  'leader-election.lock': row('error', 'this kind of lock was removed from Kubernetes', 'use leases, or leave it out'),
  'instances.single': row(
    'warning',
    'there is one instance and no other to take over',
    'run at least two, on different machines',
  ),
  'instances.no-endpoint': row(
    'warning',
    'without controlPlaneEndpoint no second control-plane node can be added later',
    'set it to a name or an address that can move, before kubeadm init',
  ),
  'probe.no-liveness': row(
    'warning',
    'without a livenessProbe a program that hangs is never restarted',
    'add one on /livez, or on /healthz where there is no /livez, as kubeadm does',
  ),
  'probe.no-readiness': row(
    'warning',
    'without a readinessProbe it counts as ready before it can serve',
    'add one on /readyz, as kubeadm does',
  ),
  'probe.no-startup': row(
    'warning',
    'without a startupProbe a slow start is taken for a hang and ended',
    'add one, as kubeadm does',
  ),
  'probe.liveness-of-others': row(
    'error',
    'this livenessProbe fails for the fault of others, so a trouble of etcd restarts programs that are well',
    'ask /livez',
  ),
  'etcd.even': row(
    'warning',
    'an even number of members outlives no more failures than one less',
    'run 3 or 5 members',
  ),
  'etcd.one-endpoint': row(
    'warning',
    'the API server knows one member of etcd, on another machine, and ends with it',
    'name all members',
  ),
  'etcd.one-member': row('note', 'this member knows of no other', 'run 3 members where the cluster has to outlive one'),
  'etcd.plain': row(
    'error',
    'etcd is reached without TLS: who gets there reads and writes everything',
    'use https, with certificates on both sides',
  ),
  'etcd.no-certificate': row(
    'error',
    'the API server cannot show etcd who it is, or cannot tell whether etcd is who it says',
    'give it its client certificate for etcd and the CA of its servers; kubeadm makes both in /etc/kubernetes/pki',
  ),
  'etcd.no-client-certificate': row(
    'error',
    'etcd takes anybody who gets there for a client',
    'set it, with the certificates that kubeadm makes in /etc/kubernetes/pki',
  ),
  'flag.removed': row('error', 'this flag was removed, and the program does not start with it', 'take it out'),
  'flag.deprecated': row('warning', 'this flag is deprecated', 'take it out before the next upgrade'),
  'config.version': row(
    'warning',
    'this version of the configuration is deprecated or removed',
    'bring it up to date, for kubeadm with "kubeadm config migrate"',
  ),
} as const satisfies Record<string, Row>;

export type LintReason = keyof typeof catalogue;
