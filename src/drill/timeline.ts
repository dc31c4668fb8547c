/** What happened in which order, for people: what the drill did, what the witness saw and heard. */
import type { UnitName } from './failure.ts';
import type { Moment } from './induce.ts';
import { describeDeed } from './judge.ts';
import type { Observed, Sample } from './observed.ts';

export type Actor = 'drill' | 'nodemend' | 'node';

export interface TimelineEntry {
  /** Milliseconds after times began to count; negative before. */
  readonly atMs: number;
  readonly who: Actor;
  readonly what: string;
}

function describeChange(unit: UnitName, before: Sample, after: Sample): string | null {
  const [was, is] = [before.units[unit], after.units[unit]];
  if (was === undefined || is === undefined) return null;
  const state = `${is.ActiveState} (${is.SubState})`;
  if (was.InvocationID !== is.InvocationID && is.MainPID !== '0') return `${unit}: new process ${is.MainPID}, ${state}`;
  if (`${was.ActiveState} (${was.SubState})` !== state) return `${unit}: ${state}`;
  if (was.MainPID !== is.MainPID) return `${unit}: process ${is.MainPID}, ${state}`;
  return null;
}

function changesOf({ before, samples }: Observed): readonly Moment[] {
  return samples.flatMap((sample, index) => {
    const last = samples[index - 1] ?? before;
    const units = Object.keys(sample.units) as UnitName[];
    const changes = units.map((unit) => describeChange(unit, last, sample)).filter((text) => text !== null);
    const boot = sample.bootId === last.bootId ? [] : ['the node has booted anew'];
    return [...boot, ...changes].map((what) => ({ atMs: sample.atMs, what }));
  });
}

export function makeTimeline(observed: Observed, done: readonly Moment[]): readonly TimelineEntry[] {
  const entries = [
    ...done.map(({ atMs, what }) => ({ atMs, who: 'drill' as const, what })),
    ...changesOf(observed).map(({ atMs, what }) => ({ atMs, who: 'node' as const, what })),
    ...observed.deeds.map((deed) => ({ atMs: deed.atMs, who: 'nodemend' as const, what: describeDeed(deed) })),
  ];
  return entries
    .toSorted((a, b) => a.atMs - b.atMs)
    .map((entry) => ({ ...entry, atMs: Math.round(entry.atMs - observed.struckAtMs) }));
}
