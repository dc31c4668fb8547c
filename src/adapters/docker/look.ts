/**
 * Three looks at dockerd over its unix socket. `ping` proves that it answers; `version` makes it ask containerd (it hangs when that does);
 * `inspect` takes the lock of one running container, another one each time. Seen on Docker 26: an inspect does not reach the shim.
 * What a container is told (its environment) is read and dropped, never shown.
 */
import { exchange, type Reply } from '../http/exchange.ts';
import { judgeStatus } from '../http/look.ts';
import { type Finding, failWith, finding } from '../probe/finding.ts';
import type { Look } from '../probe/look.ts';

/** A list of 1000 containers is about 1 MiB. */
const mostBytes = 4 * 1024 * 1024;
/** Share of the deadline for the one inspect, so that the container can be named before the whole look is over. */
const inspectShare = 0.6;

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

const get = (socket: string, path: string, signal: AbortSignal): Promise<Reply> =>
  exchange({ url: `http://docker${path}`, socket, tls: { insecure: false }, maxBytes: mostBytes, signal });

function parseJson({ body, cut }: Reply): unknown {
  if (cut) throw failWith('probe.failed', `the reply is larger than ${mostBytes} bytes`);
  try {
    return JSON.parse(body);
  } catch {
    throw failWith('probe.bad-reply', `no JSON: ${body.slice(0, 100)}`);
  }
}

/** Ids of the running containers in a reply to /containers/json, in order. Throws a finding when it is something else. */
export function parseContainers(reply: Reply): string[] {
  const said = parseJson(reply);
  const ids = Array.isArray(said) ? said.map((one: unknown) => (isRecord(one) ? one['Id'] : undefined)) : [undefined];
  // An id becomes part of a path.
  const sound = ids.filter((id): id is string => typeof id === 'string' && /^[0-9a-f]{64}$/.test(id));
  if (sound.length !== ids.length) throw failWith('probe.bad-reply', 'the list of containers is not one');
  return sound.sort();
}

async function lookPing(socket: string, signal: AbortSignal): Promise<Finding> {
  const reply = await get(socket, '/_ping', signal);
  const judged = judgeStatus(reply, [200]);
  if (judged.verdict === 'healthy' && reply.body.trim() !== 'OK')
    return finding('probe.bad-reply', `the ping is answered by: ${reply.body.slice(0, 100)}`);
  return judged;
}

async function lookVersion(socket: string, signal: AbortSignal): Promise<Finding> {
  const reply = await get(socket, '/version', signal);
  const judged = judgeStatus(reply, [200]);
  if (judged.verdict !== 'healthy') return judged;
  const said = parseJson(reply);
  const version = isRecord(said) ? said['Version'] : undefined;
  return typeof version === 'string'
    ? finding('probe.ok', `docker ${version}`)
    : finding('probe.bad-reply', 'the reply has no Version');
}

async function inspect(socket: string, id: string, patienceMs: number, signal: AbortSignal): Promise<Finding> {
  const patience = AbortSignal.timeout(Math.round(patienceMs));
  try {
    const reply = await get(socket, `/containers/${id}/json`, AbortSignal.any([signal, patience]));
    // 404: it has been removed since it was listed.
    return judgeStatus({ ...reply, body: reply.status < 400 ? '' : reply.body }, [200, 404]);
  } catch (error) {
    if (patience.aborted && !signal.aborted)
      return finding('probe.container-hung', `container ${id} does not answer an inspect`);
    throw error;
  }
}

export function createDockerLook(): Look<'docker'> {
  /** Per socket the container that was looked at last; the next in order follows, round and round. */
  const lastLooked = new Map<string, string>();

  async function lookInspect(socket: string, timeoutMs: number, signal: AbortSignal): Promise<Finding> {
    const listed = await get(socket, '/containers/json', signal);
    const judged = judgeStatus(listed, [200]);
    if (judged.verdict !== 'healthy') return judged;
    const ids = parseContainers(listed);
    const last = lastLooked.get(socket) ?? '';
    const next = ids.find((id) => id > last) ?? ids[0];
    if (next === undefined) return finding('probe.ok', 'no container is running');
    lastLooked.set(socket, next);
    const seen = await inspect(socket, next, timeoutMs * inspectShare, signal);
    return seen.verdict === 'healthy'
      ? finding('probe.ok', `${ids.length} containers; ${next.slice(0, 12)} answers`)
      : seen;
  }

  return ({ socket, look }, { signal, timeoutMs }) => {
    if (look === 'ping') return lookPing(socket, signal);
    if (look === 'version') return lookVersion(socket, signal);
    return lookInspect(socket, timeoutMs, signal);
  };
}
