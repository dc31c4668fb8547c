/** The one sentence for a name that nobody knows; the name is from outside and therefore bounded and quoted. */
export function unknownName(name: string, known: readonly string[], kind = 'component'): string {
  const list = known.length === 0 ? 'there are none' : `known are ${known.join(', ')}`;
  return `unknown ${kind} ${JSON.stringify(name.slice(0, 64))}: ${list}`;
}
