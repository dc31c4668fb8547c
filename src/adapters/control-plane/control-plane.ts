/** The ControlPlane port: looks at leader elections and API servers, with one account for each kubeconfig. Nothing here throws. */
import type { Clock, ControlPlane } from '../../ports.ts';
import { findServers } from '../apiservers/find.ts';
import { lookAtServer } from '../apiservers/look.ts';
import { createAccounts } from '../kubernetes/accounts.ts';
import { lookAtInstance } from '../leaders/instance.ts';
import { lookAtLease } from '../leaders/lease.ts';

/** Nothing is opened or read before the first look asks for it. */
export function createControlPlane({ nowMs }: Pick<Clock, 'nowMs'>): ControlPlane {
  const accounts = createAccounts(nowMs);
  return {
    lease: (look) => lookAtLease(look, accounts, nowMs),
    instance: (look) => lookAtInstance(look, accounts, nowMs),
    server: (look) => lookAtServer(look, accounts, nowMs),
    servers: (find) => findServers(find, accounts),
    close: accounts.close,
  };
}
