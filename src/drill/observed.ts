/** What the witness saw of one failure: plain values, times in milliseconds of the node's wall clock since 1970. */
import type { Property, UnitName } from './failure.ts';

export type UnitState = Readonly<Record<Property, string>>;

/** One look at the node. */
export interface Sample {
  readonly atMs: number;
  readonly bootId: string;
  readonly units: Readonly<Record<UnitName, UnitState>>;
  /** Of the units that are asked for an answer: whether one came. */
  readonly answers: Readonly<Record<UnitName, boolean>>;
  /** Component -> phase, as nodemend says; null when it was not asked or did not answer. */
  readonly phases: Readonly<Record<string, string>> | null;
}

/** A call on the system bus that changes a unit or the node. */
export interface Deed {
  readonly atMs: number;
  readonly member: string;
  readonly unit: string;
}

export interface Observed {
  /** The last look before anything was broken. */
  readonly before: Sample;
  /** From here times count. */
  readonly struckAtMs: number;
  /** Looks since the first step. */
  readonly samples: readonly Sample[];
  /** nodemend's since the first step. */
  readonly deeds: readonly Deed[];
}
