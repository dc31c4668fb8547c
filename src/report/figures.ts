/**
 * The figures of a report, from the records of one node or of many. Pure. Availability is the share of the time that is known in which no incident
 * was under way; what was before a node's history goes back is left out.
 */
import type { BriefIncident } from '../ports.ts';
import { detectMs, lengthWithin, outagesOf, type Stretch } from './outage.ts';
import type { NodeRecord } from './record.ts';
import { type Spread, spreadOf } from './spread.ts';

export interface Totals {
  readonly incidents: number;
  readonly open: number;
  /** Of all components of all nodes. */
  readonly observedMs: number;
  readonly downMs: number;
  /** null where nothing was observed. */
  readonly availability: number | null;
  readonly detect: Spread | null;
  readonly recover: Spread | null;
  readonly restarts: Readonly<Record<'nodemend' | 'systemd' | 'other', number>>;
}

export interface ComponentFigures {
  readonly component: string;
  readonly nodes: number;
  readonly incidents: number;
  readonly downMs: number;
  readonly availability: number | null;
  /** The node on which it was down longest. */
  readonly worst: { readonly node: string; readonly downMs: number };
  readonly restarts: Totals['restarts'];
}

export interface Figures {
  readonly nodes: readonly { readonly node: string; readonly incidents: number; readonly downMs: number }[];
  readonly period: Stretch;
  /** Since when every node's history goes back, at the earliest the beginning of the period before. */
  readonly knownSinceMs: number;
  readonly now: Totals;
  /** null where nothing is known of it. */
  readonly before: Totals | null;
  readonly components: readonly ComponentFigures[];
  readonly causes: readonly { readonly cause: string; readonly now: number; readonly before: number | null }[];
  readonly alerts: readonly { readonly target: string; readonly reason: string; readonly told: number }[];
  /** The period in equal parts, oldest first. */
  readonly slices: readonly { readonly stretch: Stretch; readonly incidents: number; readonly downMs: number }[];
}

const slicesInPeriod = 30;

/** One component of one node over one stretch of time. */
interface Watched {
  readonly node: string;
  readonly component: string;
  readonly within: Stretch;
  readonly incidents: readonly BriefIncident[];
  readonly outages: readonly Stretch[];
  readonly restarts: NodeRecord['restarts'];
}

const periodOf = ({ sinceWallMs, untilWallMs }: NodeRecord): Stretch => ({ fromMs: sinceWallMs, toMs: untilWallMs });

const periodBefore = ({ sinceWallMs, untilWallMs }: NodeRecord): Stretch => ({
  fromMs: 2 * sinceWallMs - untilWallMs,
  toMs: sinceWallMs,
});

const isWithin = (wallMs: number, { fromMs, toMs }: Stretch): boolean => wallMs >= fromMs && wallMs < toMs;

/** What is known of a stretch; nothing of it where history begins later. */
function known(stretch: Stretch, { knownSinceWallMs }: NodeRecord): Stretch {
  const fromMs = Math.min(stretch.toMs, Math.max(stretch.fromMs, knownSinceWallMs));
  return { fromMs, toMs: stretch.toMs };
}

/** Components that have left the configuration count as long as they had incidents or restarts. */
function watchedIn(record: NodeRecord, stretch: Stretch): readonly Watched[] {
  const { node, incidents, restarts, untilWallMs } = record;
  const within = known(stretch, record);
  const told = [...incidents, ...restarts].map(({ component }) => component);
  return [...new Set([...record.components, ...told])].map((component) => {
    const own = incidents.filter((one) => one.component === component);
    return {
      node,
      component,
      within,
      incidents: own.filter(({ openedWallMs }) => isWithin(openedWallMs, within)),
      outages: outagesOf(own, untilWallMs),
      restarts: restarts.filter((one) => one.component === component && isWithin(one.wallMs, within)),
    };
  });
}

const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);
const downIn = ({ outages }: Watched, stretch: Stretch): number =>
  sum(outages.map((outage) => lengthWithin(outage, stretch)));
const downOf = (watched: readonly Watched[]): number => sum(watched.map((one) => downIn(one, one.within)));
const observedOf = (watched: readonly Watched[]): number =>
  sum(watched.map(({ within }) => within.toMs - within.fromMs));

function availabilityOf(watched: readonly Watched[]): number | null {
  const observedMs = observedOf(watched);
  return observedMs === 0 ? null : 1 - downOf(watched) / observedMs;
}

function restartsOf(watched: readonly Watched[]): Totals['restarts'] {
  const by = watched.flatMap(({ restarts }) => restarts.map((restart) => restart.by));
  const count = (who: string): number => by.filter((one) => one === who).length;
  return { nodemend: count('nodemend'), systemd: count('systemd'), other: count('other') };
}

function totalsOf(watched: readonly Watched[]): Totals {
  const incidents = watched.flatMap((one) => one.incidents);
  const times = (values: readonly (number | null)[]): Spread | null =>
    spreadOf(values.filter((value) => value !== null));
  return {
    incidents: incidents.length,
    open: incidents.filter(({ closedWallMs }) => closedWallMs === null).length,
    observedMs: observedOf(watched),
    downMs: downOf(watched),
    availability: availabilityOf(watched),
    detect: times(incidents.map(detectMs)),
    recover: times(incidents.filter(({ recovered }) => recovered === true).map(({ durationMs }) => durationMs)),
    restarts: restartsOf(watched),
  };
}

function grouped<T>(values: readonly T[], keyOf: (value: T) => string): readonly (readonly [string, readonly T[]])[] {
  const groups = new Map<string, T[]>();
  for (const value of values) groups.set(keyOf(value), [...(groups.get(keyOf(value)) ?? []), value]);
  return [...groups].toSorted(([one], [other]) => (one < other ? -1 : 1));
}

function componentFigures(component: string, watched: readonly Watched[]): ComponentFigures {
  const byNode = watched.map((one) => ({ node: one.node, downMs: downIn(one, one.within) }));
  const [worst] = byNode.toSorted((one, other) => other.downMs - one.downMs);
  return {
    component,
    nodes: watched.length,
    incidents: sum(watched.map(({ incidents }) => incidents.length)),
    downMs: downOf(watched),
    availability: availabilityOf(watched),
    worst: worst ?? { node: '', downMs: 0 },
    restarts: restartsOf(watched),
  };
}

function causesOf(now: readonly Watched[], before: readonly Watched[] | null): Figures['causes'] {
  const all = (watched: readonly Watched[] | null): string[] =>
    (watched ?? []).flatMap(({ incidents }) => incidents.map(({ cause }) => cause));
  const [these, those] = [all(now), all(before)];
  const count = (causes: readonly string[], cause: string): number => causes.filter((one) => one === cause).length;
  return [...new Set([...these, ...those])]
    .map((cause) => ({
      cause,
      now: count(these, cause),
      before: before === null ? null : count(those, cause),
    }))
    .toSorted((one, other) => other.now - one.now || (one.cause < other.cause ? -1 : 1));
}

function alertsOf(records: readonly NodeRecord[]): Figures['alerts'] {
  const sent = records.flatMap((record) => record.alerts.filter(({ wallMs }) => isWithin(wallMs, periodOf(record))));
  return grouped(
    sent.filter(({ ended }) => !ended),
    ({ target, reason }) => JSON.stringify([target, reason]),
  ).map(([, group]) => ({ target: group[0]?.target ?? '', reason: group[0]?.reason ?? '', told: group.length }));
}

function slicesOf({ fromMs, toMs }: Stretch, watched: readonly Watched[]): Figures['slices'] {
  const lengthMs = (toMs - fromMs) / slicesInPeriod;
  return Array.from({ length: slicesInPeriod }, (_, at) => {
    const stretch = { fromMs: fromMs + at * lengthMs, toMs: fromMs + (at + 1) * lengthMs };
    return {
      stretch,
      incidents: sum(
        watched.map((one) => one.incidents.filter(({ openedWallMs }) => isWithin(openedWallMs, stretch)).length),
      ),
      downMs: sum(watched.map((one) => downIn(one, stretch))),
    };
  });
}

/** At least one record; each node at most once. */
export function figuresOf(records: readonly NodeRecord[]): Figures {
  const now = records.flatMap((record) => watchedIn(record, periodOf(record)));
  const earlier = records.flatMap((record) => watchedIn(record, periodBefore(record)));
  const before = observedOf(earlier) === 0 ? null : earlier;
  const period = {
    fromMs: Math.min(...records.map(({ sinceWallMs }) => sinceWallMs)),
    toMs: Math.max(...records.map(({ untilWallMs }) => untilWallMs)),
  };
  return {
    nodes: grouped(now, ({ node }) => node).map(([node, watched]) => ({
      node,
      incidents: sum(watched.map(({ incidents }) => incidents.length)),
      downMs: downOf(watched),
    })),
    period,
    knownSinceMs: Math.max(...records.map((record) => Math.max(record.knownSinceWallMs, periodBefore(record).fromMs))),
    now: totalsOf(now),
    before: before === null ? null : totalsOf(before),
    components: grouped(now, ({ component }) => component).map(([component, watched]) =>
      componentFigures(component, watched),
    ),
    causes: causesOf(now, before),
    alerts: alertsOf(records),
    slices: slicesOf(period, now),
  };
}
