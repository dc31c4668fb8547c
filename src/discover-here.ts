/** `nodemend discover` with the system bus of this node behind it. */
import { busAddress } from './adapters/systemd/address.ts';
import { createSystemBus } from './adapters/systemd/system-bus.ts';
import { type DiscoverOptions, discover } from './cli/discover.ts';
import type { Io } from './cli/io.ts';

const connectMs = 5_000;

export async function discoverHere(options: DiscoverOptions, io: Io): Promise<number> {
  const { promise: settled, resolve } = Promise.withResolvers<void>();
  const bus = createSystemBus({
    address: busAddress(process.env),
    clock: { nowMs: () => Number(process.hrtime.bigint()) / 1e6 },
    emit: (event) => (event.type === 'bus.connected' || event.type === 'bus.lost') && resolve(),
  });
  const timer = setTimeout(resolve, connectMs);
  bus.open();
  await settled;
  clearTimeout(timer);
  const status = await discover(options, io, bus.read);
  await bus.close();
  return status;
}
