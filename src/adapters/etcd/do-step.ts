/** One performer for each step: through the cluster's API, or on this node's member. Each rejects with what etcd or the node said; doing it twice is no harm. */
import { rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { leaderOf } from '../../core/etcd/work/guards.ts';
import type { Scene } from '../../core/etcd/work/scene.ts';
import type { WorkStep } from '../../core/etcd/work/steps.ts';
import * as protos from '../grpc/protos/etcd.ts';
import type { Method } from '../grpc/protos/method.ts';
import type { Access, Reach } from './access.ts';
import { startService, stopService } from './service.ts';
import { changeSettings } from './settings-file.ts';

/** A member rewrites its whole file: 8 GiB on a slow disk. */
const defragmentMs = 600_000;
const compactMs = 300_000;
const noKey = Buffer.from('/nodemend/none');

export interface StepParts {
  readonly reach: Reach;
  readonly files: Omit<Access, 'endpoints'>;
  readonly timeoutMs: number;
  readonly wallMs: () => number;
  /** Of this node's service; null where it reads none. */
  readonly environmentFile: string | null;
  /** Rejects when none was taken. */
  readonly snapshot: (endpoints: readonly string[]) => Promise<void>;
  readonly restore: (step: Extract<WorkStep, { do: 'restore' }>) => Promise<void>;
}

type Performers = {
  readonly [Do in WorkStep['do']]: (step: Extract<WorkStep, { do: Do }>, scene: Scene) => Promise<void>;
};

/** Those that answer, the leader first, but never the member that the step is about. */
export function endpointsOf({ view }: Scene, apartFrom: string | null = null): string[] {
  const leader = leaderOf(view);
  const there = view.members.filter(({ id, endpoint, learner }) => endpoint !== null && !learner && id !== apartFrom);
  return there
    .toSorted((one, other) => Number(other.id === leader?.id) - Number(one.id === leader?.id))
    .flatMap(({ endpoint }) => endpoint ?? []);
}

function endpointOf({ view }: Scene, memberId: string): string {
  const member = view.members.find(({ id }) => id === memberId);
  if (member?.endpoint == null) throw new Error(`member ${BigInt(memberId).toString(16)} does not answer`);
  return member.endpoint;
}

/** What an operator who wants it back renames. */
export function asideName(wallMs: number): string {
  return `member.before-${new Date(wallMs).toISOString().replace(/[-:]|\.\d+/g, '')}`;
}

/** Within the folder, so that it is one rename whatever the folder is mounted on. */
export async function setAside(directory: string, wallMs: number): Promise<void> {
  const from = join(directory, 'member');
  const to = join(directory, asideName(wallMs));
  if ((await stat(to).catch(() => null)) !== null) throw new Error(`${to} is there already`);
  await rename(from, to);
}

export function createDoStep(parts: StepParts): (step: WorkStep, scene: Scene) => Promise<void> {
  const { reach, files, timeoutMs, wallMs, environmentFile } = parts;

  function ask<Request extends object, Reply>(
    endpoint: string | undefined,
    method: Method<Request, Reply>,
    request: Request,
    deadlineMs = timeoutMs,
  ): Promise<Reply> {
    if (endpoint === undefined) throw new Error('no member answers');
    return reach(endpoint, files, deadlineMs, (remote, signal) => remote.call(method, request, signal));
  }

  async function disarm(scene: Scene): Promise<void> {
    const [endpoint] = endpointsOf(scene);
    const { alarms } = await ask(endpoint, protos.askAlarms, { action: 'GET', memberId: '0', alarm: 'NONE' });
    for (const { memberId, alarm } of alarms)
      if (alarm === 'NOSPACE') await ask(endpoint, protos.askAlarms, { action: 'DEACTIVATE', memberId, alarm });
  }

  /** Pages that were freed count as free only after the next write, which NOSPACE lets through when it takes something away: here nothing. */
  async function compact(revision: number, scene: Scene): Promise<void> {
    const [endpoint] = endpointsOf(scene);
    await ask(endpoint, protos.compact, { revision, physical: true }, compactMs);
    await ask(endpoint, protos.deleteKeys, { key: noKey });
  }

  const performers: Performers = {
    snapshot: (_step, scene) => parts.snapshot(endpointsOf(scene)),
    'move-leader': async ({ memberId }, scene) => {
      const leader = leaderOf(scene.view);
      await ask(leader?.endpoint ?? undefined, protos.moveLeader, { targetId: memberId });
    },
    remove: async ({ memberId }, scene) => {
      await ask(endpointsOf(scene, memberId)[0], protos.removeMember, { id: memberId });
    },
    'add-learner': async ({ peerUrls }, scene) => {
      await ask(endpointsOf(scene)[0], protos.addMember, { peerUrls, isLearner: true });
    },
    promote: async ({ peerUrls }, scene) => {
      const member = scene.view.members.find((one) => one.learner && one.peerUrls.join() === peerUrls.join());
      if (member !== undefined) await ask(endpointsOf(scene)[0], protos.promoteMember, { id: member.id });
    },
    compact: ({ revision }, scene) => compact(revision, scene),
    defragment: async ({ memberId }, scene) => {
      await ask(endpointOf(scene, memberId), protos.defragmentMember, {}, defragmentMs);
    },
    disarm: (_step, scene) => disarm(scene),
    stop: ({ unit }) => stopService(unit),
    start: ({ unit }) => startService(unit, 'start'),
    restart: ({ unit }) => startService(unit, 'restart'),
    'set-aside': ({ directory }) => setAside(directory, wallMs()),
    configure: async ({ initialCluster, state, token }) => {
      if (environmentFile === null) throw new Error('its service reads no environment file');
      await changeSettings(environmentFile, {
        ETCD_INITIAL_CLUSTER: initialCluster,
        ETCD_INITIAL_CLUSTER_STATE: state,
        ...(token === null ? {} : { ETCD_INITIAL_CLUSTER_TOKEN: token }),
      });
    },
    restore: (step) => parts.restore(step),
  };

  return (step, scene) => (performers[step.do] as (step: WorkStep, scene: Scene) => Promise<void>)(step, scene);
}
