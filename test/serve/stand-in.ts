/** A stand-in for the agent: a view that a test changes, and a record of what was asked. */

import type { IncidentRecord } from '../../src/ports.ts';
import type { BackupView } from '../../src/serve/backups.ts';
import type { ApiServerView, LeaderView } from '../../src/serve/control-plane.ts';
import type { ComponentView, ElectionView, NodeView, ServeSource, Told } from '../../src/serve/view.ts';

export function component(name: string, changes: Partial<ComponentView> = {}): ComponentView {
  return {
    name,
    unit: `${name}.service`,
    preset: name,
    critical: true,
    after: [],
    phase: 'healthy',
    reason: 'component.healthy',
    detail: '',
    sinceMs: 10_000,
    verdict: 'healthy',
    mainPid: 4711,
    invocationId: 'cafe',
    budget: { remaining: 3, of: 3, perMs: 900_000 },
    notBeforeMs: null,
    deferred: null,
    pause: null,
    incident: null,
    ladder: ['restart', 'kill'],
    deed: null,
    restarts: { nodemend: 0, systemd: 0, other: 0 },
    probes: [],
    ...changes,
  };
}

export function election(name: string, changes: Partial<ElectionView> = {}): ElectionView {
  return {
    name,
    identity: 'a_1',
    lock: 'etcd',
    role: 'leading',
    reason: 'election.won',
    detail: '',
    sinceMs: 990_000,
    leading: true,
    leader: 'a_1',
    token: 7,
    leaderSinceWallMs: 1_699_999_990_000,
    heardWallMs: 1_699_999_999_000,
    stale: null,
    ...changes,
  };
}

export function node(changes: Partial<NodeView> = {}): NodeView {
  return {
    node: 'worker-1',
    version: '0.1.0',
    commit: 'abc1234',
    startedWallMs: 1_699_999_000_000,
    nowMs: 1_000_000,
    wallMs: 1_700_000_000_000,
    ready: { ready: true, reason: 'node.ready', detail: '', sinceMs: 20_000 },
    stopping: false,
    busConnected: true,
    store: { health: 'ok', detail: '' },
    config: { ok: true, loadedWallMs: 1_699_999_000_500, detail: '' },
    upgrading: null,
    pressure: 0.25,
    loop: { lagMs: 12, lastTurnWallMs: 1_699_999_999_900 },
    pause: null,
    alerts: [],
    components: [component('containerd'), component('kubelet', { after: ['containerd'] })],
    leaders: [],
    apiservers: [],
    backups: [],
    elections: [],
    ...changes,
  };
}

export function leader(changes: Partial<LeaderView> = {}): LeaderView {
  return {
    name: 'kube-scheduler',
    verdict: 'ok',
    reason: 'leader.ok',
    detail: 'a_1',
    sinceMs: 500_000,
    holder: 'a_1',
    transitions: 3,
    silentMs: 18_500,
    here: 'leader',
    instances: [{ url: 'https://127.0.0.1:10259', state: 'leader', detail: '' }],
    ...changes,
  };
}

export function server(changes: Partial<ApiServerView> = {}): ApiServerView {
  return {
    server: 'https://10.0.0.1:6443',
    state: 'ready',
    rotates: true,
    live: true,
    reason: 'apiserver.ready',
    detail: '',
    sinceMs: 500_000,
    ...changes,
  };
}

export function backup(changes: Partial<BackupView> = {}): BackupView {
  return {
    name: 'database',
    item: '',
    verdict: 'fresh',
    reason: 'freshness.fresh',
    detail: '/srv/dumps/db-1.gz is 3 h old',
    sinceMs: 400_000,
    goodWallMs: 1_699_990_000_000,
    limitMs: 93_600_000,
    bytes: 21_000_000,
    ...changes,
  };
}

export const notReady: NodeView['ready'] = {
  ready: false,
  reason: 'node.not-ready',
  detail: 'kubelet',
  sinceMs: 900_000,
};

export interface StandIn extends ServeSource {
  /** What the server is shown from now on. */
  show(changes: Partial<NodeView>): void;
  tell(told: Told): void;
  setTurning(turning: boolean): void;
  setIncidents(incidents: IncidentRecord[]): void;
  setAnswer(answer: Awaited<ReturnType<ServeSource['ask']>>): void;
  readonly asked: unknown[];
  readonly queries: unknown[];
  listeners(): number;
}

export function createStandIn(changes: Partial<NodeView> = {}): StandIn {
  let current = node(changes);
  let turning = true;
  let incidents: IncidentRecord[] = [];
  let answer = { ok: true, message: 'done' };
  const listeners = new Set<(told: Told) => void>();
  const asked: unknown[] = [];
  const queries: unknown[] = [];
  return {
    clock: { nowMs: () => current.nowMs, wallMs: () => current.wallMs },
    view: () => current,
    turning: () => turning,
    incidents: (query) => {
      queries.push(query);
      return incidents;
    },
    period: (sinceWallMs) => {
      queries.push(sinceWallMs);
      return { knownSinceWallMs: sinceWallMs, incidents, restarts: [], alerts: [] };
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    ask: async (request) => {
      asked.push(request);
      return answer;
    },
    show: (next) => {
      current = { ...current, ...next };
    },
    tell: (told) => {
      for (const listener of listeners) listener(told);
    },
    setTurning: (next) => {
      turning = next;
    },
    setIncidents: (next) => {
      incidents = next;
    },
    setAnswer: (next) => {
      answer = next;
    },
    asked,
    queries,
    listeners: () => listeners.size,
  };
}

export function incident(id: string, changes: Partial<IncidentRecord> = {}): IncidentRecord {
  return {
    id,
    component: 'kubelet',
    openedWallMs: 1_699_999_900_000,
    closedWallMs: 1_699_999_912_000,
    cause: 'unit.crashed',
    recovered: true,
    durationMs: 12_000,
    transitions: [],
    evidence: [],
    ...changes,
  };
}
