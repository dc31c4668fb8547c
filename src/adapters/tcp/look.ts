/** A TCP connect and nothing more: it proves that somebody listens, not that anybody lives (the kernel accepts for a stopped process). */
import { connect } from 'node:net';
import { finding } from '../probe/finding.ts';
import type { Look } from '../probe/look.ts';

export const lookTcp: Look<'tcp'> = ({ host, port }, { signal }) =>
  new Promise((resolve, reject) => {
    const socket = connect({ host, port, signal });
    socket.once('connect', () => {
      const { remoteAddress, remotePort } = socket;
      socket.destroy();
      resolve(finding('probe.ok', `${remoteAddress} port ${remotePort}`));
    });
    socket.once('error', reject);
  });
