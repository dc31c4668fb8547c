/**
 * Who leads: /leader and /leader/NAME for programs, /lb/leader/NAME for load balancers. What is not known for sure is a 503, never an old name: a
 * sidecar that went on naming the last leader is why clients came to mistrust them.
 */
import type { FastifyInstance, FastifyReply } from 'fastify';
import { reasons } from '../core/reason.ts';
import { everyReply, json } from './headers.ts';
import { sendUnknown } from './health.ts';
import { sendText } from './listener.ts';
import type { ElectionView, NodeView, ServeSource } from './view.ts';

const timeOf = (wallMs: number | null): string | null => (wallMs === null ? null : new Date(wallMs).toISOString());

export function answerOf({ leader, leading, token, leaderSinceWallMs, heardWallMs, stale }: ElectionView) {
  const known = {
    name: leader,
    leader: leading,
    since: timeOf(leaderSinceWallMs),
    token,
    lastUpdate: timeOf(heardWallMs),
  };
  return stale === null ? known : { ...known, reason: stale, message: reasons[stale].meaning };
}

function send(reply: FastifyReply, status: number, value: object): FastifyReply {
  return reply
    .code(status)
    .headers(everyReply)
    .type(json)
    .send(`${JSON.stringify(value)}\n`);
}

const sendOne = (reply: FastifyReply, election: ElectionView): FastifyReply =>
  send(reply, election.stale === null ? 200 : 503, answerOf(election));

/** With one election its answer; with several those of all, by name. */
function sendAll(reply: FastifyReply, { elections }: NodeView): FastifyReply {
  const [first, ...others] = elections;
  if (first === undefined) return sendText(reply, 404, 'no election is configured\n');
  if (others.length === 0) return sendOne(reply, first);
  const all = Object.fromEntries(elections.map((election) => [election.name, answerOf(election)]));
  return send(reply, elections.every(({ stale }) => stale === null) ? 200 : 503, { elections: all });
}

export function registerLeader(app: FastifyInstance, source: ServeSource): void {
  type Named = { Params: { name: string } };
  const find = (reply: FastifyReply, name: string, found: (election: ElectionView) => FastifyReply): FastifyReply => {
    const { elections } = source.view();
    const election = elections.find((one) => one.name === name);
    return election === undefined
      ? sendUnknown(
          reply,
          name,
          elections.map((one) => one.name),
          'election',
        )
      : found(election);
  };
  app.get('/leader', (_request, reply) => sendAll(reply, source.view()));
  app.get<Named>('/leader/:name', ({ params }, reply) =>
    find(reply, params.name, (election) => sendOne(reply, election)),
  );
  app.get<Named>('/lb/leader/:name', ({ params }, reply) =>
    find(reply, params.name, ({ leading, reason }) => {
      const leads = leading && !source.view().stopping;
      return sendText(reply, leads ? 200 : 503, leads ? 'leader\n' : `not the leader: ${reason}\n`);
    }),
  );
}
