/** The headers that every reply carries, whatever path it takes through the server. */
import { createHash } from 'node:crypto';
import { pageScript } from './page/script.ts';
import { pageStyle } from './page/style.ts';

const sourceOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

const policy = [
  "default-src 'none'",
  `style-src ${sourceOf(pageStyle)}`,
  `script-src ${sourceOf(pageScript)}`,
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
];

/** Nothing may be loaded, framed, kept or guessed; the page's own style sheet and script are let in by their hashes. */
export const everyReply: Readonly<Record<string, string>> = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy': policy.join('; '),
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
};

export const plainText = 'text/plain; charset=utf-8';
export const json = 'application/json; charset=utf-8';
