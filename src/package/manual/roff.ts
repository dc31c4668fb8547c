/** Manual pages in the man macros that groff and mandoc know alike. Texts come as they are; what stands between backticks is to be typed. */

const escapes: Readonly<Record<string, string>> = { '\\': '\\e', '-': '\\-', "'": '\\(aq', '^': '\\(ha', '~': '\\(ti' };

const escaped = (text: string): string => text.replace(/[\\\-'^~]/g, (character) => escapes[character] ?? character);

/** A line must not begin like a request. */
const guarded = (text: string): string => text.replace(/^\./gm, '\\&.');

export const bold = (text: string): string => `\\fB${escaped(text)}\\fP`;
export const italic = (text: string): string => `\\fI${escaped(text)}\\fP`;

/** A sentence or more. */
export function prose(text: string): string {
  const pieces = text.split('`');
  return guarded(pieces.map((piece, at) => (at % 2 === 1 ? bold(piece) : escaped(piece))).join(''));
}

export interface Title {
  readonly name: string;
  readonly section: 5 | 8;
  readonly version: string;
  /** Seconds since 1970. */
  readonly epoch: number;
}

export function page({ name, section, version, epoch }: Title, parts: readonly string[]): string {
  const day = new Date(epoch * 1_000).toISOString().slice(0, 10);
  const kind = section === 8 ? 'System administration' : 'File formats';
  const head = `.TH "${escaped(name).toUpperCase()}" ${section} ${day} "nodemend ${version}" "${kind}"`;
  return `${[head, ...parts].join('\n')}\n`;
}

export const chapter = (title: string, ...parts: readonly string[]): string => [`.SH ${title}`, ...parts].join('\n');
export const section = (title: string, ...parts: readonly string[]): string => [`.SS ${title}`, ...parts].join('\n');
export const paragraph = (text: string): string => `.PP\n${prose(text)}`;

/** `term` is in roff already. */
export const entry = (term: string, ...lines: readonly string[]): string =>
  ['.TP', term, ...lines.filter((line) => line !== '')].join('\n');
export const indented = (...parts: readonly string[]): string =>
  parts.length === 0 ? '' : ['.RS', ...parts, '.RE'].join('\n');

/** Lines that stay as they are. */
export const verbatim = (text: string): string => ['.PP', '.EX', guarded(escaped(text.trimEnd())), '.EE'].join('\n');
