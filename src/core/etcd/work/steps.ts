/** What may be done to a cluster and to this node's member, as values; and what comes next. */
import type { DataOnDisk, Place } from './scene.ts';
import type { Snapshot } from './wish.ts';

export type WorkStep =
  | { readonly do: 'snapshot' }
  | { readonly do: 'move-leader'; readonly memberId: string; readonly name: string }
  | { readonly do: 'remove'; readonly memberId: string; readonly name: string }
  | { readonly do: 'add-learner'; readonly name: string; readonly peerUrls: readonly string[] }
  | { readonly do: 'promote'; readonly name: string; readonly peerUrls: readonly string[] }
  | { readonly do: 'compact'; readonly revision: number }
  | { readonly do: 'defragment'; readonly memberId: string; readonly name: string }
  | { readonly do: 'disarm' }
  | { readonly do: 'stop'; readonly unit: string }
  | { readonly do: 'start'; readonly unit: string }
  | { readonly do: 'restart'; readonly unit: string }
  /** The data is kept beside where it lay. */
  | { readonly do: 'set-aside'; readonly directory: string }
  | {
      readonly do: 'configure';
      readonly initialCluster: string;
      readonly state: 'new' | 'existing';
      readonly token: string | null;
    }
  | {
      readonly do: 'restore';
      readonly snapshot: Snapshot;
      readonly directory: string;
      readonly name: string;
      readonly places: readonly Place[];
      readonly token: string;
      readonly expected: DataOnDisk;
    };

export interface PlannedStep {
  readonly step: WorkStep;
  readonly why: string;
}

export type Next =
  | ({ readonly is: 'step' } & PlannedStep)
  /** Something is under way that ends by itself. */
  | { readonly is: 'wait'; readonly what: string }
  /** Nothing more to do on this node. `awaited`: nothing answers before the others have done the same, and they may be at it. */
  | { readonly is: 'elsewhere'; readonly what: readonly string[]; readonly awaited: boolean }
  | { readonly is: 'refused'; readonly why: string }
  | { readonly is: 'done'; readonly what: string };

export const toDo = (step: WorkStep, why: string): Next => ({ is: 'step', step, why });
export const refuse = (why: string): Next => ({ is: 'refused', why });
export const waitFor = (what: string): Next => ({ is: 'wait', what });
export const done = (what: string): Next => ({ is: 'done', what });

const namesOf = (initialCluster: string): string =>
  initialCluster
    .split(',')
    .map((pair) => pair.split('=')[0])
    .join(', ');

/** One line for an operator. */
export function describe(step: WorkStep): string {
  switch (step.do) {
    case 'snapshot':
      return 'take a snapshot';
    case 'move-leader':
      return `move the leadership to ${step.name}`;
    case 'remove':
      return `remove ${step.name} (${BigInt(step.memberId).toString(16)}) from the cluster`;
    case 'add-learner':
      return `add ${step.name} (${step.peerUrls.join(', ')}) as a learner`;
    case 'promote':
      return `promote ${step.name} to a voter`;
    case 'compact':
      return `compact the history up to revision ${step.revision}`;
    case 'defragment':
      return `defragment ${step.name}`;
    case 'disarm':
      return 'disarm the alarm NOSPACE';
    case 'stop':
    case 'start':
    case 'restart':
      return `${step.do} ${step.unit}`;
    case 'set-aside':
      return `set the data in ${step.directory} aside, which keeps it there under another name`;
    case 'configure':
      return `set how it joins: state ${step.state}, with ${namesOf(step.initialCluster)}`;
    case 'restore':
      return `restore ${step.snapshot.path} into ${step.directory}`;
  }
}

/** Of this node's member, and not of the cluster. */
const local: ReadonlySet<WorkStep['do']> = new Set(['stop', 'start', 'restart', 'set-aside', 'configure', 'restore']);

export const isLocal = (step: WorkStep): boolean => local.has(step.do);
