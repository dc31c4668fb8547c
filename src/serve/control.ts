/**
 * The control socket: every path that reads, and those that change something. Who may use it is decided by the file's
 * mode and group alone. Nothing is done here; requests are checked and put to the agent.
 */
import type { FastifyInstance } from 'fastify';
import { sendJson } from './api.ts';
import { askPaths, parseAsk } from './asks.ts';
import { createReadServer } from './http.ts';
import { defaultLimits, type Limits } from './limits.ts';
import type { Metrics } from './metrics.ts';
import { giveToGroup, listenOn } from './socket.ts';
import type { ServeSource } from './view.ts';

export interface ControlServer {
  readonly app: FastifyInstance;
  /** Listens on the path. Resolves with a sentence for the log when the group could not be set, else null. */
  listen(path: string): Promise<string | null>;
  /** Ends connections and removes the socket. */
  close(): Promise<void>;
}

const group = 'nodemend';

export function createControl(source: ServeSource, metrics: Metrics, limits: Limits = defaultLimits): ControlServer {
  const { listener, close } = createReadServer(source, metrics, limits, {
    postPaths: new Set(Object.keys(askPaths)),
    tls: null,
  });
  const { app, server } = listener;
  for (const [path, type] of Object.entries(askPaths)) {
    app.post(path, async (request, reply) => {
      const { components, alerts } = source.view();
      const names = components.map((component) => component.name);
      const parsed = parseAsk(
        type,
        request.body,
        names,
        alerts.map((target) => target.name),
      );
      if (!parsed.ok) return sendJson(reply.code(parsed.status), { ok: false, message: parsed.message });
      const answer = await source.ask(parsed.ask);
      return sendJson(reply.code(answer.ok ? 200 : 409), answer);
    });
  }
  return {
    app,
    listen: async (path) => {
      await app.ready();
      await listenOn(server, path);
      return giveToGroup(path, group);
    },
    close,
  };
}
