/** /livez, /readyz and /healthz with `?verbose`, `?exclude=NAME` and /NAME, as kube-apiserver has them. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { sendText } from './listener.ts';
import { unknownName } from './names.ts';
import { type Check, judge, liveChecks, readyChecks, singleChecks, type Verdict } from './verdict.ts';
import type { NodeView, ServeSource } from './view.ts';

export type HealthPath = 'livez' | 'readyz' | 'healthz';

type Query = Readonly<Record<string, string | string[] | undefined>>;

export function registerHealth(app: FastifyInstance, source: ServeSource): void {
  app.get('/livez', (request, reply) => send(reply, request, 'livez', () => liveChecks(source.turning())));
  app.get<{ Params: { name: string } }>('/livez/:name', (request, reply) => {
    const check = liveChecks(source.turning()).find((candidate) => candidate.name === request.params.name);
    return check === undefined
      ? sendUnknown(reply, request.params.name, ['ping', 'loop'])
      : send(reply, request, 'livez', () => [check]);
  });
  for (const path of ['readyz', 'healthz'] as const) {
    app.get(`/${path}`, (request, reply) =>
      send(reply, request, path, (excluded) => readyChecks(source.view(), excluded)),
    );
    app.get<{ Params: { name: string } }>(`/${path}/:name`, (request, reply) => {
      const view = source.view();
      const checks = singleChecks(view, request.params.name);
      const names = view.components.map((component) => component.name);
      return checks === null
        ? sendUnknown(reply, request.params.name, names)
        : send(reply, request, path, () => checks);
    });
  }
}

/** One clear sentence for a name that nobody knows. */
export function sendUnknown(reply: FastifyReply, name: string, known: readonly string[], kind?: string): FastifyReply {
  return sendText(reply, 404, `${unknownName(name, known, kind)}\n`);
}

function send(
  reply: FastifyReply,
  request: FastifyRequest,
  path: HealthPath,
  checks: (excluded: ReadonlySet<string>) => readonly Check[],
): FastifyReply {
  const query = request.query as Query;
  const excluded = new Set([query['exclude'] ?? []].flat());
  const verdict = judge(path, checks(excluded), excluded);
  const { status, text } = replyOf(verdict);
  return sendText(reply, status, query['verbose'] === undefined ? text : verdict.lines);
}

const none: ReadonlySet<string> = new Set();

/**
 * The verdict of a path when nothing particular is asked. Load balancers ask all day: it is made once and stays as long as
 * the agent shows the same objects.
 */
export function createVerdicts(source: ServeSource): (path: HealthPath) => Verdict {
  const turning = judge('livez', liveChecks(true), none);
  const stuck = judge('livez', liveChecks(false), none);
  let of: Pick<NodeView, 'ready' | 'components' | 'stopping'> | null = null;
  let readyz = turning;
  let healthz = turning;
  return (path) => {
    if (path === 'livez') return source.turning() ? turning : stuck;
    const view = source.view();
    const { ready, components, stopping } = view;
    if (of?.ready !== ready || of.components !== components || of.stopping !== stopping) {
      of = view;
      const checks = readyChecks(view, none);
      readyz = judge('readyz', checks, none);
      healthz = judge('healthz', checks, none);
    }
    return path === 'readyz' ? readyz : healthz;
  };
}

/** What a verdict is sent as: a plain `ok`, or the lines that say what is wrong. */
export function replyOf(verdict: Verdict): { readonly status: 200 | 503; readonly text: string } {
  return verdict.ok ? { status: 200, text: 'ok' } : { status: 503, text: verdict.lines };
}
