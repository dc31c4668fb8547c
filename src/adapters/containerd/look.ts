/** The three looks at containerd, from shallow to deep: its server, its database, its shims. */
import type { Clock } from '../../ports.ts';
import type { GrpcClients } from '../grpc/client.ts';
import { version } from '../grpc/protos/containerd.ts';
import { finding } from '../probe/finding.ts';
import type { Look } from '../probe/look.ts';
import { createMetadataLook } from './metadata.ts';
import { createShimsLook } from './shims.ts';

export interface ContainerdLookParts {
  readonly clients: Pick<GrpcClients, 'call'>;
  readonly clock: Pick<Clock, 'wallMs'>;
  readonly procFolder: string;
}

export function createContainerdLook({ clients, clock, procFolder }: ContainerdLookParts): Look<'containerd'> {
  const lookMetadata = createMetadataLook(clients, clock);
  const lookShims = createShimsLook(clients, procFolder);
  return async (target, context) => {
    if (target.look === 'metadata') return lookMetadata(target, context);
    if (target.look === 'shims') return lookShims(target, context);
    const outcome = await clients.call(target.socket, version, {}, { signal: context.signal });
    if (!outcome.ok) return outcome.finding;
    const said = outcome.reply.version;
    return said === ''
      ? finding('probe.bad-reply', 'the reply has no version')
      : finding('probe.ok', `containerd ${said}`);
  };
}
