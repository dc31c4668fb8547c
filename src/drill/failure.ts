/**
 * A failure as data: what breaks, how it is broken by ordinary means from outside, what nodemend should do about it and what never, how that is
 * seen without asking nodemend alone, how long it may take, and how the node is healed.
 */

export const categories = ['process', 'systemd-and-bus', 'storage', 'time', 'network', 'agent', 'host'] as const;
export type Category = (typeof categories)[number];

export type Argv = readonly [string, ...string[]];
export type UnitName = `${string}.service`;
export const agentUnit = 'nodemend.service';

/** One thing done to the target, in order. */
export type Step =
  /** `mayFail`: its exit status does not matter. */
  | { readonly kind: 'run'; readonly argv: Argv; readonly mayFail?: boolean }
  /** The fault stands for so long. */
  | { readonly kind: 'stand'; readonly ms: number }
  /** Waits until systemd shows this of the unit; the drill is void when it does not come to that. */
  | {
      readonly kind: 'until';
      readonly unit: string;
      readonly property: Property;
      readonly is: string;
      readonly withinMs: number;
    }
  /** From here on nodemend can do something: times count from here. Without one they count from the first step. */
  | { readonly kind: 'count' };

/** What the witness reads of a unit. */
export const properties = [
  ...['ActiveState', 'SubState', 'MainPID', 'InvocationID', 'NRestarts', 'Result', 'UnitFileState'],
  ...['ActiveEnterTimestamp', 'ExecMainStartTimestamp'],
] as const;
export type Property =
  | 'ActiveState'
  | 'SubState'
  | 'MainPID'
  | 'InvocationID'
  | 'NRestarts'
  | 'Result'
  | 'UnitFileState'
  | 'ActiveEnterTimestamp'
  | 'ExecMainStartTimestamp';

export type Expectation =
  /** The unit is active with another run than before and answers. `by` nodemend: the witness on the bus saw it ask for that. */
  | { readonly kind: 'mended'; readonly unit: UnitName; readonly by: 'nodemend' | 'anyone' }
  /** nodemend asks nothing of systemd for so long. */
  | { readonly kind: 'left-alone'; readonly forMs: number }
  /** nodemend runs again with another main process than before, and answers. */
  | { readonly kind: 'returns' }
  /** The node has booted anew and all of its units run. */
  | { readonly kind: 'rebooted' }
  /** nodemend says this of a component: its own word, so never the only expectation. */
  | { readonly kind: 'reported'; readonly component: string; readonly phase: string };

export type Never =
  /** These get no new run. */
  | { readonly kind: 'restarted'; readonly units: readonly UnitName[] }
  /** nodemend asks systemd for more starts and restarts than this. */
  | { readonly kind: 'starts'; readonly moreThan: number }
  /** nodemend kills this unit. */
  | { readonly kind: 'killed'; readonly units: readonly UnitName[] }
  /** The node goes down. */
  | { readonly kind: 'down' };

export interface Failure {
  /** Kebab-case, told apart by it; what `run NAME` takes. */
  readonly name: string;
  /** What breaks, as a sentence without its full stop. */
  readonly title: string;
  readonly category: Category;
  readonly needs: Needs;
  readonly induce: readonly Step[];
  readonly expect: readonly Expectation[];
  readonly never: readonly Never[];
  /** Independent observations that decide, in words. */
  readonly witness: string;
  /** From the moment that times count from until all that is expected has been seen. */
  readonly withinMs: number;
  /** Each may be run twice, on a healthy node too; its exit status does not matter. */
  readonly heal: readonly Argv[];
}

export interface Needs {
  readonly units: readonly UnitName[];
  /** Programs on the target's PATH. */
  readonly tools: readonly string[];
  /** Files that must be there. */
  readonly files: readonly string[];
}
