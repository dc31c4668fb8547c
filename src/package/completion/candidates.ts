/** What may follow on the command line, and how a shell finds it out. */
import { reasons } from '../../core/reason.ts';

/** The components that the daemon supervises, from the table of `nodemend status`. */
export const componentsCommand = `nodemend status 2>/dev/null | sed -n '/^COMPONENT /,/^$/{/^COMPONENT /d;/^$/d;s/ .*//p}'`;

/** The incidents of a month, from the table of `nodemend history`. */
export const incidentsCommand = `nodemend history --since 30d 2>/dev/null | sed -n '1d;s/.* //p'`;

export type Candidates =
  | { readonly from: 'files' }
  | { readonly from: 'command'; readonly command: string }
  | { readonly from: 'words'; readonly words: readonly string[] }
  | { readonly from: 'nothing' };

const byName: Readonly<Record<string, Candidates>> = {
  file: { from: 'files' },
  dir: { from: 'files' },
  path: { from: 'files' },
  component: { from: 'command', command: componentsCommand },
  id: { from: 'command', command: incidentsCommand },
  reason: { from: 'words', words: Object.keys(reasons) },
};

/** For an argument or the value of an option, by the name it has in `--help`. The reason of a pause is free text. */
export function candidatesOf(name: string, choices: readonly string[]): Candidates {
  if (choices.length > 0) return { from: 'words', words: choices };
  return byName[name] ?? { from: 'nothing' };
}
