/**
 * Text from outside made fit to be shown: control characters and the marks that turn the direction of writing are taken
 * out, lengths bounded, HTML escaped. Never decides what is shown.
 */

// Cc, Cf (bidirectional and zero-width marks), Zl and Zp: what could move a cursor, hide text or begin a new line.
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu;

const seen = (text: string): string => text.replace(unseen, ' ');

/** One line of plain text of at most `maxCharacters`. */
export function cleanText(text: string, maxCharacters = 200): string {
  return seen(text).trim().slice(0, maxCharacters);
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const mostCharacters = 2_000;

/** Plain text for HTML, in an element or a quoted attribute; the spaces around it stay. */
export function escapeHtml(text: string): string {
  return seen(text)
    .slice(0, mostCharacters)
    .replace(/[&<>"']/g, (character) => entities[character] ?? '');
}
