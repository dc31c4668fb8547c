/** The read-only server on `listen`: DESIGN section 7, nothing that changes anything. */
import type { Server as TlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { IncidentRecord } from '../ports.ts';
import { registerApi } from './api.ts';
import { createCertificates } from './certificates.ts';
import { createEventStreams } from './events.ts';
import { everyReply } from './headers.ts';
import { registerHealth } from './health.ts';
import { registerLeader } from './leader.ts';
import { defaultLimits, type Limits } from './limits.ts';
import { bind, createListener, type Listener, type ListenerKind } from './listener.ts';
import type { Metrics } from './metrics.ts';
import { renderPage } from './page/page.ts';
import { type Protection, protect } from './protection.ts';
import { createHistoryReader } from './reads.ts';
import { registerScrape } from './scrape.ts';
import type { ServeSource } from './view.ts';

export interface HttpServer {
  readonly app: FastifyInstance;
  /** Begins to listen on `HOST:PORT` (`[HOST]:PORT` for IPv6); resolves with the port. Rejects with one clear sentence. */
  listen(address: string): Promise<number>;
  /** Ends streams and connections, at once. */
  close(): Promise<void>;
}

/** `refused` is told what is the matter with new certificate files. */
export function createHttp(
  source: ServeSource,
  metrics: Metrics,
  limits: Limits = defaultLimits,
  protection: Protection = {},
  refused: (sentence: string) => void = () => undefined,
): HttpServer {
  const { tls } = protection;
  const { listener, close } = createReadServer(source, metrics, limits, {
    postPaths: new Set(),
    tls: tls === undefined ? null : { asksForCertificate: tls.clientCa !== undefined },
  });
  const certificates = tls === undefined ? null : createCertificates(listener.server as TlsServer, tls, refused);
  protect(listener.app, protection, source.clock.nowMs);
  return {
    app: listener.app,
    listen: async (address) => {
      const { host, port } = parseAddress(address);
      await certificates?.load();
      await listener.app.ready();
      await bind(listener.server, { host, port, backlog: 1_024 }, address);
      return (listener.server.address() as AddressInfo).port;
    },
    close: async () => {
      certificates?.close();
      await close();
    },
  };
}

/** A server with every path that reads; the control socket offers the same ones. */
export function createReadServer(
  source: ServeSource,
  metrics: Metrics,
  limits: Limits,
  kind: ListenerKind,
): { readonly listener: Listener; close(): Promise<void> } {
  const listener = createListener(source, limits, kind);
  const streams = createEventStreams(source, limits);
  const reader = createHistoryReader(source);
  registerHealth(listener.app, source);
  registerLeader(listener.app, source);
  registerScrape(listener.app, source, metrics);
  registerApi(listener.app, source, reader, streams);
  const pageOf = createPages();
  listener.app.get('/', (_request, reply) => {
    const view = source.view();
    const incidents = reader.incidents('page', () => ({
      component: null,
      id: null,
      sinceWallMs: view.wallMs - 86_400_000,
    }));
    return reply
      .headers(everyReply)
      .type('text/html; charset=utf-8')
      .send(pageOf(view, incidents ?? none));
  });
  return {
    listener,
    close: async () => {
      streams.close();
      reader.close();
      await listener.close();
    },
  };
}

const none: readonly IncidentRecord[] = [];

/** The page, made once for the many that ask for it after the same event; its spans are renewed with the view, at least once a second. */
function createPages(): typeof renderPage {
  let made: { readonly of: readonly unknown[]; readonly text: string } | null = null;
  return (view, incidents) => {
    const of = [view.ready, view.components, view.stopping, view.config, incidents];
    if (made === null || of.some((part, index) => part !== made?.of[index]))
      made = { of, text: renderPage(view, incidents) };
    return made.text;
  };
}

/** `0.0.0.0:9745`, `[::]:9745` or `:9745`. */
export function parseAddress(address: string): { readonly host: string; readonly port: number } {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]*)):(\d{1,5})$/.exec(address);
  const port = Number(match?.[3]);
  if (match === null || port > 65_535) {
    throw new Error(`cannot listen on ${JSON.stringify(address)}: write HOST:PORT, for example 0.0.0.0:9745`);
  }
  return { host: match[1] ?? (match[2] === '' || match[2] === undefined ? '::' : match[2]), port };
}
