import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type NetConnectOpts } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { createControl } from '../../src/serve/control.ts';
import { createHttp } from '../../src/serve/http.ts';
import { defaultLimits } from '../../src/serve/limits.ts';
import { createMetrics } from '../../src/serve/metrics.ts';
import { createStandIn } from '../serve/stand-in.ts';
import { fuzz } from './fuzz.ts';
import { damageTo } from './mutate.ts';

/** Short enough for many cases; a request that is only slow is none of this test's. */
const limits = {
  ...defaultLimits,
  checkingIntervalMs: 20,
  headersTimeoutMs: 150,
  requestTimeoutMs: 150,
  keepAliveTimeoutMs: 50,
  connectionTimeoutMs: 150,
  heartbeatMs: 20,
};

const posted = (path: string, body: string): string =>
  `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

const requests = [
  'GET /livez HTTP/1.1\r\nHost: a\r\n\r\n',
  'GET /readyz?verbose&exclude=kubelet HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
  'HEAD /readyz/containerd HTTP/1.0\r\n\r\n',
  'GET /metrics HTTP/1.1\r\nHost: a\r\nAccept: application/openmetrics-text;version=1.0.0\r\n\r\n',
  'GET /api/v1/incidents?component=kubelet&since=24h HTTP/1.1\r\nHost: a\r\n\r\n',
  'GET /api/v1/status HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n',
  'GET / HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\nIf-None-Match: "x"\r\n\r\n',
  posted('/api/v1/pause', '{"component":"kubelet","for":"30m","reason":"upgrade"}'),
  posted('/api/v1/resume', '{"component":null}'),
  posted('/api/v1/restart', '{"component":"kubelet"}'),
  posted('/api/v1/reload', '{}'),
];

/** What the server answers to these bytes, until it or we close the connection. */
function exchange(where: NetConnectOpts, bytes: Buffer): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  let answer = '';
  const socket = connect(where, () => socket.end(bytes));
  socket.setEncoding('latin1').on('data', (text: string) => {
    answer += text;
  });
  // A connection that the server resets has ended as well.
  socket.on('error', () => socket.destroy());
  socket.on('close', () => resolve(answer));
  return promise;
}

/** One request after another on a connection, some of them damaged. */
const given = fc
  .array(
    fc.tuple(
      fc.constantFrom(...requests),
      fc.oneof(
        damageTo(),
        fc.constant((bytes: Buffer) => bytes),
      ),
    ),
    {
      minLength: 1,
      maxLength: 3,
    },
  )
  .map((all) => Buffer.concat(all.map(([request, damage]) => damage(Buffer.from(request, 'latin1')))));

const patienceMs = 20_000;

/** On a busy machine the short limits may end an innocent request too; then the next one has to be answered. */
async function checkAlive(where: NetConnectOpts): Promise<void> {
  const untilMs = performance.now() + patienceMs;
  for (;;) {
    const answer = await exchange(where, Buffer.from('GET /livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'));
    if (answer.startsWith('HTTP/1.1 200 OK\r\n')) return;
    if (performance.now() > untilMs) throw new Error(`and then /livez says ${JSON.stringify(answer)}`);
  }
}

t.test(
  'whatever is sent to the HTTP port, the next request is answered and nothing is asked of the agent',
  async (t) => {
    const source = createStandIn();
    const http = createHttp(source, createMetrics(), limits);
    const where = { host: '127.0.0.1', port: await http.listen('127.0.0.1:0') };
    t.teardown(() => http.close());
    await fuzz(t, import.meta.filename, given, async (bytes) => {
      await exchange(where, bytes);
      await checkAlive(where);
      if (source.asked.length > 0) throw new Error(`it asked for ${JSON.stringify(source.asked)}`);
    });
  },
);

/** What the agent can be asked for, to the last value. */
function isProper(ask: unknown): boolean {
  const { type, component, forMs, text, ...rest } = ask as Record<string, unknown>;
  if (Object.keys(rest).length > 0) return false;
  const known = component === 'kubelet' || component === 'containerd';
  if (type === 'reload') return component === undefined;
  if (type === 'restart') return known;
  if (type === 'resume') return known || component === null;
  const length = typeof forMs === 'number' && forMs >= 1_000 && forMs <= 604_800_000;
  return type === 'pause' && (known || component === null) && length && typeof text === 'string' && text !== '';
}

t.test(
  'whatever is sent to the control socket, only what is whole and within its bounds reaches the agent',
  async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'nodemend-fuzz-'));
    t.teardown(() => rmSync(folder, { recursive: true, force: true }));
    const source = createStandIn();
    const control = createControl(source, createMetrics(), limits);
    const where = { path: join(folder, 'control.sock') };
    await control.listen(where.path);
    t.teardown(() => control.close());
    await fuzz(t, import.meta.filename, given, async (bytes) => {
      source.asked.length = 0;
      await exchange(where, bytes);
      await checkAlive(where);
      const strange = source.asked.find((ask) => !isProper(ask));
      if (strange !== undefined) throw new Error(`it asked for ${JSON.stringify(strange)}`);
    });
  },
);
