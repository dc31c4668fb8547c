/** What lasting trouble of no component is about, as the history of incidents names it; no component has a / in its name. */
import type { Transition } from '../transition.ts';
import { signsOf } from './sign.ts';

const kinds: Readonly<Record<string, string>> = { backup: 'backup/', snapshot: 'etcd/snapshot', proof: 'etcd/proof' };

/** Of the key of an alert; null where a component has an incident of its own, or history keeps none. */
export function subjectOf(key: string): string | null {
  const at = key.indexOf(':');
  const kind = key.slice(0, at);
  return Object.hasOwn(kinds, kind) ? `${kinds[kind]}${key.slice(at + 1)}` : null;
}

export interface Trouble {
  readonly subject: string;
  /** Whether it lasts after the transition. */
  readonly lasts: boolean;
}

/** null where a transition neither begins nor ends such trouble. */
export function troubleOf(transition: Transition): Trouble | null {
  const last = signsOf(transition).at(-1);
  if (last === undefined) return null;
  const subject = subjectOf('begins' in last ? last.begins : last.ends);
  return subject === null ? null : { subject, lasts: 'begins' in last };
}
