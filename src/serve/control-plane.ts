/** What is shown of leader elections and API servers: types, and their metrics. */
import type { ServerState } from '../core/apiservers/state.ts';
import type { InstanceState, LeaderVerdict } from '../core/leaders/state.ts';
import type { Reason } from '../core/reason.ts';
import type { FamilyKey } from './families.ts';
import type { Labels, Series } from './series.ts';

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

interface Sample {
  readonly key: FamilyKey;
  readonly labels: Labels;
  readonly value: number;
}

/** One for each state, 1 for the present one. */
const oneOf = (key: FamilyKey, labels: Labels, name: string, states: object, now: string): Sample[] =>
  Object.keys(states).map((state) => ({ key, labels: { ...labels, [name]: state }, value: Number(state === now) }));

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

/** Sets them, and takes away those of what is not looked at any more. */
export function createControlPlaneMetrics(series: Series): (view: ControlPlaneView) => void {
  let before: readonly Sample[] = [];
  return ({ leaders, apiservers }) => {
    const samples = [...leaders.flatMap(leaderSamples), ...apiservers.flatMap(serverSamples)];
    const present = new Set(samples.map(({ key, labels }) => JSON.stringify([key, labels])));
    for (const { key, labels } of before) if (!present.has(JSON.stringify([key, labels]))) series.remove(key, labels);
    for (const { key, labels, value } of samples) series.set(key, labels, value);
    before = samples;
  };
}
