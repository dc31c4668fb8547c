/** Text from outside made fit for an observation: one line, no control characters, bounded. */

const mostCharacters = 200;
/** Cc, Cf (bidirectional and zero-width marks), Zl and Zp: what could move a cursor, hide text or begin a new line; and broken halves. */
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+/gu;

/** At most 200 characters, never half of one. */
export function cleanDetail(text: string): string {
  // What is cut off is not worth cleaning; twice the length leaves room for what is taken out.
  const clean = text
    .slice(0, 4 * mostCharacters)
    .replace(unseen, ' ')
    .trim();
  return clean.length <= mostCharacters ? clean : `${clean.slice(0, mostCharacters - 1).replace(/\p{Cs}$/u, '')}…`;
}
