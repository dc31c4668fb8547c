/** The Prober port: one kind of look for every kind of target, each in its lane. Decides nothing about components. */
import type { ProbeTarget } from '../../core/mend/policy.ts';
import type { Clock, Prober } from '../../ports.ts';
import { createContainerdLook } from '../containerd/look.ts';
import { createCriLook } from '../cri/look.ts';
import { createDockerLook } from '../docker/look.ts';
import { createEtcdLook } from '../etcd/look.ts';
import { lookExec } from '../exec/look.ts';
import { createGrpcClients } from '../grpc/client.ts';
import { lookHttp } from '../http/look.ts';
import { createProcessLook } from '../process/look.ts';
import { lookTcp } from '../tcp/look.ts';
import type { Finding } from './finding.ts';
import { createLanes } from './lane.ts';
import type { Look, LookContext } from './look.ts';

export interface ProberParts {
  readonly clock: Pick<Clock, 'nowMs' | 'wallMs'>;
  /** The main process of a unit as systemd said it last; 0 when there is none or nothing is known. */
  readonly mainPid: (unit: string) => number;
  /** For tests: where the processes of the node are seen. */
  readonly procFolder?: string;
}

/** How long `close` waits for looks that do not end when told to. */
const closePatienceMs = 1_000;

/** Builds the prober; nothing is opened or loaded before the first look asks for it. */
export function createProber({ clock, mainPid, procFolder = '/proc' }: ProberParts): Prober {
  const lanes = createLanes(clock);
  const clients = createGrpcClients();
  const looks: { readonly [Kind in ProbeTarget['kind']]: Look<Kind> } = {
    unit: createProcessLook({ mainPid, procFolder }),
    http: lookHttp,
    tcp: lookTcp,
    exec: lookExec,
    cri: createCriLook(clients),
    containerd: createContainerdLook({ clients, clock, procFolder }),
    docker: createDockerLook(),
    etcd: createEtcdLook(clock),
  };

  function lookAt<Kind extends ProbeTarget['kind']>(
    target: Extract<ProbeTarget, { kind: Kind }>,
    context: LookContext,
  ): Promise<Finding> {
    const look = looks[target.kind] as Look<Kind>;
    return look(target as Parameters<Look<Kind>>[0], context);
  }

  return {
    look: (lane, target, unit, timeoutMs) =>
      lanes.run(lane, timeoutMs, (signal, tell) => lookAt(target, { unit, timeoutMs, signal, tell })),
    close: async () => {
      await lanes.close(closePatienceMs);
      clients.close();
    },
  };
}
