/** Pure readers of /proc/pressure/* and /proc/locks. */

/** Share of time stalled over the last 10 s, 0 to 1; 0 for a text that is not PSI. `kind` is some or full. */
export function parsePressure(text: string, kind: 'some' | 'full'): number {
  const found = new RegExp(`^${kind} avg10=(\\d+(?:\\.\\d+)?)`, 'm').exec(text);
  return found === null ? 0 : Math.min(1, Number(found[1]) / 100);
}

/** Whether one of the files (as `major:minor:inode`, hexadecimal device numbers as the kernel prints them) is locked by anybody. */
export function isLocked(locks: string, inodes: ReadonlySet<number>): boolean {
  return [...locks.matchAll(/^\d+: \S+\s+\S+\s+WRITE\s+-?\d+\s+[0-9a-f]+:[0-9a-f]+:(\d+)\s/gim)].some(([, inode]) =>
    inodes.has(Number(inode)),
  );
}
