/**
 * The metric families as prom-client objects in a registry of our own, with a note of which series belong to which
 * component, so that a component that left the configuration leaves the metrics too.
 */
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { type Family, type FamilyKey, families } from './families.ts';

export type Labels = Readonly<Record<string, string>>;

export interface Series {
  /** Sets a gauge. */
  set(key: FamilyKey, labels: Labels, value: number): void;
  /** Adds to a counter; 0 makes the series appear. */
  add(key: FamilyKey, labels: Labels, value: number): void;
  /** Takes a value into a histogram. */
  observe(key: FamilyKey, labels: Labels, value: number): void;
  /** Removes one series. */
  remove(key: FamilyKey, labels: Labels): void;
  /** Removes every series of a family that belongs to no component. */
  clear(key: FamilyKey): void;
  /** Removes the series of every component that is not in `components`. */
  keepOnly(components: ReadonlySet<string>): void;
  text(): Promise<string>;
}

/** What a series goes with: a component, or an election, whose names are their own. */
export const electionOwner = (election: string): string => `election ${election}`;

function ownerOf({ component, election }: Labels): string | undefined {
  return component ?? (election === undefined ? undefined : electionOwner(election));
}

type Metric = Counter | Gauge | Histogram;

export function createSeries(): Series {
  const registry = new Registry();
  const metrics = new Map<string, Metric>();
  for (const [key, family] of Object.entries<Family>(families)) metrics.set(key, createMetric(registry, family));
  // component -> family and labels -> how to remove that series.
  const owned = new Map<string, Map<string, () => void>>();

  function own(key: FamilyKey, labels: Labels, metric: Metric): void {
    const component = ownerOf(labels);
    if (component === undefined) return;
    const ofComponent = owned.get(component) ?? new Map<string, () => void>();
    owned.set(component, ofComponent);
    const name = nameSeries(key, labels);
    if (!ofComponent.has(name)) ofComponent.set(name, () => metric.remove(labels));
  }

  return {
    set: (key, labels, value) => {
      const metric = metrics.get(key);
      if (!(metric instanceof Gauge)) throw new Error(`${key} is not a gauge`);
      metric.set(labels, value);
      own(key, labels, metric);
    },
    add: (key, labels, value) => {
      const metric = metrics.get(key);
      if (!(metric instanceof Counter)) throw new Error(`${key} is not a counter`);
      metric.inc(labels, value);
      own(key, labels, metric);
    },
    observe: (key, labels, value) => {
      const metric = metrics.get(key);
      if (!(metric instanceof Histogram)) throw new Error(`${key} is not a histogram`);
      metric.observe(labels, value);
      own(key, labels, metric);
    },
    remove: (key, labels) => {
      metrics.get(key)?.remove(labels);
      owned.get(ownerOf(labels) ?? '')?.delete(nameSeries(key, labels));
    },
    clear: (key) => metrics.get(key)?.reset(),
    keepOnly: (components) => {
      for (const [component, ofComponent] of owned) {
        if (components.has(component)) continue;
        for (const removeSeries of ofComponent.values()) removeSeries();
        owned.delete(component);
      }
    },
    text: () => registry.metrics(),
  };
}

function createMetric(registry: Registry, family: Family): Metric {
  const options = { name: family.name, help: family.help, labelNames: [...family.labels], registers: [registry] };
  if (family.type === 'counter') return new Counter(options);
  if (family.type === 'gauge') return new Gauge(options);
  return new Histogram({ ...options, buckets: [...(family.buckets ?? [])] });
}

function nameSeries(key: FamilyKey, labels: Labels): string {
  return JSON.stringify([key, ...Object.values(labels)]);
}
