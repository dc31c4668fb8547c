/** The keys of the configuration around etcd: the cluster with a member on this node, and snapshots of it. */
import * as z from 'zod';
import { isCron } from './cron.ts';
import { duration } from './duration-schema.ts';
import { argv, path, unitName, url } from './values.ts';

const day = 86_400_000;

const cron = z.string().refine(isCron, 'expected a cron schedule of five fields, such as "17 * * * *"');
const client = {
  ca: path.optional().describe('file with the certificates to trust'),
  cert: path.optional().describe('file with the client certificate'),
  key: path.optional().describe('file with its key'),
};

/** Keys that are left out are taken from the manifest of kubeadm's etcd or from etcd's environment file. */
export const etcd = z.strictObject({
  endpoints: z.array(url).min(1).max(20).optional().describe('client URLs; the member on this node first'),
  ...client,
  every: duration(1_000, day, 'time between looks at all members').default('15s'),
  timeout: duration(100, 60_000, 'deadline of each call').default('5s'),
  canary: duration(5_000, day, 'time between writes of a key that is read back').default('30s'),
  compare: duration(60_000, 30 * day, 'time between comparisons of what the members hold').default('6h'),
  unit: unitName.default('etcd.service').describe('service that runs the member on this node'),
  repair: z
    .enum(['observe', 'propose', 'act'])
    .default('propose')
    .describe('a dead member is only seen, its replacement is proposed, or the one of this node is replaced'),
  deadAfter: duration(1_000, day, 'silence after which a member is dead').default('10m'),
  members: z
    .record(z.string().min(1).max(253), url)
    .refine((members) => Object.keys(members).length <= 9, 'expected at most 9 members')
    .default({})
    .describe('peer URL of each member by its name: whom `nodemend etcd create`, `resize` and `restore` go by'),
});

const kept = (usual: number, unit: string) =>
  z.number().int().min(0).max(1_000).describe(`how many, one per ${unit}`).default(usual);

export const backup = z.strictObject({
  directory: path.default('/var/lib/nodemend/etcd-backups').describe('where snapshots lie'),
  schedule: cron.default('17 * * * *').describe('when one is taken, in cron words and local time'),
  keep: z
    .strictObject({ hourly: kept(24, 'hour'), daily: kept(7, 'day'), weekly: kept(4, 'week') })
    .prefault({})
    .describe('what stays; the newest good one always does'),
  rate: z.number().int().min(1).max(10_000).describe('MiB per second at most').default(64),
  copy: argv.optional().describe("command that takes a good one off the node; gets the file's path as its last word"),
  verify: z
    .strictObject({
      schedule: cron.default('41 3 * * *').describe('when the newest is restored on trial'),
      etcd: z.string().min(1).max(4_096).default('etcd').describe('program, by name or path'),
      etcdutl: z.string().min(1).max(4_096).default('etcdutl').describe('program, by name or path'),
    })
    .prefault({})
    .describe('proof of restore'),
});

export type EtcdConfig = z.infer<typeof etcd>;
export type BackupConfig = z.infer<typeof backup>;
