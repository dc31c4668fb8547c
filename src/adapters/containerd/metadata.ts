/**
 * Whether containerd's database can be read and written: lists the namespaces (a read), makes a lease and deletes it (two writes with
 * fsync). The lease lies in a namespace of its own, holds nothing, has one name for ever and an expiry, so that what an interrupted look
 * leaves behind is one lease at most, which the next look deletes. Never touches a namespace that has containers.
 */
import type { Clock } from '../../ports.ts';
import type { GrpcClients } from '../grpc/client.ts';
import { createLease, deleteLease, listNamespaces } from '../grpc/protos/containerd.ts';
import { finding } from '../probe/finding.ts';
import type { Look } from '../probe/look.ts';

const namespace = 'nodemend';
const lease = 'nodemend-probe';
/** containerd's collector takes a lease away after the time in this label (RFC 3339). */
const expiryLabel = 'containerd.io/gc.expire';
const expiryMs = 5 * 60_000;

const notFound = 5;
const alreadyExists = 6;

export function createMetadataLook(
  { call }: Pick<GrpcClients, 'call'>,
  clock: Pick<Clock, 'wallMs'>,
): Look<'containerd'> {
  return async ({ socket }, { signal }) => {
    const listed = await call(socket, listNamespaces, {}, { signal });
    if (!listed.ok) return listed.finding;
    const labels = { [expiryLabel]: new Date(clock.wallMs() + expiryMs).toISOString() };
    const created = await call(socket, createLease, { id: lease, labels }, { signal, namespace });
    // A leftover: deleting it is as good a write.
    if (!created.ok && created.code !== alreadyExists) return created.finding;
    const deleted = await call(socket, deleteLease, { id: lease }, { signal, namespace });
    if (!deleted.ok && deleted.code !== notFound) return deleted.finding;
    return finding('probe.ok', `${listed.reply.namespaces.length} namespaces; a lease was written and deleted`);
  };
}
