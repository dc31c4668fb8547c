/** Writes a key under a short lease through one member and reads it back through the cluster: proves that work gets done, not only that members answer. */
import { randomBytes } from 'node:crypto';
import type { Canary } from '../../core/etcd/event.ts';
import * as protos from '../grpc/protos/etcd.ts';
import type { Access, Reach } from './access.ts';

const leaseSeconds = 60;

/** `name`: of this node, so that each has a key of its own. Never rejects. */
export async function flyCanary(reach: Reach, access: Access, name: string, timeoutMs: number): Promise<Canary> {
  const begunMs = performance.now();
  const key = Buffer.from(`/nodemend/canary/${name}`);
  const value = randomBytes(8);
  const [endpoint = ''] = access.endpoints;
  try {
    await reach(endpoint, access, timeoutMs, async (remote, signal) => {
      const { id: lease } = await remote.call(protos.grantLease, { ttl: leaseSeconds }, signal);
      await remote.call(protos.put, { key, value, lease }, signal);
      const { kvs } = await remote.call(protos.range, { key }, signal);
      await remote.call(protos.revokeLease, { id: lease }, signal);
      if (kvs[0]?.value.equals(value) !== true) throw new Error('another value was read than the one just written');
    });
    return { ok: true, detail: '', durationMs: performance.now() - begunMs };
  } catch (error) {
    const timedOut = error instanceof Error && error.name === 'TimeoutError';
    const said = error instanceof Error ? error.message : String(error);
    const detail = `${endpoint}: ${timedOut ? `not done within ${timeoutMs / 1_000} s` : said}`;
    return { ok: false, detail, durationMs: performance.now() - begunMs };
  }
}
