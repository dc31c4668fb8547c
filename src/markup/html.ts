/** Markup for the pages that are made here. What `html` did not make is text from somewhere and is escaped: nothing has to be remembered where it is used. */
import { escapeHtml } from './clean.ts';

export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export type Piece = string | number | Markup | readonly Piece[];

export function html(parts: TemplateStringsArray, ...pieces: readonly Piece[]): Markup {
  return new Markup(parts.reduce((text, part, index) => `${text}${render(pieces[index - 1] ?? '')}${part}`));
}

function render(piece: Piece): string {
  if (piece instanceof Markup) return piece.text;
  return typeof piece === 'object' ? piece.map(render).join('') : escapeHtml(String(piece));
}
