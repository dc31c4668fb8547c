/** `elections:` of the configuration: its keys, what of it contradicts itself, and the policies that come of it. */
import * as z from 'zod';
import type { ElectionPolicy, LockPolicy } from '../core/elect/policy.ts';
import { faultIn } from '../core/elect/rules.ts';
import { durationMs } from './duration.ts';
import { duration } from './duration-schema.ts';
import { argv, listen, path, url } from './values.ts';

const hour = 3_600_000;

const lock = z
  .strictObject({
    file: z
      .strictObject({
        path: path.default('/var/lib/nodemend/elections.db').describe('the file; all who stand must open the same one'),
      })
      .optional()
      .describe('a file of this host: for processes of one host'),
    etcd: z
      .strictObject({
        endpoints: z.array(url).min(1).max(20).describe('client URLs of the members'),
        ca: path.optional().describe('file with the certificates to trust'),
        cert: path.optional().describe('file with the client certificate'),
        key: path.optional().describe('file with its key'),
        prefix: z
          .string()
          .min(1)
          .max(1_024)
          .regex(/\/$/, 'expected a text that ends with /')
          .default('/nodemend/elections/')
          .describe('what the keys begin with, before the name of the election'),
      })
      .optional()
      .describe('keys in etcd, bound to leases'),
    kubernetes: z
      .strictObject({
        kubeconfig: path.optional().describe('default: the service account of the pod'),
        context: z.string().min(1).max(253).optional().describe('of the kubeconfig; default: its current one'),
        namespace: z.string().min(1).max(63).optional().describe('of the Lease; default: that of the context'),
        name: z.string().min(1).max(253).optional().describe('of the Lease; default: that of the election'),
      })
      .optional()
      .describe('a Lease, as client-go keeps it'),
  })
  .describe('where the lock lies; exactly one of file, etcd, kubernetes');

export const lockKinds = ['file', 'etcd', 'kubernetes'] as const;

export const election = z.strictObject({
  lock: z
    .union([z.enum(['file', 'kubernetes']), lock], {
      error: 'expected file, kubernetes or one of { file: ... }, { etcd: ... }, { kubernetes: ... }',
    })
    .default('file')
    .describe('where the lock lies'),
  identity: z
    .string()
    .min(1)
    .max(253)
    .optional()
    .describe('name under which this one stands; default: node name and a random part'),
  campaign: z.boolean().default(true).describe('false: only look who leads, and never stand'),
  leaseDuration: duration(1_000, hour, 'how long the others wait for a silent leader').default('15s'),
  renewDeadline: duration(500, hour, 'after so long without a renewal the leader gives up').default('10s'),
  retryPeriod: duration(100, hour, 'time between renewals, and between looks').default('2s'),
  onElected: argv.optional().describe('command at the beginning of a term; no shell'),
  onLost: argv.optional().describe('command at the end of a term; no shell'),
  listen: listen.optional().describe('answers {"name": ...} on any path, as the leader-elector sidecar did'),
});

export type ElectionConfig = z.infer<typeof election>;
type Elections = Readonly<Record<string, ElectionConfig>>;

interface Found {
  readonly path: readonly string[];
  readonly keys: readonly string[];
  readonly message: string;
}

const durationsOf = ({ leaseDuration, renewDeadline, retryPeriod }: ElectionConfig) => ({
  leaseDurationMs: durationMs(leaseDuration),
  renewDeadlineMs: durationMs(renewDeadline),
  retryPeriodMs: durationMs(retryPeriod),
});

function checkLock(config: ElectionConfig, at: readonly string[]): Found[] {
  const { lock: where, leaseDuration } = config;
  if (typeof where !== 'string') {
    const kinds = lockKinds.filter((kind) => where[kind] !== undefined);
    if (kinds.length !== 1) {
      const found = kinds.length === 0 ? 'none' : kinds.join(' and ');
      const message = `found ${found}, expected exactly one of ${lockKinds.join(', ')}`;
      return [{ path: [...at, 'lock'], keys: [], message }];
    }
    const { cert, key } = where.etcd ?? {};
    if ((cert === undefined) !== (key === undefined))
      return [{ path: [...at, 'lock', 'etcd'], keys: ['cert', 'key'], message: 'cert and key go together' }];
  }
  const inFile = where === 'file' || (typeof where !== 'string' && where.file !== undefined);
  if (inFile || durationMs(leaseDuration) % 1_000 === 0) return [];
  const message = `found ${leaseDuration}, expected whole seconds: the lock knows no others`;
  return [{ path: [...at, 'leaseDuration'], keys: [], message }];
}

export function checkElections(elections: Elections): Found[] {
  return Object.entries(elections).flatMap(([name, config]) => {
    const at = ['elections', name];
    const fault = faultIn(durationsOf(config));
    const { leaseDuration, renewDeadline, retryPeriod } = config;
    const given = `leaseDuration ${leaseDuration}, renewDeadline ${renewDeadline}, retryPeriod ${retryPeriod}`;
    const key = fault?.key.replace(/Ms$/, '') ?? '';
    const durations =
      fault === null
        ? []
        : [
            {
              path: [...at, key],
              keys: ['leaseDuration', 'renewDeadline', 'retryPeriod'],
              message: `${fault.message}; found ${given}`,
            },
          ];
    return [...durations, ...checkLock(config, at)];
  });
}

function lockPolicy(name: string, { lock: where }: ElectionConfig): LockPolicy {
  const { file, etcd, kubernetes } = typeof where === 'string' ? lock.parse({ [where]: {} }) : where;
  if (etcd !== undefined) {
    const { endpoints, prefix, ca = null, cert = null, key = null } = etcd;
    return { kind: 'etcd', endpoints, prefix, ca, cert, key };
  }
  if (kubernetes !== undefined) {
    const { kubeconfig = null, context = null, namespace = null, name: lease = name } = kubernetes;
    return { kind: 'kubernetes', kubeconfig, context, namespace, name: lease };
  }
  return { kind: 'file', path: file?.path ?? '' };
}

/** `standing`: the identity of who has no other, unique to the process. */
export function resolveElections(elections: Elections, standing: string): ElectionPolicy[] {
  return Object.entries(elections).map(([name, config]) => ({
    name,
    identity: config.identity ?? standing,
    campaign: config.campaign,
    lock: lockPolicy(name, config),
    ...durationsOf(config),
    onElected: config.onElected ?? null,
    onLost: config.onLost ?? null,
  }));
}
