/** What is shown of leader elections and API servers: types, and their metrics. */
import type { ServerState } from '../core/apiservers/state.ts';
import type { InstanceState, LeaderVerdict } from '../core/leaders/state.ts';
import type { Reason } from '../core/reason.ts';
import { oneOf, type Sample } from './samples.ts';

export interface LeaderView {
  readonly name: string;
  readonly verdict: LeaderVerdict;
  readonly reason: Reason;
  readonly detail: string;
  readonly sinceMs: number;
  /** Who the Lease names; empty: nobody. */
  readonly holder: string;
  readonly transitions: number;
  /** For how long the Lease has been seen not to change; null while it was not seen. */
  readonly silentMs: number | null;
  /** How the instance on this node stands; null where none is looked at. */
  readonly here: InstanceState | null;
  readonly instances: readonly { readonly url: string; readonly state: InstanceState; readonly detail: string }[];
}

export interface ApiServerView {
  readonly server: string;
  readonly state: ServerState;
  readonly rotates: boolean;
  readonly live: boolean | null;
  readonly reason: Reason;
  readonly detail: string;
  readonly sinceMs: number;
}

export interface ControlPlaneView {
  readonly leaders: readonly LeaderView[];
  readonly apiservers: readonly ApiServerView[];
}

const verdicts: Readonly<Record<LeaderVerdict, true>> = {
  ok: true,
  none: true,
  split: true,
  'no-standby': true,
  flapping: true,
  wedged: true,
  unknown: true,
};
const instanceStates: Readonly<Record<InstanceState, true>> = {
  leader: true,
  standby: true,
  down: true,
  unknown: true,
};
const serverStates: Readonly<Record<ServerState, true>> = {
  ready: true,
  impaired: true,
  failing: true,
  unreachable: true,
  unknown: true,
};

function leaderSamples({ name, verdict, here, silentMs, transitions }: LeaderView): Sample[] {
  const labels = { lease: name };
  return [
    ...oneOf('leaderVerdict', labels, 'verdict', verdicts, verdict),
    ...(here === null ? [] : oneOf('leaderInstance', labels, 'state', instanceStates, here)),
    ...(silentMs === null
      ? []
      : [
          { key: 'leaderSilence', labels, value: silentMs / 1_000 } as const,
          { key: 'leaderTransitions', labels, value: transitions } as const,
        ]),
  ];
}

function serverSamples({ server, state, rotates }: ApiServerView): Sample[] {
  const labels = { server };
  return [
    ...oneOf('serverState', labels, 'state', serverStates, state),
    { key: 'serverRotates', labels, value: Number(rotates) },
  ];
}

export const controlPlaneSamples = ({ leaders, apiservers }: ControlPlaneView): Sample[] => [
  ...leaders.flatMap(leaderSamples),
  ...apiservers.flatMap(serverSamples),
];
