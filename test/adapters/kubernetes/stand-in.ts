/**
 * A stand-in for an API server that knows leases, and lists of whatever a test gives it, as the recorded exchanges show a real one: optimistic concurrency by resourceVersion, one
 * revision for all objects, the words of its refusals, watches. stand-in.test.ts holds it against the recordings.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';

export interface Lease {
  readonly metadata: Record<string, unknown> & { name: string; namespace: string; resourceVersion?: string };
  readonly spec: Record<string, unknown>;
}

interface Watcher {
  readonly response: ServerResponse;
  readonly name: string | null;
}

/** What is to happen to the requests from now on, in place of an ordinary answer. */
export type Mood = 'well' | 'silent' | 'refuse' | 'forbid' | 'overloaded' | 'garbage' | 'loses-answers';

export interface StandIn {
  readonly url: string;
  /** Every request as `METHOD path`, oldest first, with what was sent. */
  readonly asked: { readonly line: string; readonly body: string; readonly token: string | null }[];
  leases(): Lease[];
  /** Puts a lease as if somebody else had; a new resourceVersion. */
  put(lease: Lease): Lease;
  remove(name: string): void;
  set(mood: Mood): void;
  allow(token: string): void;
  /** Serves these objects of another group: a list that is read page by page, and not watched. */
  serve(group: string, plural: string, items: readonly object[]): void;
  /** Ends every watch that is open, as a server does that restarts. */
  cutWatches(): void;
  watching(): number;
  close(): Promise<void>;
}

interface Reply {
  readonly status: number;
  readonly body: object;
}

const prefix = '/apis/coordination.k8s.io/v1/namespaces/';
const typeMeta = { kind: 'Lease', apiVersion: 'coordination.k8s.io/v1' };

function refusal(status: number, reason: string, message: string, details?: object): Reply {
  const base = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason };
  return { status, body: { ...base, ...(details !== undefined && { details }), code: status } };
}

const detailsOf = (name: string) => ({ name, group: 'coordination.k8s.io', kind: 'leases' });
const named = (name: string): string => `leases.coordination.k8s.io "${name}"`;

export interface StandInOptions {
  readonly tls?: ServerOptions;
  /** The first resourceVersion that it gives; others are too old for a watch. */
  readonly revision?: number;
}

export async function openStandIn({ tls, revision: first = 2184 }: StandInOptions = {}): Promise<StandIn> {
  const stored = new Map<string, Lease>();
  const watchers = new Set<Watcher>();
  /** By group and plural. */
  const others = new Map<string, readonly object[]>();
  const asked: StandIn['asked'] = [];
  const tokens = new Set(['admintoken']);
  let mood: Mood = 'well';
  let revision = first;

  function tell(type: string, lease: Lease): void {
    for (const { response, name } of watchers)
      if (name === null || name === lease.metadata.name)
        response.write(`${JSON.stringify({ type, object: { ...typeMeta, ...lease } })}\n`);
  }

  function store(lease: Lease): Lease {
    const { name } = lease.metadata;
    const known = stored.get(name);
    revision += 1;
    const { uid, creationTimestamp } = known?.metadata ?? {
      uid: `00000000-0000-4000-8000-${String(revision).padStart(12, '0')}`,
      creationTimestamp: '2026-11-22T22:23:33Z',
    };
    const metadata = { ...lease.metadata, uid, resourceVersion: String(revision), creationTimestamp };
    const kept = { metadata, spec: lease.spec };
    stored.set(name, kept);
    tell(known === undefined ? 'ADDED' : 'MODIFIED', kept);
    return kept;
  }

  function create(sent: Lease): Reply {
    const { name } = sent.metadata;
    if (stored.has(name)) {
      const body = refusal(409, 'AlreadyExists', `${named(name)} already exists`, detailsOf(name));
      return body;
    }
    return { status: 201, body: { ...typeMeta, ...store(sent) } };
  }

  function replace(name: string, sent: Lease): Reply {
    const known = stored.get(name);
    const { resourceVersion } = sent.metadata;
    const cause = (field: string, message: string): Reply =>
      refusal(422, 'Invalid', `${named(name)} is invalid: ${field}: ${message}`, {
        ...detailsOf(name),
        causes: [{ reason: 'FieldValueInvalid', message, field }],
      });
    if (known === undefined) return refusal(404, 'NotFound', `${named(name)} not found`, detailsOf(name));
    if (resourceVersion === undefined)
      return cause('metadata.resourceVersion', 'Invalid value: 0: must be specified for an update');
    if (resourceVersion !== known.metadata.resourceVersion) {
      const why = 'the object has been modified; please apply your changes to the latest version and try again';
      return refusal(
        409,
        'Conflict',
        `Operation cannot be fulfilled on leases.coordination.k8s.io "${name}": ${why}`,
        detailsOf(name),
      );
    }
    if (Number(sent.spec['leaseDurationSeconds']) <= 0)
      return cause('spec.leaseDurationSeconds', 'Invalid value: must be greater than 0');
    return { status: 200, body: { ...typeMeta, ...store({ ...sent, metadata: { ...sent.metadata } }) } };
  }

  function watch(url: URL, response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'application/json' });
    const since = url.searchParams.get('resourceVersion');
    if (since !== null && since !== '0' && Number(since) < first) {
      const message = `too old resource version: ${since} (${first})`;
      const { body } = refusal(410, 'Expired', message);
      response.end(`${JSON.stringify({ type: 'ERROR', object: body })}\n`);
      return;
    }
    const name = /^metadata\.name=(.*)$/.exec(url.searchParams.get('fieldSelector') ?? '')?.[1] ?? null;
    response.flushHeaders();
    const watcher = { response, name };
    watchers.add(watcher);
    response.once('close', () => watchers.delete(watcher));
    for (const lease of stored.values())
      if (
        (name === null || name === lease.metadata.name) &&
        Number(lease.metadata.resourceVersion) > Number(since ?? 0)
      )
        response.write(`${JSON.stringify({ type: 'ADDED', object: { ...typeMeta, ...lease } })}\n`);
  }

  function answer(method: string, name: string | null, text: string): Reply {
    if (method === 'POST') return create(JSON.parse(text) as Lease);
    if (method === 'PUT') return replace(name ?? '', JSON.parse(text) as Lease);
    if (name === null) {
      const items = [...stored.values()].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
      const list = {
        kind: 'LeaseList',
        apiVersion: typeMeta.apiVersion,
        metadata: { resourceVersion: String(revision) },
      };
      return { status: 200, body: { ...list, items } };
    }
    const known = stored.get(name);
    if (known === undefined) return refusal(404, 'NotFound', `${named(name)} not found`, detailsOf(name));
    return { status: 200, body: { ...typeMeta, ...known } };
  }

  /** A page of the objects of another group; by labels only whether there is one of a name. null: no such resource. */
  function page(url: URL): Reply | null {
    const [, group, plural] = /^\/apis\/([^/]+)\/v1\/namespaces\/[^/]+\/([^/]+)$/.exec(url.pathname) ?? [];
    const all = others.get(`${group} ${plural}`);
    if (all === undefined) return null;
    const label = url.searchParams.get('labelSelector');
    const labelsOf = (item: object): object => (item as { metadata?: { labels?: object } }).metadata?.labels ?? {};
    const items = all.filter((item) => label === null || Object.hasOwn(labelsOf(item), label));
    const from = Number(url.searchParams.get('continue') ?? 0);
    const to = from + Number(url.searchParams.get('limit') ?? items.length);
    const metadata = { resourceVersion: String(revision), ...(to < items.length && { continue: String(to) }) };
    return { status: 200, body: { apiVersion: `${group}/v1`, metadata, items: items.slice(from, to) } };
  }

  function reply(response: ServerResponse, { status, body }: Reply): void {
    const text = JSON.stringify(body, null, 2);
    response.writeHead(status, { 'cache-control': 'no-cache, private', 'content-type': 'application/json' });
    response.end(text);
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    const url = new URL(request.url ?? '/', 'http://stand-in');
    const token = /^Bearer (.*)$/.exec(request.headers.authorization ?? '')?.[1] ?? null;
    asked.push({ line: `${request.method} ${request.url}`, body: text, token });
    const [namespace = '', plural, name = null] = url.pathname.slice(prefix.length).split('/');
    const certified = 'authorized' in request.socket && request.socket.authorized === true;
    if (mood === 'silent') return;
    if (mood === 'refuse') return void request.socket.destroy();
    if (mood === 'overloaded') {
      const message = 'Too many requests, please try again later.';
      return reply(response, refusal(429, 'TooManyRequests', message));
    }
    if (mood === 'garbage') return void response.writeHead(200).end('<html>not an API server</html>');
    if (!certified && (token === null || !tokens.has(token)))
      return reply(response, refusal(401, 'Unauthorized', 'Unauthorized'));
    if (mood === 'forbid') {
      const what = `${named(name ?? '')} is forbidden: User "nodemend" cannot get resource "leases" in API group "coordination.k8s.io"`;
      const message = `${what} in the namespace "${namespace}"`;
      return reply(response, refusal(403, 'Forbidden', message, detailsOf(name ?? '')));
    }
    const listed = page(url);
    if (listed !== null) return reply(response, listed);
    if (!url.pathname.startsWith(prefix) || plural !== 'leases')
      return void response.writeHead(404, { 'content-type': 'text/plain' }).end('404 page not found\n');
    if (url.searchParams.get('watch') === 'true') return watch(url, response);
    const answered = answer(request.method ?? '', name, text);
    if (mood === 'loses-answers') return void request.socket.destroy();
    reply(response, answered);
  }

  const handler = (request: IncomingMessage, response: ServerResponse): void => void serve(request, response);
  const server: Server = tls === undefined ? createServer(handler) : (createSecureServer(tls, handler) as Server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    asked,
    leases: () => [...stored.values()],
    put: store,
    remove: (name) => {
      const known = stored.get(name);
      if (known === undefined) return;
      stored.delete(name);
      revision += 1;
      tell('DELETED', { ...known, metadata: { ...known.metadata, resourceVersion: String(revision) } });
    },
    set: (next) => {
      mood = next;
    },
    allow: (token) => {
      tokens.clear();
      tokens.add(token);
    },
    serve: (group, kind, items) => void others.set(`${group} ${kind}`, items),
    cutWatches: () => {
      for (const { response } of watchers) response.destroy();
    },
    watching: () => watchers.size,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
