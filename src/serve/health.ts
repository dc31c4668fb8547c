/** /livez, /readyz and /healthz with `?verbose`, `?exclude=NAME` and /NAME, as kube-apiserver has them. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { sendText } from './listener.ts';
import { unknownName } from './names.ts';
import { type Check, judge, liveChecks, readyChecks, singleChecks } from './verdict.ts';
import type { ServeSource } from './view.ts';

type Query = Readonly<Record<string, string | string[] | undefined>>;

export function registerHealth(app: FastifyInstance, source: ServeSource): void {
  // The lines are the same as long as the agent shows the same objects, and a load balancer asks often.
  const readyLines = createMemo(source);

  app.get('/livez', (request, reply) => send(reply, request, 'livez', () => liveChecks(source.turning())));
  app.get<{ Params: { name: string } }>('/livez/:name', (request, reply) => {
    const check = liveChecks(source.turning()).find((candidate) => candidate.name === request.params.name);
    return check === undefined
      ? sendUnknown(reply, request.params.name, ['ping', 'loop'])
      : send(reply, request, 'livez', () => [check]);
  });
  for (const path of ['readyz', 'healthz']) {
    app.get(`/${path}`, (request, reply) => send(reply, request, path, readyLines));
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
export function sendUnknown(reply: FastifyReply, name: string, known: readonly string[]): FastifyReply {
  return sendText(reply, 404, `${unknownName(name, known)}\n`);
}

function send(
  reply: FastifyReply,
  request: FastifyRequest,
  path: string,
  checks: (excluded: ReadonlySet<string>) => readonly Check[],
): FastifyReply {
  const query = request.query as Query;
  const excluded = new Set([query['exclude'] ?? []].flat());
  const verdict = judge(path, checks(excluded), excluded);
  const text = verdict.ok && query['verbose'] === undefined ? 'ok' : verdict.lines;
  return sendText(reply, verdict.ok ? 200 : 503, text);
}

function createMemo(source: ServeSource): (excluded: ReadonlySet<string>) => readonly Check[] {
  let last: { ready: unknown; components: unknown; stopping: boolean; checks: readonly Check[] } | null = null;
  return (excluded) => {
    const view = source.view();
    if (excluded.size > 0) return readyChecks(view, excluded);
    const { ready, components, stopping } = view;
    if (last === null || last.ready !== ready || last.components !== components || last.stopping !== stopping) {
      last = { ready, components, stopping, checks: readyChecks(view, excluded) };
    }
    return last.checks;
  };
}
