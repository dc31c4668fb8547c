/**
 * Server-sent events: every transition to every open stream. The number of streams is bounded, and a reader that does not
 * keep up is dropped by the bytes that wait for it; it reconnects and reads the status anew.
 */
import type { ServerResponse } from 'node:http';
import { everyReply } from './headers.ts';
import type { Limits } from './limits.ts';
import type { ServeSource, Told } from './view.ts';

export interface EventStreams {
  /** Takes the response over and streams to it; false, with nothing written, when there are too many streams. */
  open(response: ServerResponse): boolean;
  count(): number;
  close(): void;
}

export function createEventStreams(source: ServeSource, limits: Limits): EventStreams {
  const streams = new Set<ServerResponse>();
  let heartbeat: NodeJS.Timeout | null = null;
  let lastId = 0;

  function write(response: ServerResponse, text: string): void {
    response.write(text);
    if (response.writableLength <= limits.maxStreamBufferBytes) return;
    forget(response);
    response.destroy();
  }

  function tell(told: Told): void {
    lastId += 1;
    if (streams.size === 0) return;
    const text = `id: ${lastId}\nevent: transition\ndata: ${JSON.stringify(told)}\n\n`;
    for (const response of streams) write(response, text);
  }

  function beat(): void {
    for (const response of streams) write(response, ': heartbeat\n\n');
  }

  function forget(response: ServerResponse): void {
    streams.delete(response);
    if (streams.size > 0 || heartbeat === null) return;
    clearInterval(heartbeat);
    heartbeat = null;
  }

  const unsubscribe = source.subscribe(tell);
  return {
    open: (response) => {
      if (streams.size >= limits.maxStreams) return false;
      streams.add(response);
      response.once('close', () => forget(response));
      // A write to a stream that its reader has just left; `close` follows.
      response.on('error', () => forget(response));
      response.writeHead(200, { ...everyReply, 'Content-Type': 'text/event-stream', Connection: 'close' });
      write(response, `retry: 2000\nid: ${lastId}\nevent: status\ndata: ${JSON.stringify(source.view())}\n\n`);
      heartbeat ??= setInterval(beat, limits.heartbeatMs).unref();
      return true;
    },
    count: () => streams.size,
    close: () => {
      unsubscribe();
      for (const response of streams) response.end();
    },
  };
}
