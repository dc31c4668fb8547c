/** The JSON paths: status, incidents, the record for a report, and the stream of events. Nothing here changes anything. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { parseDuration } from '../config/duration.ts';
import type { NodeRecord } from '../report/record.ts';
import { nameOfBackup } from './backups.ts';
import type { EventStreams } from './events.ts';
import { everyReply, json } from './headers.ts';
import { sendUnknown } from './health.ts';
import { sendText } from './listener.ts';
import type { HistoryReader } from './reads.ts';
import type { NodeView, ServeSource } from './view.ts';

export function registerApi(
  app: FastifyInstance,
  source: ServeSource,
  reader: HistoryReader,
  streams: EventStreams,
): void {
  app.get('/api/v1/status', (_request, reply) => sendJson(reply, source.view()));
  app.get('/api/v1/incidents', (request, reply) => sendIncidents(source, reader, request, reply));
  app.get('/api/v1/report', (request, reply) => sendReport(source, reader, request, reply));
  app.get('/api/v1/events', (request, reply) => {
    if (request.method === 'HEAD') return sendText(reply.type('text/event-stream'), 200, '');
    if (!streams.open(reply.raw))
      return sendText(reply.header('retry-after', '5'), 503, 'too many event streams are open\n');
    return reply.hijack();
  });
}

export function sendJson(reply: FastifyReply, value: unknown): FastifyReply {
  return reply
    .headers(everyReply)
    .type(json)
    .send(`${JSON.stringify(value)}\n`);
}

/** `?component=NAME`, `?id=ID`, `?since=` a duration back from now or an ISO time; a day back by default. */
function sendIncidents(
  source: ServeSource,
  reader: HistoryReader,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const { component = '', id = '', since = '' } = request.query as Readonly<Record<string, unknown>>;
  if (typeof component !== 'string' || typeof id !== 'string' || typeof since !== 'string') {
    return sendText(reply, 400, 'component, id and since may be given once each\n');
  }
  const view = source.view();
  const names = namesInHistory(view);
  if (component !== '' && !names.includes(component)) return sendUnknown(reply, component, names);
  const sinceWallMs = since === '' && id !== '' ? 0 : parseSince(since === '' ? '24h' : since, view.wallMs);
  if (sinceWallMs === null) return sendText(reply, 400, wrongSince(since));
  const asked = {
    component: component === '' ? null : component,
    sinceWallMs,
    id: id === '' ? null : id.slice(0, 128),
  };
  const incidents = reader.incidents(JSON.stringify([component, id, since]), () => asked);
  if (incidents === null) return sendText(reply.header('retry-after', '1'), 429, 'too many different questions\n');
  return sendJson(reply, { incidents });
}

/** Whose incidents there may be: components, backups, and the snapshots that are taken of etcd. */
const namesInHistory = ({ components, backups, etcd }: NodeView): string[] => [
  ...components.map(({ name }) => name),
  ...backups.map((backup) => `backup/${nameOfBackup(backup)}`),
  ...(etcd?.backup == null ? [] : ['etcd/snapshot', 'etcd/proof']),
];

const wrongSince = (since: string): string =>
  `since is ${JSON.stringify(since.slice(0, 64))}: write a duration such as 24h or an ISO time\n`;

/** `?since=` as above; 30 days back by default. */
function sendReport(
  source: ServeSource,
  reader: HistoryReader,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const { since = '30d' } = request.query as Readonly<Record<string, unknown>>;
  if (typeof since !== 'string') return sendText(reply, 400, 'since may be given once\n');
  const { node, wallMs, components } = source.view();
  const sinceWallMs = parseSince(since, wallMs);
  if (sinceWallMs === null || sinceWallMs >= wallMs) return sendText(reply, 400, wrongSince(since));
  const record = reader.read(`report ${since}`, (): NodeRecord => {
    const period = source.period(Math.max(0, 2 * sinceWallMs - wallMs));
    const names = components.map(({ name }) => name);
    return { version: 1, node, sinceWallMs, untilWallMs: wallMs, components: names, ...period };
  });
  if (record === null) return sendText(reply.header('retry-after', '1'), 429, 'too many different questions\n');
  return sendJson(reply, record);
}

function parseSince(text: string, wallMs: number): number | null {
  const spanMs = parseDuration(text);
  if (spanMs !== null) return Math.max(0, wallMs - spanMs);
  const atMs = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(atMs) ? null : atMs;
}
