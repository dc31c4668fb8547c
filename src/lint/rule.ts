/** What a rule is given and what it gives. */
import type { Document } from './document.ts';
import type { Finding } from './finding.ts';
import type { Program } from './program.ts';

export interface Subject {
  readonly documents: readonly Document[];
  readonly programs: readonly Program[];
}

/** Pure; in any order, without repeating itself. */
export type Rule = (subject: Subject) => readonly Finding[];
