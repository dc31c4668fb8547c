/** One entry of a simulated timeline in words: whom it concerns, what happened, and why. Pure; everything that can happen has its words. */
import type { TimedEvent } from '../config/scenario-events.ts';
import type { Verb } from '../config/scenario-schema.ts';
import { reasons } from '../core/reason.ts';
import type { Transition } from '../core/transition.ts';
import { describe } from '../serve/describe.ts';
import { formatSpan } from '../serve/duration.ts';
import type { Befallen, Entry } from '../sim/simulation.ts';
import { tones } from './show-node.ts';
import type { Tone } from './table.ts';

/** `world`: it befalls the node. `action`: nodemend does something. `sight`: nodemend sees and concludes. */
export interface Line {
  readonly kind: 'world' | 'action' | 'sight';
  readonly component: string;
  readonly what: string;
  /** A code of the catalogue; empty for what befalls the node. */
  readonly reason: string;
  readonly detail: string;
  readonly tone: Tone;
}

type EventOf<V extends Verb> = Extract<TimedEvent, { verb: V }>;
type Words = readonly [component: string, what: string];

/** Without the suffix that every unit has. */
const brief = (unit: string): string => unit.replace(/\.service$/, '');

function spoken(command: string, by: string): Words {
  const [verb, name] = command.split(' ');
  return [name === undefined ? 'node' : brief(name), `${by} ${verb}`];
}

const eventWords: { readonly [V in Verb]: (event: EventOf<V>) => Words } = {
  crash: ({ given }) => [given.crash, 'crashes'],
  exit: ({ given }) => [given.exit, 'exits with status 0'],
  oom: ({ given }) => [given.oom, 'is killed, out of memory'],
  freeze: ({ given }) => [given.freeze, 'freezes'],
  hang: ({ given }) => [given.hang, 'hangs'],
  sicken: ({ given }) => [given.sicken, 'answers with errors'],
  deleteSocket: ({ given }) => [given.deleteSocket, 'loses its socket'],
  slowDown: ({ given }) => [given.slowDown, `slower by ${given.by}`],
  crashLoop: ({ given }) => [given.crashLoop, `crashes every ${given.after}`],
  failToStart: ({ given }) => [given.failToStart, 'cannot start'],
  hangAtStart: ({ given }) => [given.hangAtStart, 'hangs at starts'],
  startSlowly: ({ given }) => [given.startSlowly, `starts in ${given.takes}`],
  unkillable: ({ given }) => [given.unkillable, 'hangs, unkillable'],
  hide: ({ given }) => [given.hide, 'may not be looked at'],
  systemctl: ({ given }) => spoken(given.systemctl, 'systemctl'),
  nodemend: ({ given }) => spoken(given.nodemend, 'nodemend'),
  upgrade: ({ given }) => [
    'node',
    `upgrade${given.upgrade.length === 0 ? '' : ` of ${given.upgrade.map(brief).join(', ')}`}`,
  ],
  pressure: ({ given: { pressure, slows } }) => [
    'node',
    `pressure ${pressure}${slows === undefined ? '' : `, late by ${slows}`}`,
  ],
  power: () => ['node', 'power lost'],
  suspend: () => ['node', 'sleeps'],
  clock: ({ given }) => ['node', `clock steps by ${given.clock}`],
  disk: () => ['node', 'disk full'],
  state: ({ given }) => ['nodemend', `state ${given.state}`],
  agent: ({ given }) => ['nodemend', given.agent],
  bus: ({ given }) => ['node', `bus ${given.bus}`],
};

function wordsOf(event: TimedEvent): Words {
  const words = eventWords[event.verb] as (event: TimedEvent) => Words;
  const [component, what] = words(event);
  return [brief(component), what];
}

const agentWords = {
  started: 'starts',
  died: 'ends',
  resumed: 'goes on',
  stopped: 'stops with the node',
} as const;

function befallenWords(befallen: Befallen): Words {
  switch (befallen.what) {
    case 'event': {
      const [component, what] = wordsOf(befallen.event);
      const { forMs } = befallen.event;
      const length = forMs === null ? '' : ` for ${formatSpan(forMs)}`;
      return [component, `${what}${length}${befallen.missed ? '; the node is off' : ''}`];
    }
    case 'event.ended': {
      const [component, what] = wordsOf(befallen.event);
      return [component, `over: ${what}`];
    }
    case 'asked':
      return [brief(befallen.unit), `package: ${befallen.verb}`];
    case 'refused':
      return ['nodemend', befallen.message ?? 'cannot be reached'];
    case 'agent':
      return ['nodemend', agentWords[befallen.did]];
    case 'boot':
      return ['node', 'boots'];
    case 'power off':
      return ['node', 'is off'];
  }
}

function transitionWords(transition: Transition): readonly [what: string, tone: Tone] {
  switch (transition.type) {
    case 'component.phase':
      return [`${transition.from} -> ${transition.to}`, tones[transition.to]];
    case 'component.restarted':
      return [`restarted by ${transition.by === 'other' ? 'somebody else' : transition.by}`, 'plain'];
    case 'incident.opened':
      return ['incident opened', 'bad'];
    case 'incident.closed': {
      const how = transition.recovered ? 'recovered' : 'ended';
      return [`${how} after ${formatSpan(transition.durationMs)}`, transition.recovered ? 'good' : 'warn'];
    }
    case 'action.begun':
      return [`${transition.remedy} begun`, 'bad'];
    case 'action.ended': {
      const how = transition.ok ? 'done' : 'failed';
      return [`${transition.remedy} ${how} in ${formatSpan(transition.durationMs)}`, transition.ok ? 'good' : 'bad'];
    }
    case 'action.deferred':
      return ['waits', 'warn'];
    case 'node.ready':
      return transition.ready ? ['ready', 'good'] : ['not ready', 'bad'];
    case 'node.changed': {
      const tone = reasons[transition.reason].severity === 'error' ? 'bad' : 'plain';
      if (transition.reason === 'node.pressure') return [`pressure is ${transition.detail}`, tone];
      return [transition.detail === 'ended' ? 'no longer' : 'changed', tone];
    }
    case 'leader.changed':
      return [`${transition.check} ${transition.from} -> ${transition.to}`, 'plain'];
    case 'freshness.changed':
      return [`${transition.check} ${transition.from} -> ${transition.to}`, 'plain'];
    case 'apiserver.rotation':
      return [`${transition.server} ${transition.rotates ? 'in' : 'out of'} rotation`, 'plain'];
    case 'election.changed':
    case 'election.leader':
    case 'election.hook':
      return [describe(transition), 'plain'];
    case 'pause.changed':
      return [transition.untilMs === null ? 'pause ends' : 'pause begins', 'warn'];
    case 'etcd.changed':
      return [transition.over ? 'no longer' : 'begins', transition.over ? 'good' : 'warn'];
    case 'backup.changed':
      return ['backup', reasons[transition.reason].severity === 'info' ? 'good' : 'bad'];
  }
}

export function lineOf(entry: Entry): Line {
  if ('befallen' in entry) {
    const [component, what] = befallenWords(entry.befallen);
    return { kind: 'world', component, what, reason: '', detail: '', tone: 'quiet' };
  }
  const { transition } = entry;
  const [what, tone] = transitionWords(transition);
  return {
    kind: transition.type === 'action.begun' || transition.type === 'action.ended' ? 'action' : 'sight',
    component: 'component' in transition ? (transition.component ?? 'node') : 'node',
    what,
    reason: transition.reason,
    detail: 'detail' in transition ? transition.detail : '',
    tone,
  };
}
