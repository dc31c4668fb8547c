/** The two packages this tree makes: the daemon, and the drill, which is never installed with it. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Document, documents, type Edition } from './documents.ts';

export type PlacedFile = readonly [source: string, target: string, mode: number];

export interface Product {
  readonly name: string;
  /** What is bundled, from the top of the tree. */
  readonly entry: string;
  /** Where the bundle is made, from the top of the tree. */
  readonly bundleFolder: string;
  /** Files of the tree beside the bundle and the runtime. */
  files(top: string): readonly PlacedFile[];
  /** Files that are written for the package. */
  documents(edition: Edition): readonly Document[];
  /** Lines of dpkg's control file. */
  readonly relations: readonly string[];
  readonly description: readonly string[];
  readonly conffiles: readonly string[];
  /** Of the folder control/. */
  readonly scripts: readonly string[];
}

// The versions that the shipped Node runtime is linked against.
const runtimeNeeds = 'libc6 (>= 2.28), libstdc++6 (>= 8)';

/** Scenarios name configurations beside them, so the folders stay as they are. */
const examplesIn = (top: string, folder: string): readonly PlacedFile[] =>
  readdirSync(join(top, 'config', folder)).map((name) => [
    join(top, 'config', folder, name),
    join('usr/share/doc/nodemend', folder, name),
    0o644,
  ]);

const daemonDescription = [
  'Description: brings the container runtime and the kubelet back after a failure',
  ' nodemend supervises containerd or Docker and the kubelet through systemd. It notices a crash in milliseconds and a hang',
  ' that systemd cannot see, restarts what a restart can fix, holds still where a restart would do harm, and says why.',
];

export const daemon: Product = {
  name: 'nodemend',
  entry: 'src/main.ts',
  bundleFolder: 'dist/bundle',
  files: (top) => [
    [join(top, 'systemd/nodemend.service'), 'lib/systemd/system/nodemend.service', 0o644],
    [join(top, 'systemd/nodemend-etcd-repair.service'), 'lib/systemd/system/nodemend-etcd-repair.service', 0o644],
    [join(top, 'systemd/sysusers.conf'), 'usr/lib/sysusers.d/nodemend.conf', 0o644],
    [join(top, 'src/package/launcher'), 'usr/bin/nodemend', 0o755],
    [join(top, 'config/nodemend.yaml'), 'etc/nodemend/nodemend.yaml', 0o644],
    [join(top, 'CHANGELOG.md'), 'usr/share/doc/nodemend/CHANGELOG.md', 0o644],
    ...['examples', 'haproxy', 'keepalived', 'nginx'].flatMap((folder) => examplesIn(top, folder)),
    ...examplesIn(top, 'scenarios'),
    ...examplesIn(top, 'prometheus'),
    ...examplesIn(top, 'grafana'),
  ],
  relations: [
    // The first systemd with all of the unit's settings.
    `Depends: systemd (>= 247), init-system-helpers (>= 1.54), ${runtimeNeeds}`,
    'Recommends: dbus | dbus-broker',
  ],
  documents: (edition) => documents(edition, daemonDescription),
  description: daemonDescription,
  conffiles: ['/etc/nodemend/nodemend.yaml'],
  scripts: ['postinst', 'prerm', 'postrm'],
};

export const drill: Product = {
  name: 'nodemend-drill',
  entry: 'src/drill/main.ts',
  bundleFolder: 'dist/drill-bundle',
  files: (top) => [[join(top, 'src/package/drill-launcher'), 'usr/bin/nodemend-drill', 0o755]],
  documents: () => [],
  relations: [`Depends: ${runtimeNeeds}`, 'Recommends: openssh-client'],
  description: [
    'Description: breaks a node on purpose and shows that nodemend mends it',
    ' A catalogue of failures, induced by ordinary means on this machine or over ssh, each with what nodemend should do about it,',
    ' what it must not do, and an independent witness. For nodes that may be broken; nothing of it is needed on any other.',
  ],
  conffiles: [],
  scripts: [],
};
