/**
 * The stream of a watch: one JSON object a line, however the chunks fall. Ends with the stream, with an ERROR event (410: the resource version is too
 * old), or when a line is no event.
 */
import type { IncomingMessage } from 'node:http';
import { StringDecoder } from 'node:string_decoder';
import { type Failure, failure, failureOfStatus, type KubernetesObject, parseObject } from './answer.ts';

export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  readonly object: KubernetesObject;
}

const mostLineBytes = 4 * 1024 * 1024;
const types: ReadonlySet<unknown> = new Set(['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK']);

const isObject = (value: unknown): value is KubernetesObject => typeof value === 'object' && value !== null;

/** One line; a failure is the last thing that a watch says. */
export function parseWatchLine(line: string): WatchEvent | Failure {
  const parsed = parseObject(line);
  const object = parsed?.['object'];
  if (parsed === null || !isObject(object)) return failure('bad-reply', 'a line of the watch is no event');
  const { type } = parsed as { readonly type?: unknown };
  if (type === 'ERROR') return failureOfStatus(object, Number(object['code']) || 500);
  if (!types.has(type)) return failure('bad-reply', `the watch tells of ${JSON.stringify(type)}`);
  return { type: type as WatchEvent['type'], object };
}

/** Resolves with why the watch ended; null when the server ended it in its time. Rejects with the stream's error. */
export async function readWatch(message: IncomingMessage, told: (event: WatchEvent) => void): Promise<Failure | null> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const chunk of message) {
    const lines = (rest + decoder.write(chunk as Buffer)).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > mostLineBytes) return failure('bad-reply', 'a line of the watch is too long');
    for (const line of lines.filter((one) => one !== '')) {
      const event = parseWatchLine(line);
      if ('ok' in event) return event;
      told(event);
    }
  }
  return null;
}
