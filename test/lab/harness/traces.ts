/** What there is of a lab on the test machine: empty when everything of it was removed. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { labsWithCgroups } from './cgroup.ts';
import { LAB_RUNS } from './places.ts';

const namesIn = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder) : []);

export function tracesOf(id: string): string[] {
  return [
    ...namesIn(LAB_RUNS).filter((name) => name.startsWith(id)),
    ...namesIn('/run/netns').filter((name) => name.includes(id)),
    ...labsWithCgroups().filter((name) => name === id),
    ...(readFileSync('/proc/self/mounts', 'utf8').match(new RegExp(id, 'g')) ?? []),
  ];
}
