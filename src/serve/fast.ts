/**
 * The two replies that load balancers ask for all day, answered before any routing: a plain `ok` to /livez, /readyz and
 * /healthz. Everything else, a bad answer too, goes the ordinary way, which gives the same bytes for these.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { everyReply, plainText } from './headers.ts';
import type { ServeSource } from './view.ts';

const headers = Object.entries({ ...everyReply, 'Content-Type': plainText, 'Content-Length': '2' }).flat();

/** Whether the request was answered. */
export type FastReply = (request: IncomingMessage, response: ServerResponse) => boolean;

export function createFastReply(source: ServeSource): FastReply {
  function isFine(url: string | undefined): boolean {
    if (url === '/livez') return source.turning();
    if (url !== '/readyz' && url !== '/healthz') return false;
    const view = source.view();
    return view.ready.ready && !view.stopping;
  }
  return (request, response) => {
    if ((request.method !== 'GET' && request.method !== 'HEAD') || !isFine(request.url)) return false;
    response.writeHead(200, headers);
    response.end('ok');
    return true;
  };
}
