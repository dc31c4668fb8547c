/**
 * Which API servers take part. INVARIANT: where there is any, at least one does. The best of them do: who is ready (or cannot be looked at), else who
 * is held up by what all share, else who is at fault but answers, else all.
 */
import type { Reason } from '../reason.ts';
import type { ApiServersPolicy } from './policy.ts';
import type { Server, ServerSeen, ServerState } from './state.ts';

const classes: readonly (readonly ServerState[])[] = [['ready', 'unknown'], ['impaired'], ['failing'], ['unreachable']];

/** Takes one look in: `rise` good ones in a row make it ready, `fall` bad ones end that; what says that it is ending is believed at once. */
export function observeServer(server: Server, seen: ServerSeen, { rise, fall }: ApiServersPolicy): Server {
  // That we may not look says nothing of it.
  if (seen.state === 'unknown' && server.state !== 'unknown') return { ...server, seen };
  if (seen.state === server.state) return { ...server, seen, against: 0 };
  const against = server.against + 1;
  const needed = seen.state === 'ready' ? rise : fall;
  const first = server.state === 'unknown' && server.seen === null;
  // Between two ways to be bad there is nothing to wait for.
  const worsens = server.state === 'ready' || server.state === 'unknown' || seen.state === 'ready';
  if (!first && !seen.stopping && worsens && against < needed) return { ...server, seen, against };
  return { ...server, seen, against: 0, state: seen.state };
}

export interface Turned {
  readonly server: Server;
  readonly changed: boolean;
}

/** Each server with its place, and whether that has changed. */
export function rotate(servers: readonly Server[], nowMs: number): readonly Turned[] {
  const best = classes.find((states) => servers.some((server) => states.includes(server.state))) ?? [];
  return servers.map((server) => {
    const rotates = best.includes(server.state);
    const kept = rotates && !(classes[0] ?? []).includes(server.state);
    const told: Reason = server.seen?.reason ?? 'apiserver.unknown';
    const reason: Reason = kept ? 'apiserver.kept' : server.state === 'ready' ? 'apiserver.ready' : told;
    const changed = rotates !== server.rotates;
    const moved = changed || reason !== server.reason;
    return { server: { ...server, rotates, reason, sinceMs: moved ? nowMs : server.sinceMs }, changed };
  });
}
