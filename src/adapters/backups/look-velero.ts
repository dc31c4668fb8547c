/** One look at Velero through the Kubernetes API: its Schedules, the Backups of these, and its storage locations. Three lists, page by page. */
import type { BackupsSeen } from '../../core/backups/found.ts';
import type { VeleroTarget } from '../../core/backups/policy.ts';
import type { Clock } from '../../ports.ts';
import type { Accounts } from '../kubernetes/accounts.ts';
import type { KubernetesObject } from '../kubernetes/answer.ts';
import { pathOf } from '../kubernetes/reference.ts';
import { cleanDetail } from '../probe/detail.ts';
import { parseLocation, parseRun, parseSchedule } from './velero.ts';

const perPage = 250;
/** 10,000 Backups: hourly ones of ten Schedules for 40 days. */
const mostPages = 40;
/** Beyond so many of a kind the rest is not shown. */
const mostShown = 200;

class ListError extends Error {}

interface Asking {
  readonly get: (path: string) => ReturnType<ReturnType<Accounts['client']>['get']>;
  readonly namespace: string;
}

/** Each page is reduced to what matters before the next one is read. */
async function list<Parsed>(
  { get, namespace }: Asking,
  { plural, query = '' }: { readonly plural: string; readonly query?: string },
  parse: (object: KubernetesObject) => Parsed | null,
): Promise<Parsed[]> {
  const path = pathOf({ group: 'velero.io', version: 'v1', plural }, namespace);
  const found: Parsed[] = [];
  let more = '';
  for (let page = 0; page < mostPages; page += 1) {
    const from = more === '' ? '' : `&continue=${encodeURIComponent(more)}`;
    const answer = await get(`${path}?limit=${perPage}${query}${from}`);
    if (!answer.ok) throw new ListError(`cannot list ${plural} of velero.io: ${answer.message}`);
    const { items, metadata } = answer.object as { items?: unknown; metadata?: { continue?: unknown } | null };
    if (!Array.isArray(items)) throw new ListError(`the list of ${plural} has no items`);
    const objects = items.filter((item) => typeof item === 'object' && item !== null);
    found.push(...objects.map(parse).filter((parsed) => parsed !== null));
    more = typeof metadata?.continue === 'string' ? metadata.continue : '';
    if (more === '') return found;
  }
  throw new ListError(`there are more than ${mostPages * perPage} ${plural}`);
}

const byName = <Named extends { readonly name: string }>(all: readonly Named[]): Named[] =>
  all
    .filter(({ name }) => name !== '')
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .slice(0, mostShown);

export async function lookAtVelero(
  { namespace, kubeconfig }: VeleroTarget,
  timeoutMs: number,
  accounts: Accounts,
  { nowMs, wallMs }: Pick<Clock, 'nowMs' | 'wallMs'>,
): Promise<BackupsSeen> {
  const startedAtMs = nowMs();
  const client = accounts.client(kubeconfig);
  const leftMs = (): number => Math.max(1, startedAtMs + timeoutMs - nowMs());
  const asking: Asking = { namespace, get: (path) => client.get(path, leftMs()) };
  try {
    const runs = await list(asking, { plural: 'backups', query: '&labelSelector=velero.io%2Fschedule-name' }, parseRun);
    const schedules = await list(asking, { plural: 'schedules' }, (schedule) => parseSchedule(schedule, runs));
    const locations = await list(asking, { plural: 'backupstoragelocations' }, parseLocation);
    const found = { kind: 'velero', schedules: byName(schedules), locations: byName(locations) } as const;
    return { known: true, found, wallMs: wallMs(), startedAtMs };
  } catch (error) {
    if (error instanceof ListError) return { known: false, detail: cleanDetail(error.message), startedAtMs };
    throw error;
  }
}
