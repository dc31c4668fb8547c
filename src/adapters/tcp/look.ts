/** A TCP connect and nothing more: it proves that somebody listens, not that anybody lives (the kernel accepts for a stopped process). */
import { connect } from 'node:net';
import { findAddresses } from '../probe/address.ts';
import { finding } from '../probe/finding.ts';
import type { Look } from '../probe/look.ts';

export const lookTcp: Look<'tcp'> = async ({ host, port }, context) => {
  const lookup = await findAddresses(host, context);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const socket = connect({ host, port, lookup, signal: context.signal });
  socket.once('connect', resolve);
  socket.once('error', reject);
  await promise;
  const { remoteAddress, remotePort } = socket;
  socket.destroy();
  return finding('probe.ok', `${remoteAddress} port ${remotePort}`);
};
