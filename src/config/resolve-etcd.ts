/** From the words of the file and what was found on the node to what the core and the adapters go by around etcd. */
import type { BackupPolicy, EtcdPolicy } from '../core/etcd/policy.ts';
import { durationMs } from './duration.ts';
import type { EtcdHere } from './etcd-here.ts';
import type { BackupConfig } from './etcd-schema.ts';
import { type Config, config as schema } from './schema.ts';

const MiB = 1024 * 1024;

/** TLS files of the node are for its own member: with endpoints of its own the file says all of it. */
export function resolveEtcd(config: Config, here: EtcdHere): EtcdPolicy {
  const own = config.etcd ?? schema.parse({ etcd: {} }).etcd;
  if (own === undefined) throw new Error('the schema fills in what is left out');
  const { endpoints, ca, cert, key, every, timeout, canary, compare, unit, members, repair, deadAfter } = own;
  const found = endpoints === undefined ? here : { ...here, ca: null, cert: null, key: null };
  return {
    endpoints: endpoints ?? here.endpoints,
    ca: ca ?? found.ca,
    cert: cert ?? found.cert,
    key: key ?? found.key,
    certificates: endpoints === undefined ? here.certificates : [],
    everyMs: durationMs(every),
    timeoutMs: durationMs(timeout),
    canaryEveryMs: durationMs(canary),
    compareEveryMs: durationMs(compare),
    unit,
    repair,
    deadAfterMs: durationMs(deadAfter),
    places: Object.entries(members).map(([name, peerUrl]) => ({ name, peerUrl })),
  };
}

/** Without a `backup` key nothing is scheduled; a command by hand works all the same. */
export function resolveBackup(config: Config): BackupPolicy {
  const own: BackupConfig | undefined = config.backup ?? schema.parse({ backup: {} }).backup;
  if (own === undefined) throw new Error('the schema fills in what is left out');
  const scheduled = config.backup !== undefined;
  return {
    directory: own.directory,
    schedule: scheduled ? own.schedule : null,
    keep: own.keep,
    bytesPerSecond: own.rate * MiB,
    copy: own.copy ?? [],
    verify: { ...own.verify, schedule: scheduled ? own.verify.schedule : null },
  };
}
