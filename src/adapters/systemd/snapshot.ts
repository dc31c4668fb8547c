/**
 * What is known of one unit. Signals are merged into the last snapshot and passed on without a round trip; reads replace it.
 * At most one read is outstanding; what is asked for meanwhile becomes one more read after it.
 *
 * COHERENCE: systemd sends the changes of a unit as a pair, first the half of its type (MainPID, Result), at once after it the
 * Unit half (ActiveState, Job); always both, for every change. The first is merged silently and the pair passed on with the
 * second, so that nobody sees a unit that is active without a process. Should a second half ever be lost, the next signal or
 * reconcile passes it on.
 *
 * SETTINGS are in no signal. While they are outdated, what happens without a job is passed on with the read that brings them: of a clean
 * exit Restart= tells whether systemd is going to answer it.
 */
import type { Unit } from '../../core/mend/unit.ts';
import type { Emit } from '../../ports.ts';
import { pathOfUnit } from './object-path.ts';
import { parseUnit } from './parse-unit.ts';
import { decodeProperties, needsRead, type Properties } from './properties.ts';

/** Reads all properties of the object; null when that was not possible. Calls `done` exactly once. */
export type ReadProperties = (path: string, done: (properties: Properties | null) => void) => void;

export interface SnapshotOptions {
  readonly emit: Emit;
  readonly read: ReadProperties;
  /** Numbers the reads of all units in the order of asking. */
  readonly nextRead: () => number;
  readonly onRead: (unit: Unit, read: number) => void;
  /** The unit turned out to be an alias: the match rules have to follow. */
  readonly onRenamed: () => void;
}

export interface Snapshot {
  /** The primary name, which systemd's signals carry; the watched name until a read tells. */
  id(): string;
  /** Where systemd's signals for that name come from. */
  path(): string;
  unit(): Unit | null;
  /** Takes a PropertiesChanged. */
  merge(body: readonly unknown[]): void;
  /** The unit's files changed: only what is asked for from now on tells its settings. */
  outdate(): void;
  /** Calls `done` with whether the unit could be read. `always` passes it on even when nothing differs. */
  refresh(always: boolean, done: (read: boolean) => void): void;
  /** Not watched any more: says nothing from now on. */
  drop(): void;
}

const unitInterface = 'org.freedesktop.systemd1.Unit';

export function createSnapshot(name: string, options: SnapshotOptions): Snapshot {
  const waiting: ((read: boolean) => void)[] = [];
  let id = name;
  let path = pathOfUnit(name);
  let raw: Properties | null = null;
  let unit: Unit | null = null;
  let reading = false;
  let again = false;
  let tellAlways = true;
  let dropped = false;
  let outdated = false;
  let updating = false;

  const tell = (properties: Properties): Unit => {
    const now = parseUnit(name, properties);
    const same = unit !== null && JSON.stringify(unit) === JSON.stringify(now);
    unit = now;
    if (same && !tellAlways) return now;
    tellAlways = false;
    options.emit({ type: 'unit.changed', unit: now });
    return now;
  };
  const take = (properties: Properties, number: number): void => {
    raw = properties;
    const known = typeof properties['Id'] === 'string' && properties['Id'] !== '' ? properties['Id'] : name;
    if (known !== id) {
      id = known;
      path = pathOfUnit(known);
      // What was signaled for the primary name before the rule stands is missed, so it is read once more.
      again = true;
      options.onRenamed();
    }
    options.onRead(tell(properties), number);
  };
  const read = (): void => {
    again = reading;
    if (reading) return;
    reading = true;
    updating = outdated;
    outdated = false;
    const number = options.nextRead();
    options.read(pathOfUnit(name), (properties) => {
      reading = false;
      outdated ||= updating && properties === null;
      updating = false;
      if (properties !== null && !dropped) take(properties, number);
      if (again && properties !== null && !dropped) return read();
      for (const done of waiting.splice(0)) done(properties !== null);
    });
  };
  return {
    id: () => id,
    path: () => path,
    unit: () => unit,
    merge(body) {
      if (raw === null || dropped) return;
      raw = { ...raw, ...decodeProperties(body[1]) };
      const held = (outdated || updating) && parseUnit(name, raw).job === 0;
      if (body[0] === unitInterface && !held) tell(raw);
      if (held || needsRead(body[2]) || isIncomplete(raw)) read();
    },
    outdate() {
      outdated = true;
    },
    refresh(always, done) {
      tellAlways ||= always;
      waiting.push(done);
      read();
    },
    drop() {
      dropped = true;
    },
  };
}

/** systemd signals neither LoadState nor ControlGroup: a unit that moves although it was not there, or got its first process. */
const isIncomplete = (raw: Properties): boolean => {
  if (raw['LoadState'] !== 'loaded') return true;
  return raw['ControlGroup'] === '' && typeof raw['MainPID'] === 'number' && raw['MainPID'] > 0;
};
