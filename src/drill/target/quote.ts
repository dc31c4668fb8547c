/** Words for a POSIX shell on the other side: whatever is in them arrives as it is. */

export const quoteWord = (word: string): string =>
  /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

export const quote = (argv: readonly string[]): string => argv.map(quoteWord).join(' ');
