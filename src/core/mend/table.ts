/**
 * The state table of a component: for every phase and every sign the next phase and what is done on the way. Every cell is there;
 * the type demands it and a test counts them.
 */
import type { Phase } from '../transition.ts';
import type { Sign } from './sign.ts';

/**
 * none: nothing. repair: open an incident and try the next remedy. hasten: open an incident, and start at once what systemd would
 * leave down for long. retry: one half-open attempt when it is due. escalate: the remedy did not help; the next rung. close: recovered.
 * drop: nothing is mended any more, because hands are off. abandon: call off what was prepared. restart: an operator asked.
 */
export type Effect = 'none' | 'repair' | 'hasten' | 'retry' | 'escalate' | 'close' | 'drop' | 'abandon' | 'restart';

export interface Cell {
  readonly to: Phase;
  readonly effect: Effect;
}

export type Row = Readonly<Record<Sign, Cell>>;

const go = (to: Phase, effect: Effect = 'none'): Cell => ({ to, effect });

/** What holds in every phase, unless the phase says otherwise below. */
const usual: Row = {
  blind: go('unknown'),
  paused: go('paused', 'drop'),
  absent: go('absent', 'drop'),
  masked: go('masked', 'drop'),
  stopped: go('stopped', 'drop'),
  waiting: go('held'),
  changing: go('starting'),
  starting: go('starting'),
  acting: go('mending'),
  verifying: go('mending'),
  verified: go('healthy', 'close'),
  unverified: go('unhealthy', 'escalate'),
  moot: go('unhealthy', 'abandon'),
  asked: go('mending', 'restart'),
  restarting: go('unhealthy', 'hasten'),
  down: go('unhealthy', 'repair'),
  hung: go('unhealthy', 'repair'),
  spent: go('exhausted', 'retry'),
  shaky: go('suspect'),
  unseen: go('unknown'),
  dim: go('unknown'),
  fine: go('healthy', 'close'),
};

/** Trouble that is known stays in sight until there is proof of its end. */
const troubled: Row = {
  ...usual,
  blind: go('unhealthy'),
  changing: go('unhealthy'),
  starting: go('unhealthy'),
  shaky: go('unhealthy'),
  unseen: go('unhealthy'),
  dim: go('unhealthy'),
};

export const table: Readonly<Record<Phase, Row>> = {
  unknown: usual,
  starting: { ...usual, unseen: go('starting') },
  healthy: { ...usual, unseen: go('healthy') },
  suspect: { ...usual, unseen: go('suspect') },
  unhealthy: troubled,
  mending: { ...troubled, blind: go('mending') },
  exhausted: {
    ...troubled,
    blind: go('exhausted'),
    changing: go('exhausted'),
    starting: go('exhausted'),
    shaky: go('exhausted'),
    unseen: go('exhausted'),
    dim: go('exhausted'),
    waiting: go('exhausted'),
    restarting: go('exhausted'),
    unverified: go('exhausted', 'escalate'),
  },
  stopped: { ...usual, blind: go('stopped') },
  masked: { ...usual, blind: go('masked') },
  absent: { ...usual, blind: go('absent') },
  held: { ...usual, blind: go('held') },
  paused: usual,
};
