/** The bodies of the paths that change something, checked field by field. Pure; every problem is one clear sentence. */

import { parseDuration } from '../config/duration.ts';
import { cleanText } from '../markup/clean.ts';
import { unknownName } from './names.ts';
import type { Ask } from './view.ts';

export const askPaths = {
  '/api/v1/pause': 'pause',
  '/api/v1/resume': 'resume',
  '/api/v1/restart': 'restart',
  '/api/v1/reload': 'reload',
  '/api/v1/alert-test': 'alert-test',
} as const satisfies Record<string, Ask['type']>;

export type AskResult =
  | { readonly ok: true; readonly ask: Ask }
  | { readonly ok: false; readonly status: 400 | 404; readonly message: string };

/** A pause ends by itself; one that is longer than this was probably meant for ever. */
const maxPauseMs = 7 * 86_400_000;
const minPauseMs = 1_000;

const fieldsOf: Readonly<Record<Ask['type'], readonly string[]>> = {
  pause: ['component', 'for', 'reason'],
  resume: ['component'],
  restart: ['component'],
  reload: [],
  'alert-test': ['target'],
};

/** The request in `body` (parsed JSON of any shape) for one of the components in `known`, or one of the targets of alerts. */
export function parseAsk(
  type: Ask['type'],
  body: unknown,
  known: readonly string[],
  targets: readonly string[],
): AskResult {
  const fields = readFields(type, body ?? {});
  if (typeof fields === 'string') return refuse(400, fields);
  if (type === 'alert-test') return parseTest(fields['target'] ?? null, targets);
  const component = fields['component'] ?? null;
  if (component !== null && !known.includes(component)) return refuse(404, unknownName(component, known));
  if (type === 'reload') return { ok: true, ask: { type } };
  if (type === 'resume') return { ok: true, ask: { type, component } };
  if (type === 'pause') return parsePause(component, fields);
  if (component === null) return refuse(400, `component is missing: name one of ${known.join(', ')}`);
  return { ok: true, ask: { type, component } };
}

function parseTest(target: string | null, targets: readonly string[]): AskResult {
  if (target === null || targets.includes(target)) return { ok: true, ask: { type: 'alert-test', target } };
  const known = targets.length === 0 ? 'none is configured' : `known are ${targets.join(', ')}`;
  return refuse(404, `there is no target ${JSON.stringify(target.slice(0, 64))}: ${known}`);
}

function parsePause(component: string | null, fields: Readonly<Record<string, string>>): AskResult {
  const given = fields['for'] ?? '';
  const forMs = parseDuration(given);
  if (forMs === null || forMs < minPauseMs || forMs > maxPauseMs) {
    const shown = JSON.stringify(given.slice(0, 64));
    return refuse(400, `for is ${shown}: write how long, from 1s to 7d, for example 30m`);
  }
  const text = cleanText(fields['reason'] ?? '');
  if (text === '') return refuse(400, 'reason is missing: say why supervision is paused');
  return { ok: true, ask: { type: 'pause', component, forMs, text } };
}

/** The fields as strings, or a sentence about the first that is wrong. An absent component or target may also be null. */
function readFields(type: Ask['type'], body: unknown): Readonly<Record<string, string>> | string {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return 'the body is not a JSON object';
  const fields: Record<string, string> = {};
  for (const [name, value] of Object.entries(body)) {
    const shown = JSON.stringify(name.slice(0, 64));
    if (!fieldsOf[type].includes(name)) return `unknown field ${shown}: ${type} takes ${listFields(type)}`;
    if ((name === 'component' || name === 'target') && value === null) continue;
    if (typeof value !== 'string') return `${name} is not a string`;
    fields[name] = value;
  }
  return fields;
}

function listFields(type: Ask['type']): string {
  return fieldsOf[type].length === 0 ? 'none' : fieldsOf[type].join(', ');
}

function refuse(status: 400 | 404, message: string): AskResult {
  return { ok: false, status, message };
}
