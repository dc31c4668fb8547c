/** The programs of a control plane that a document runs, with the flags that they get. */
import type { Path } from '../config/locate.ts';
import { type Document, type Fields, fieldsAt, isFields, listAt, textOf } from './document.ts';
import type { Spot } from './finding.ts';

export const programNames = [
  'kube-apiserver',
  'kube-scheduler',
  'kube-controller-manager',
  'cloud-controller-manager',
  'etcd',
] as const;

export type ProgramName = (typeof programNames)[number];

export interface Flag {
  readonly name: string;
  readonly value: string;
  readonly spot: Spot;
}

export interface Container {
  readonly fields: Fields;
  /** Where a value below it stands. */
  spot(path: Path): Spot;
}

export interface Program {
  readonly name: ProgramName;
  /** In the order in which they stand; the last of a name holds. */
  readonly flags: readonly Flag[];
  /** Where the program itself is named. */
  readonly spot: Spot;
  /** Minor version by the image's tag; null when that does not say. */
  readonly version: { readonly major: number; readonly minor: number } | null;
  /** null for what kubeadm is to make. */
  readonly container: Container | null;
  readonly document: Document;
}

/** Flags that take no value after a space. */
const switches: ReadonlySet<string> = new Set(['leader-elect', 'client-cert-auth', 'peer-client-cert-auth']);

export const flagOf = ({ flags }: Program, name: string): Flag | null =>
  flags.findLast((flag) => flag.name === name) ?? null;

interface Word {
  readonly text: string;
  readonly spot: Spot;
}

/** The words of command and args; what a shell is given is taken apart at its spaces. */
function wordsOf(document: Document, container: Fields, path: Path): Word[] {
  const words = ['command', 'args'].flatMap((key) =>
    listAt(container, [key]).flatMap((value, index) => {
      const text = textOf(value);
      return text === null ? [] : [{ text, spot: document.spot([...path, key, index]) }];
    }),
  );
  return words.flatMap(({ text, spot }) =>
    text.split(/\s+/).flatMap((part) => (part === '' ? [] : [{ text: part, spot }])),
  );
}

function flagsOf(words: readonly Word[]): Flag[] {
  return words.flatMap(({ text, spot }, index): Flag[] => {
    const [, name, given] = /^--?([a-z][a-z0-9-]*)(?:=(.*))?$/s.exec(text) ?? [];
    if (name === undefined) return [];
    const next = words[index + 1]?.text;
    const follows = given === undefined && !switches.has(name) && next !== undefined && !next.startsWith('-');
    return [{ name, value: given ?? (follows ? next : 'true'), spot }];
  });
}

/** etcd takes every flag from the environment too; a flag goes before it. */
function environmentOf(document: Document, container: Fields, path: Path): Flag[] {
  return listAt(container, ['env']).flatMap((entry, index) => {
    const [name, value] = isFields(entry) ? [textOf(entry['name']), textOf(entry['value'])] : [null, null];
    if (name === null || value === null || !name.startsWith('ETCD_')) return [];
    const flag = name.slice('ETCD_'.length).toLowerCase().replaceAll('_', '-');
    return [{ name: flag, value, spot: document.spot([...path, 'env', index]) }];
  });
}

function versionOf(image: string | null): Program['version'] {
  const [, major, minor] = /:v?(\d{1,3})\.(\d{1,3})[^/]*$/.exec(image ?? '') ?? [];
  return major === undefined ? null : { major: Number(major), minor: Number(minor) };
}

function programOf(document: Document, container: unknown, path: Path): Program[] {
  if (!isFields(container)) return [];
  const words = wordsOf(document, container, path);
  const named = words.find(({ text }) => (programNames as readonly string[]).includes(text.split('/').at(-1) ?? ''));
  if (named === undefined) return [];
  const name = named.text.split('/').at(-1) as ProgramName;
  const environment = name === 'etcd' ? environmentOf(document, container, path) : [];
  return [
    {
      name,
      flags: [...environment, ...flagsOf(words)],
      spot: named.spot,
      version: versionOf(textOf(container['image'])),
      container: { fields: container, spot: (inner) => document.spot([...path, ...inner]) },
      document,
    },
  ];
}

/** Where a document has its pod, or null. */
function podPath({ kind }: Document): Path | null {
  if (kind === 'Pod') return ['spec'];
  return ['Deployment', 'DaemonSet', 'StatefulSet', 'ReplicaSet'].includes(kind) ? ['spec', 'template', 'spec'] : null;
}

const kubeadmKeys: readonly (readonly [Path, ProgramName])[] = [
  [['apiServer'], 'kube-apiserver'],
  [['scheduler'], 'kube-scheduler'],
  [['controllerManager'], 'kube-controller-manager'],
  [['etcd', 'local'], 'etcd'],
];

/** extraArgs is a map up to v1beta3 and a list of name and value from v1beta4 on. */
function extraArgs(document: Document, path: Path): Flag[] {
  const at = [...path, 'extraArgs'];
  const listed = listAt(document.fields, at).flatMap((entry, index) => {
    const name = isFields(entry) ? textOf(entry['name']) : null;
    const value = isFields(entry) ? (textOf(entry['value']) ?? '') : '';
    return name === null ? [] : [{ name, value, spot: document.spot([...at, index]) }];
  });
  const mapped = Object.entries(fieldsAt(document.fields, at)).map(([name, value]) => ({
    name,
    value: textOf(value) ?? '',
    spot: document.keySpot(at, name),
  }));
  return [...listed, ...mapped];
}

function kubeadmPrograms(document: Document): Program[] {
  return kubeadmKeys.flatMap(([path, name]) => {
    const flags = extraArgs(document, path);
    const version = versionOf(`:${textOf(document.fields['kubernetesVersion']) ?? ''}`);
    const own = name === 'etcd' ? null : version;
    return flags.length === 0
      ? []
      : [{ name, flags, spot: document.spot(path), version: own, container: null, document }];
  });
}

export function programsOf(document: Document): Program[] {
  if (document.kind === 'ClusterConfiguration') return kubeadmPrograms(document);
  const path = podPath(document);
  if (path === null) return [];
  const containers = [...path, 'containers'];
  return listAt(document.fields, containers).flatMap((container, index) =>
    programOf(document, container, [...containers, index]),
  );
}
