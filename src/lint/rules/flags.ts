/** Flags that were removed or are deprecated, from the change logs of Kubernetes and etcd. An image that is older than the removal is only warned of. */
import { type Finding, found } from '../finding.ts';
import type { Flag, Program, ProgramName } from '../program.ts';
import type { Rule } from '../rule.ts';

interface Old {
  readonly programs: readonly ProgramName[];
  readonly flag: RegExp;
  readonly state: 'removed' | 'deprecated';
  /** Major and minor version. */
  readonly since: readonly [number, number];
  readonly instead: string;
  /** Only with such a value. */
  readonly value?: RegExp;
}

const kubernetes: readonly ProgramName[] = [
  'kube-apiserver',
  'kube-scheduler',
  'kube-controller-manager',
  'cloud-controller-manager',
];

const old: readonly Old[] = [
  {
    programs: kubernetes,
    flag: /^(address|port|insecure-port|insecure-bind-address)$/,
    state: 'removed',
    since: [1, 24],
    instead: 'take it out; --bind-address and --secure-port say where it listens',
  },
  {
    programs: kubernetes,
    flag: /^(add-dir-header|alsologtostderr|log-backtrace-at|log-dir|log-file|log-file-max-size|logtostderr|one-output|skip-headers|skip-log-headers|stderrthreshold)$/,
    state: 'removed',
    since: [1, 26],
    instead: 'take it out; the log goes to standard error, where the runtime keeps it',
  },
  {
    programs: ['kube-scheduler'],
    flag: /^(policy-config-file|policy-configmap|policy-configmap-namespace|use-legacy-policy-config)$/,
    state: 'removed',
    since: [1, 23],
    instead: 'write the policy as profiles of a KubeSchedulerConfiguration, given by --config',
  },
  {
    programs: ['kube-controller-manager'],
    flag: /^(pod-eviction-timeout|enable-taint-manager)$/,
    state: 'removed',
    since: [1, 27],
    instead: 'take it out; --default-unreachable-toleration-seconds of kube-apiserver says how long pods stay',
  },
  {
    programs: ['kube-controller-manager'],
    flag: /^experimental-cluster-signing-duration$/,
    state: 'removed',
    since: [1, 25],
    instead: 'use --cluster-signing-duration',
  },
  {
    programs: ['kube-apiserver'],
    flag: /^master-service-namespace$/,
    state: 'deprecated',
    since: [1, 26],
    instead: 'take it out; it has no effect',
  },
  {
    programs: ['kube-apiserver'],
    flag: /^endpoint-reconciler-type$/,
    value: /^master-count$/,
    state: 'deprecated',
    since: [1, 24],
    instead: 'use lease, the default: it drops API servers that are gone',
  },
  {
    programs: ['kube-apiserver'],
    flag: /^apiserver-count$/,
    state: 'deprecated',
    since: [1, 24],
    instead: 'take it out; the lease reconciler counts by itself',
  },
  {
    programs: ['etcd'],
    flag: /^experimental-/,
    state: 'removed',
    since: [3, 7],
    instead: 'use the flag without experimental-, or its --feature-gates',
  },
  {
    programs: ['etcd'],
    flag: /^enable-v2$/,
    state: 'removed',
    since: [3, 6],
    instead: 'take it out; there is no v2 API',
  },
];

const isBefore = ({ version }: Program, [major, minor]: Old['since']): boolean =>
  version !== null && (version.major < major || (version.major === major && version.minor < minor));

function checkFlag(program: Program, flag: Flag): Finding[] {
  const known = old.find(
    ({ programs, flag: name, value }) =>
      programs.includes(program.name) && name.test(flag.name) && (value?.test(flag.value) ?? true),
  );
  if (known === undefined) return [];
  const reason = known.state === 'removed' && !isBefore(program, known.since) ? 'flag.removed' : 'flag.deprecated';
  const product = program.name === 'etcd' ? 'etcd' : 'Kubernetes';
  const what = `--${flag.name} of ${program.name} (${known.state} in ${product} ${known.since.join('.')})`;
  return [found(reason, flag.spot, what, known.instead)];
}

export const flags: Rule = ({ programs }) =>
  programs.flatMap((program) => program.flags.flatMap((flag) => checkFlag(program, flag)));
