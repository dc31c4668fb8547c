/** What is to be: one for each command. A plan is made of it and of what is there, anew before every step. */
import type { DataOnDisk, Place } from './scene.ts';

export type Wish =
  /** A new cluster of these members. `expected`: what the data of this node's member will carry. */
  | { readonly command: 'create'; readonly places: readonly Place[]; readonly expected: DataOnDisk }
  /** This node's member votes. `replacing`: the id of a dead member whose place it takes, its own or another one's. */
  | { readonly command: 'add'; readonly replacing: null }
  | { readonly command: 'replace'; readonly replacing: string | null }
  | { readonly command: 'remove'; readonly memberId: string }
  /** `places`: of the configuration, who may come and who stays; empty where it does not say. */
  | { readonly command: 'resize'; readonly voters: number; readonly places: readonly Place[] }
  /** This node's member runs what is installed. */
  | { readonly command: 'upgrade' }
  | { readonly command: 'defrag' }
  | { readonly command: 'disarm' }
  | {
      readonly command: 'restore';
      readonly snapshot: Snapshot;
      readonly places: readonly Place[];
      readonly token: string;
      readonly expected: DataOnDisk;
    };

export interface Snapshot {
  readonly path: string;
  readonly sha256: string;
  /** The last that it holds. */
  readonly revision: number;
}
