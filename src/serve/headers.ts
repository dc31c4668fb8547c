/** The headers that every reply carries, whatever path it takes through the server. */
import { createHash } from 'node:crypto';
import { pageStyle } from './style.ts';

const styleHash = createHash('sha256').update(pageStyle).digest('base64');

/** Nothing may be loaded, framed, kept or guessed; the page's own style sheet is let in by its hash. */
export const everyReply: Readonly<Record<string, string>> = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy': `default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
};

export const plainText = 'text/plain; charset=utf-8';
export const json = 'application/json; charset=utf-8';
