/**
 * Two looks over the Container Runtime Interface. `version` proves that the server answers; `status` reads what it says of itself. A
 * network that is not ready is told but is not the runtime's fault: the network plugin's pod is, and that needs the runtime.
 */
import type { GrpcClients } from '../grpc/client.ts';
import { type RuntimeCondition, runtimeStatus, runtimeVersion } from '../grpc/protos/runtime.ts';
import { type Finding, finding } from '../probe/finding.ts';
import type { Look } from '../probe/look.ts';

const say = ({ type, reason, message }: RuntimeCondition): string =>
  `${type} is false${reason === '' ? '' : `, ${reason}`}${message === '' ? '' : `: ${message}`}`;

/** Judges the conditions of a Status reply. */
export function judgeConditions(conditions: readonly RuntimeCondition[]): Finding {
  const runtime = conditions.find(({ type }) => type === 'RuntimeReady');
  const network = conditions.find(({ type }) => type === 'NetworkReady');
  if (runtime === undefined) return finding('probe.bad-reply', 'the status has no RuntimeReady condition');
  if (!runtime.status) return finding('probe.not-ready', say(runtime));
  return finding(
    'probe.ok',
    network === undefined || network.status ? 'RuntimeReady' : `RuntimeReady; ${say(network)}`,
  );
}

export function createCriLook({ call }: Pick<GrpcClients, 'call'>): Look<'cri'> {
  return async ({ socket, look }, { signal }) => {
    if (look === 'version') {
      const outcome = await call(socket, runtimeVersion, { version: 'v1' }, { signal });
      if (!outcome.ok) return outcome.finding;
      const { runtimeName, runtimeVersion: version } = outcome.reply;
      return runtimeName === ''
        ? finding('probe.bad-reply', 'the reply names no runtime')
        : finding('probe.ok', `${runtimeName} ${version}`);
    }
    const outcome = await call(socket, runtimeStatus, {}, { signal });
    return outcome.ok ? judgeConditions(outcome.reply.status?.conditions ?? []) : outcome.finding;
  };
}
