/**
 * The state table of a component: for every phase and every sign the next phase and what is done on the way. Every cell is there;
 * the type demands it and a test counts them.
 */
import type { Phase } from '../transition.ts';
import type { Sign } from './reading.ts';

/**
 * none: nothing. repair: open an incident and try the next remedy. hasten: open an incident, and start at once what systemd would
 * leave down for long. retry: one half-open attempt when it is due. escalate: the remedy did not help; the next rung. close: recovered.
 * drop: nothing is mended any more, because hands are off. abandon: call off what was planned.
 */
export type Effect = 'none' | 'repair' | 'hasten' | 'retry' | 'escalate' | 'close' | 'drop' | 'abandon';

export interface Cell {
  readonly to: Phase;
  readonly effect: Effect;
}

export type Row = Readonly<Record<Sign, Cell>>;

const go = (to: Phase, effect: Effect = 'none'): Cell => ({ to, effect });

/** What holds in every phase, unless the phase says otherwise below. After a plan is called off, what comes next shows at once. */
const usual = (phase: Phase): Row => ({
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
  moot: go(phase, 'abandon'),
  restarting: go('unhealthy', 'hasten'),
  down: go('unhealthy', 'repair'),
  hung: go('unhealthy', 'repair'),
  spent: go('exhausted', 'retry'),
  shaky: go('suspect'),
  unseen: go('unknown'),
  dim: go('unknown'),
  fine: go('healthy', 'close'),
});

/** Trouble that is known stays in sight until there is proof of its end. */
const troubled = (phase: Phase): Row => ({
  ...usual(phase),
  blind: go('unhealthy'),
  changing: go('unhealthy'),
  starting: go('unhealthy'),
  shaky: go('unhealthy'),
  unseen: go('unhealthy'),
  dim: go('unhealthy'),
});

export const table: Readonly<Record<Phase, Row>> = {
  unknown: usual('unknown'),
  starting: { ...usual('starting'), unseen: go('starting') },
  healthy: { ...usual('healthy'), unseen: go('healthy') },
  suspect: { ...usual('suspect'), blind: go('suspect'), unseen: go('suspect') },
  unhealthy: troubled('unhealthy'),
  mending: { ...troubled('mending'), blind: go('mending') },
  exhausted: {
    ...troubled('exhausted'),
    blind: go('exhausted'),
    waiting: go('exhausted'),
    changing: go('exhausted'),
    starting: go('exhausted'),
    restarting: go('exhausted'),
    shaky: go('exhausted'),
    unseen: go('exhausted'),
    dim: go('exhausted'),
  },
  stopped: { ...usual('stopped'), blind: go('stopped') },
  masked: { ...usual('masked'), blind: go('masked') },
  absent: { ...usual('absent'), blind: go('absent') },
  held: { ...usual('held'), blind: go('held') },
  paused: usual('paused'),
};
