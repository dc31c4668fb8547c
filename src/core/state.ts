/** The state of the whole core: each domain's part, plain JSON. */
import { type ApiServers, noApiServers } from './apiservers/state.ts';
import { type BackupChecks, noBackupChecks } from './backups/state.ts';
import { type Elections, initialElections } from './elect/state.ts';
import type { EtcdState } from './etcd/state.ts';
import { type Leaders, noLeaders } from './leaders/state.ts';
import { initialState as initialMendState, type State as MendState } from './mend/state.ts';

export interface State extends MendState {
  readonly leaders: Leaders;
  readonly apiservers: ApiServers;
  readonly backups: BackupChecks;
  /** None until etcd is configured, and it is not stored: see there. */
  readonly etcd?: EtcdState;
  readonly elections: Elections;
}

export const initialState = (): State => ({
  ...initialMendState(),
  leaders: noLeaders,
  apiservers: noApiServers,
  backups: noBackupChecks,
  elections: initialElections(),
});
