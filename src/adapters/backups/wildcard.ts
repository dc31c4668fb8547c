/**
 * Whether a name fits a pattern with * and ?. As in a shell, a name that begins with a dot is meant only by a pattern that does: there lies what is still
 * being written. In time that grows with the product of the two lengths, whatever they are.
 */
export function fits(name: string, pattern: string): boolean {
  if (name.startsWith('.') && !pattern.startsWith('.')) return false;
  let [at, next, star, retry] = [0, 0, -1, 0];
  while (at < name.length) {
    if (pattern[next] === '*') {
      star = next;
      retry = at;
      next += 1;
    } else if (pattern[next] === '?' || pattern[next] === name[at]) {
      at += 1;
      next += 1;
    } else if (star >= 0) {
      retry += 1;
      at = retry;
      next = star + 1;
    } else return false;
  }
  return /^\**$/.test(pattern.slice(next));
}

export const hasWildcard = (pattern: string): boolean => /[*?]/.test(pattern);
