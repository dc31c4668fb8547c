/** Who leads: nodemend's own elections and those of others, and the API servers with their rotation. Nothing where there are none. */
import { reasons } from '../../core/reason.ts';
import { html, type Markup } from '../../markup/html.ts';
import type { ApiServerView, LeaderView } from '../control-plane.ts';
import { formatSpan } from '../duration.ts';
import type { ElectionView, NodeView } from '../view.ts';

interface Card {
  readonly title: string;
  readonly tone: 'good' | 'warn' | 'bad';
  readonly state: string;
  /** Why it is not well; null when it is. */
  readonly trouble: string | null;
  readonly facts: Readonly<Record<string, string>>;
}

function ofElection({ name, leader, role, token, stale, reason, heardWallMs }: ElectionView, wallMs: number): Card {
  const well = stale === null && leader !== '';
  const heard = heardWallMs === null ? 'never' : `${formatSpan(Math.max(0, wallMs - heardWallMs))} ago`;
  return {
    title: name,
    tone: well ? 'good' : 'warn',
    state: leader === '' ? (stale === null ? 'nobody leads' : 'not known who leads') : `${leader} leads`,
    trouble: well ? null : reasons[stale ?? reason].meaning,
    facts: { 'this node': role, ...(token === null ? {} : { token: String(token) }), heard },
  };
}

const verdictTones: Readonly<Record<LeaderView['verdict'], Card['tone']>> = {
  ok: 'good',
  none: 'bad',
  split: 'bad',
  wedged: 'bad',
  'no-standby': 'warn',
  flapping: 'warn',
  unknown: 'warn',
};

function ofLeader({ name, verdict, reason, holder, here, silentMs }: LeaderView): Card {
  return {
    title: name,
    tone: verdictTones[verdict],
    state: holder === '' ? 'nobody leads' : `${holder} leads`,
    trouble: verdict === 'ok' ? null : reasons[reason].meaning,
    facts: {
      ...(here === null ? {} : { 'this node': here }),
      renewed: silentMs === null ? 'not seen' : `${formatSpan(silentMs)} ago`,
    },
  };
}

function ofServer({ server, state, rotates, reason, detail }: ApiServerView): Card {
  const well = state === 'ready';
  return {
    title: server,
    tone: well ? 'good' : rotates ? 'warn' : 'bad',
    state,
    trouble: well ? null : `${reasons[reason].meaning}${detail === '' ? '' : ` (${detail})`}`,
    facts: { rotation: rotates ? 'in' : 'out' },
  };
}

function render({ title, tone, state, trouble, facts }: Card): Markup {
  return html`<li class="card ${tone}-edge"><h3>${title}</h3>
<p><strong class="${tone}">${state}</strong></p>
${trouble === null ? '' : html`<p>${trouble}</p>\n`}<dl>${Object.entries(facts).map(([what, is]) => html`<dt>${what}</dt><dd>${is}</dd>`)}</dl></li>
`;
}

function cards(title: string, list: readonly Card[]): Markup | string {
  return list.length === 0 ? '' : html`<h2>${title}</h2>\n<ul class="cards">\n${list.map(render)}</ul>\n`;
}

export function leaderCards({ elections, leaders, apiservers, wallMs }: NodeView): Markup {
  const own = elections.map((election) => ofElection(election, wallMs));
  return html`${cards('Leaders', [...own, ...leaders.map(ofLeader)])}${cards('API servers', apiservers.map(ofServer))}`;
}
