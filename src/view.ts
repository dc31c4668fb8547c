/** The core's state as the server shows it. Pure; what has not changed keeps its identity, so that replies can be cached by it. */

import type { EtcdState } from './core/etcd/state.ts';
import { remaining } from './core/mend/budget.ts';
import type { Observation } from './core/mend/observation.ts';
import type { Component, NodeState } from './core/mend/state.ts';
import { judge } from './core/mend/verdict.ts';
import type { State } from './core/state.ts';
import { viewElections } from './elections-view.ts';
import { type BackupView, viewBackups } from './serve/backups.ts';
import type { ControlPlaneView } from './serve/control-plane.ts';
import { viewControlPlane } from './serve/show-control-plane.ts';
import type { ComponentView, EtcdView, NodeView, ProbeView } from './serve/view.ts';

/** What the agent knows beside the core's state. */
export interface Surroundings {
  /** The node's name for as long as no configuration is in force. */
  readonly name: string;
  readonly version: string;
  readonly commit: string;
  readonly startedWallMs: number;
  readonly wallMs: number;
  readonly stopping: boolean;
  readonly storeDetail: string;
  readonly config: NodeView['config'];
  readonly alerts: NodeView['alerts'];
  readonly lastTurnAtMs: number;
}

function viewProbe(name: string, component: Component, nowMs: number): ProbeView {
  const last: Observation | undefined = component.probes[name]?.window.at(-1);
  return {
    name,
    role: component.policy.probes[name]?.role ?? 'report',
    verdict: last?.verdict ?? 'unknown',
    reason: last?.reason ?? 'component.unseen',
    detail: last?.detail ?? '',
    ageMs: last === undefined ? null : Math.max(0, Math.round(nowMs - last.startedAtMs - last.durationMs)),
    durationMs: last?.durationMs ?? null,
    recent: (component.probes[name]?.window ?? []).map(({ verdict, durationMs }) => ({ verdict, durationMs })),
  };
}

function viewUnit(component: Component, nowMs: number): ProbeView {
  const active = component.unit?.activeState === 'active';
  const unknown = component.unit === null;
  return {
    name: 'unit',
    role: 'vote',
    verdict: unknown ? 'unknown' : active ? 'healthy' : 'unhealthy',
    reason: unknown ? 'component.unseen' : active ? 'probe.ok' : component.reason,
    detail: component.unit === null ? '' : `${component.unit.activeState} (${component.unit.subState})`,
    ageMs:
      component.unit?.stateChangeAtMs == null ? null : Math.max(0, Math.round(nowMs - component.unit.stateChangeAtMs)),
    durationMs: null,
    recent: [],
  };
}

function verdictOf(component: Component, node: NodeState, nowMs: number): ComponentView['verdict'] {
  if (component.unit === null || component.unit.activeState !== 'active') return 'unknown';
  const { verdict } = judge(component, node, nowMs);
  if (verdict === 'suspect' || verdict === 'initializing') return 'unknown';
  return verdict;
}

function viewComponent(component: Component, node: NodeState, nowMs: number): ComponentView {
  const { policy, unit, incident, deferred, deed } = component;
  return {
    name: policy.name,
    unit: policy.unit,
    preset: policy.preset,
    critical: policy.critical,
    after: policy.after,
    phase: component.phase,
    reason: component.reason,
    detail: component.detail,
    sinceMs: component.sinceMs,
    verdict: verdictOf(component, node, nowMs),
    mainPid: unit?.mainPid ?? 0,
    invocationId: unit?.invocationId ?? '',
    budget: {
      remaining: remaining(component, node, nowMs),
      of: policy.budget.actions,
      perMs: policy.budget.perMs,
    },
    notBeforeMs: deferred?.untilMs ?? null,
    deferred: deferred?.reason ?? null,
    pause: component.pause,
    incident: incident === null ? null : { id: incident.id, reason: incident.cause, sinceMs: incident.sinceMs },
    ladder: policy.ladder.map(({ remedy }) => remedy),
    deed:
      deed === null
        ? null
        : { remedy: deed.remedy, stage: deed.stage, sinceMs: deed.stageAtMs, untilMs: deed.stageUntilMs },
    restarts: component.restarts,
    probes: [
      viewUnit(component, nowMs),
      ...Object.keys(policy.probes).map((name) => viewProbe(name, component, nowMs)),
    ],
  };
}

function viewEtcd({ view, findings, canary, comparison, backup }: EtcdState): EtcdView {
  const shown = (known: NonNullable<typeof backup>): EtcdView['backup'] => {
    const { records, work, lastTaken, lastProof } = known;
    return { records, work, lastTaken, lastProof };
  };
  return { cluster: view, findings, canary, comparison, backup: backup === null ? null : shown(backup) };
}

/** How long the parts of a view that only age are served from the cache. */
const freshMs = 1_000;

export function createViewer(): (state: State, nowMs: number, around: Surroundings) => NodeView {
  let seen: State | null = null;
  let seenAtMs = 0;
  let components: readonly ComponentView[] = [];
  let controlPlane: ControlPlaneView = { leaders: [], apiservers: [] };
  let backups: readonly BackupView[] = [];

  return (state, nowMs, around) => {
    if (seen !== state || nowMs - seenAtMs >= freshMs) {
      components = Object.values(state.components).map((component) => viewComponent(component, state.node, nowMs));
      controlPlane = viewControlPlane(state, nowMs);
      backups = viewBackups(state.backups);
      seen = state;
      seenAtMs = nowMs;
    }
    const { node } = state;
    const { lastTurnAtMs, wallMs, storeDetail, name, ...rest } = around;
    return {
      ...rest,
      node: node.name === '' ? name : node.name,
      nowMs,
      wallMs,
      ready: node.ready,
      busConnected: node.bus === 'connected',
      store: { health: node.store, detail: storeDetail },
      upgrading: node.sample?.packageManager ?? null,
      pressure: node.sample?.pressure ?? 0,
      loop: { lagMs: node.sample?.loopLagMs ?? 0, lastTurnWallMs: Math.round(wallMs - (nowMs - lastTurnAtMs)) },
      pause: node.pause,
      components,
      ...controlPlane,
      backups,
      etcd: state.etcd === undefined ? undefined : viewEtcd(state.etcd),
      elections: viewElections(state.elections, nowMs, wallMs),
    };
  };
}
