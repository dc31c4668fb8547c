/** `nodemend discover` with the system bus of this node behind it. */
import { busAddress } from './adapters/systemd/address.ts';
import { createSystemBus } from './adapters/systemd/system-bus.ts';
import { type DiscoverOptions, discover } from './cli/discover.ts';
import type { Io } from './cli/io.ts';

const connectMs = 5_000;

export async function discoverHere(options: DiscoverOptions, io: Io): Promise<number> {
  const { promise: connected, resolve } = Promise.withResolvers<boolean>();
  const bus = createSystemBus({
    address: busAddress(process.env),
    clock: { nowMs: () => Number(process.hrtime.bigint()) / 1e6 },
    emit: ({ type }) => (type === 'bus.connected' || type === 'bus.lost') && resolve(type === 'bus.connected'),
  });
  const timer = setTimeout(resolve, connectMs, false);
  bus.open();
  const isConnected = await connected;
  clearTimeout(timer);
  const status = await discover(options, io, isConnected ? bus.read : async () => null);
  await bus.close();
  return status;
}
