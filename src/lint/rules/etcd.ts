/** etcd is reached over TLS with certificates on both sides, its members are odd in number, and the API server knows more than one. */
import type { Path } from '../../config/locate.ts';
import { type Document, fieldsAt, listAt, textOf } from '../document.ts';
import { type Finding, found, type Spot } from '../finding.ts';
import { type Flag, flagOf, type Program } from '../program.ts';
import type { Rule } from '../rule.ts';

const listOf = (text: string): string[] => text.split(',').filter((part) => part !== '');
const isPlain = (url: string): boolean => /^http:/i.test(url);
/** One machine for sure: a name may stand for several, and this machine's own member is the one that kubeadm gives its API server. */
const isAlone = (url: string): boolean => /^\w+:\/\/(?!127\.|\[::1\])(\d+\.\d+\.\d+\.\d+|\[)/.test(url);
const plural = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

/** The places of an etcd that others reach. */
const reachable = [
  'listen-client-urls',
  'advertise-client-urls',
  'listen-peer-urls',
  'initial-advertise-peer-urls',
] as const;

function checkEndpoints(urls: readonly string[], spot: Spot, shown: string): Finding[] {
  const findings: Finding[] = [];
  if (urls.some(isPlain)) findings.push(found('etcd.plain', spot, shown));
  if (urls.length > 1 && urls.length % 2 === 0)
    findings.push(found('etcd.even', spot, `${shown} has ${plural(urls.length, 'endpoint')}`));
  if (urls.length === 1 && urls.every(isAlone)) findings.push(found('etcd.one-endpoint', spot, shown));
  return findings;
}

const missing = (program: Program, names: readonly string[]): string[] =>
  names.filter((name) => (flagOf(program, name)?.value ?? '') === '');

function checkClient(program: Program): Finding[] {
  const servers = flagOf(program, 'etcd-servers');
  if (servers === null) return [];
  const urls = listOf(servers.value);
  const lacks = urls.some((url) => /^https:/i.test(url))
    ? missing(program, ['etcd-cafile', 'etcd-certfile', 'etcd-keyfile'])
    : [];
  return [
    ...checkEndpoints(urls, servers.spot, '--etcd-servers'),
    ...(lacks.length === 0
      ? []
      : [
          found(
            'etcd.no-certificate',
            servers.spot,
            `--etcd-servers without ${lacks.map((name) => `--${name}`).join(', ')}`,
          ),
        ]),
  ];
}

/** Where kubeadm adds members one by one, a manifest knows those that were there at the time: only a new cluster is judged by it. */
function checkMembers(program: Program, cluster: Flag): Finding[] {
  const members = listOf(cluster.value);
  const joined = flagOf(program, 'initial-cluster-state')?.value === 'existing';
  if (members.length === 1) return [found('etcd.one-member', cluster.spot, '--initial-cluster')];
  if (members.length % 2 === 1 || joined) return [];
  return [found('etcd.even', cluster.spot, `--initial-cluster has ${plural(members.length, 'member')}`)];
}

function checkServer(program: Program): Finding[] {
  const plain = reachable.flatMap((name) => {
    const flag = flagOf(program, name);
    const urls = flag === null ? [] : listOf(flag.value);
    return flag !== null && urls.some(isPlain) ? [found('etcd.plain', flag.spot, `--${name}=${flag.value}`)] : [];
  });
  const open = ['client-cert-auth', 'peer-client-cert-auth'].flatMap((name) => {
    const flag = flagOf(program, name);
    if (flag !== null && !/^(false|f|0)$/i.test(flag.value)) return [];
    const shown = flag === null ? `there is no --${name}` : `--${name}=${flag.value}`;
    return [found('etcd.no-client-certificate', flag?.spot ?? program.spot, shown)];
  });
  const cluster = flagOf(program, 'initial-cluster');
  // What kubeadm is to make has the rest from kubeadm.
  if (program.container === null) return plain;
  return [...plain, ...open, ...(cluster === null ? [] : checkMembers(program, cluster))];
}

/** kubeadm's etcd.external. */
function checkExternal(document: Document): Finding[] {
  const path: Path = ['etcd', 'external'];
  const external = fieldsAt(document.fields, path);
  if (document.kind !== 'ClusterConfiguration' || Object.keys(external).length === 0) return [];
  const urls = listAt(external, ['endpoints']).flatMap((url) => textOf(url) ?? []);
  const lacks = ['caFile', 'certFile', 'keyFile'].filter((key) => (textOf(external[key]) ?? '') === '');
  const shown = 'etcd.external.endpoints';
  return [
    ...checkEndpoints(urls, document.spot([...path, 'endpoints']), shown),
    ...(lacks.length === 0 || urls.some(isPlain)
      ? []
      : [
          found(
            'etcd.no-certificate',
            document.keySpot(['etcd'], 'external'),
            `etcd.external without ${lacks.join(', ')}`,
          ),
        ]),
  ];
}

export const etcd: Rule = ({ documents, programs }) => [
  ...programs.flatMap((program) => {
    if (program.name === 'kube-apiserver') return checkClient(program);
    return program.name === 'etcd' ? checkServer(program) : [];
  }),
  ...documents.flatMap(checkExternal),
];
