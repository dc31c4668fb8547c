/**
 * /metrics. Counters and histograms follow what is told (transitions and looks); gauges are read from the view when
 * somebody asks. A page is made at most once per second and after each transition, whoever asks how often.
 */
import { readdirSync } from 'node:fs';
import type { Observation } from '../core/mend/observation.ts';
import type { Reason } from '../core/reason.ts';
import type { Phase, Transition } from '../core/transition.ts';
import { backupSamples } from './backups.ts';
import { controlPlaneSamples } from './control-plane.ts';
import { fillEtcd } from './etcd-series.ts';
import { createSampled } from './samples.ts';
import { createSeries, electionOwner, type Series } from './series.ts';
import { isFailing } from './verdict.ts';
import type { ComponentView, ElectionView, NodeView } from './view.ts';

export type AlertResult = 'sent' | 'failed' | 'refused' | 'dropped';

export interface Metrics {
  /** Counts one transition. */
  observe(transition: Transition): void;
  /** Counts one look. */
  observeProbe(component: string, probe: string, observation: Observation): void;
  /** Counts what became of one message to a target of alerts. */
  observeAlert(target: string, result: AlertResult): void;
  /** The page in Prometheus' text format. */
  render(view: NodeView): Promise<string>;
}

const phases: Readonly<Record<Phase, true>> = {
  unknown: true,
  starting: true,
  healthy: true,
  suspect: true,
  unhealthy: true,
  mending: true,
  exhausted: true,
  stopped: true,
  masked: true,
  absent: true,
  held: true,
  paused: true,
};

// Series that are there from the start, because Prometheus does not see the first increase of one that appears with it.
const expected = {
  nodemend: ['restart.first-crash', 'restart.down', 'restart.hung', 'restart.unhealthy'],
  systemd: ['unit.crashed', 'unit.exited'],
  incidents: ['unit.crashed', 'unit.exited', 'probe.timeout', 'probe.refused'],
} as const satisfies Record<string, readonly Reason[]>;

const freshMs = 1_000;

export function createMetrics(): Metrics {
  const series = createSeries();
  const targets = new Set<string>();
  const fillSampled = createSampled(series);
  let page: { readonly atMs: number; readonly text: Promise<string> } | null = null;

  return {
    observe: (transition) => {
      count(series, transition);
      page = null;
    },
    observeProbe: (component, probe, observation) => {
      series.add('observations', { component, probe, verdict: observation.verdict }, 1);
      series.observe('probeDuration', { component, probe }, observation.durationMs / 1_000);
    },
    observeAlert: (target, result) => series.add('alertMessages', { target, result }, 1),
    render: (view) => {
      if (page === null || view.nowMs - page.atMs >= freshMs || view.nowMs < page.atMs) {
        fill(series, view);
        fillAlerts(series, view, targets);
        fillSampled([...controlPlaneSamples(view), ...view.backups.flatMap(backupSamples)]);
        page = { atMs: view.nowMs, text: series.text() };
      }
      return page.text;
    },
  };
}

/** The same page as OpenMetrics: there the family of a counter is named without its suffix, and the page has an end. */
export function toOpenMetrics(text: string): string {
  const lines = text.split('\n').filter((line) => line !== '');
  const counters = new Set(lines.flatMap((line) => /^# TYPE (\S+)_total counter$/.exec(line)?.[1] ?? []));
  const renamed = lines.map((line) =>
    line.replace(/^# (HELP|TYPE) (\S+)_total /, (whole, keyword: string, name: string) =>
      counters.has(name) ? `# ${keyword} ${name} ` : whole,
    ),
  );
  return `${renamed.join('\n')}\n# EOF\n`;
}

function countElection(series: Series, transition: Extract<Transition, { election: string }>): void {
  const { election, reason } = transition;
  if (transition.type === 'election.changed' && transition.from !== transition.to)
    series.add('electionChanges', { election, role: transition.to, reason }, 1);
  if (transition.type === 'election.hook')
    series.add('electionHooks', { election, hook: transition.hook, result: transition.ok ? 'ok' : 'failed' }, 1);
}

function fillElection(series: Series, view: ElectionView): void {
  const { name: election, leading, stale, token, heardWallMs } = view;
  series.set('electionLeader', { election }, Number(leading));
  series.set('electionKnown', { election }, Number(stale === null));
  if (token === null) series.remove('electionToken', { election });
  else series.set('electionToken', { election }, token);
  if (heardWallMs === null) series.remove('electionHeard', { election });
  else series.set('electionHeard', { election }, heardWallMs / 1_000);
}

function count(series: Series, transition: Transition): void {
  if ('election' in transition) countElection(series, transition);
  if (!('component' in transition) || transition.component === null) return;
  const { component } = transition;
  if (transition.type === 'component.restarted') {
    series.add('restarts', { component, by: transition.by, reason: transition.reason }, 1);
  } else if (transition.type === 'incident.opened') {
    series.add('incidents', { component, reason: transition.reason }, 1);
  } else if (transition.type === 'incident.closed' && transition.recovered) {
    series.observe('recovery', { component, reason: transition.cause }, transition.durationMs / 1_000);
  } else if (transition.type === 'action.ended') {
    series.add('actions', { component, action: transition.remedy, result: transition.ok ? 'ok' : 'failed' }, 1);
  }
}

function fill(series: Series, view: NodeView): void {
  const names = view.components.map((component) => component.name);
  series.keepOnly(new Set([...names, ...view.elections.map(({ name }) => electionOwner(name))]));
  for (const election of view.elections) fillElection(series, election);
  for (const component of view.components) fillComponent(series, component);
  series.set('build', { version: view.version, commit: view.commit, runtime: `node ${process.version}` }, 1);
  series.set('ready', {}, Number(view.ready.ready && !view.stopping));
  series.set('paused', {}, Number(view.pause !== null));
  series.set('pressure', {}, view.pressure);
  series.set('bus', {}, Number(view.busConnected));
  series.set('store', {}, Number(view.store.health !== 'unwritable'));
  series.set('lag', {}, view.loop.lagMs / 1_000);
  series.set('turn', {}, view.loop.lastTurnWallMs / 1_000);
  series.set('configOk', {}, Number(view.config.ok));
  series.set('configAt', {}, view.config.loadedWallMs / 1_000);
  if (view.etcd !== undefined) fillEtcd(series, view.etcd);
  fillProcess(series, view);
}

const results: readonly AlertResult[] = ['sent', 'failed', 'refused', 'dropped'];

/** `known`: the targets that have a series; one that left the configuration leaves the page. */
function fillAlerts(series: Series, { alerts }: NodeView, known: Set<string>): void {
  for (const { name: target, waiting } of alerts) {
    known.add(target);
    series.set('alertWaiting', { target }, waiting);
    for (const result of results) series.add('alertMessages', { target, result }, 0);
  }
  for (const target of known) {
    if (alerts.some(({ name }) => name === target)) continue;
    known.delete(target);
    series.remove('alertWaiting', { target });
    for (const result of results) series.remove('alertMessages', { target, result });
  }
}

function fillComponent(series: Series, component: ComponentView): void {
  const labels = { component: component.name };
  for (const phase of Object.keys(phases)) series.set('phase', { ...labels, phase }, Number(phase === component.phase));
  const healthy = isFailing(component) ? 'unhealthy' : component.verdict;
  if (healthy === 'unknown') series.remove('healthy', labels);
  else series.set('healthy', labels, Number(healthy === 'healthy'));
  expect(series, component.name);
  series.set('critical', labels, Number(component.critical));
  series.set('budget', labels, component.budget.remaining);
  series.set('incidentOpen', labels, Number(component.incident !== null));
}

function expect(series: Series, component: string): void {
  for (const reason of expected.nodemend) series.add('restarts', { component, by: 'nodemend', reason }, 0);
  for (const reason of expected.systemd) series.add('restarts', { component, by: 'systemd', reason }, 0);
  for (const reason of expected.incidents) series.add('incidents', { component, reason }, 0);
}

function fillProcess(series: Series, view: NodeView): void {
  const { user, system } = process.cpuUsage();
  series.remove('cpu', {});
  series.add('cpu', {}, (user + system) / 1_000_000);
  series.set('memory', {}, process.memoryUsage.rss());
  series.set('start', {}, view.startedWallMs / 1_000);
  try {
    series.set('descriptors', {}, readdirSync('/proc/self/fd').length);
  } catch {
    // No /proc in this sandbox: the figure is left out rather than wrong.
    series.remove('descriptors', {});
  }
}
