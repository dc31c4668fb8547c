/**
 * Runs on a node, bundled by looker.ts: looks once at every target of a JSON argument, side by side, asks processes for their goroutines, and
 * prints what was seen.
 */
import { createClock } from '../../../src/adapters/clock/clock.ts';
import { dumpGoroutines } from '../../../src/adapters/evidence/goroutines.ts';
import { createProber } from '../../../src/adapters/probe/prober.ts';
import type { Errand } from './looker.ts';

const { wishes, dumps } = JSON.parse(process.argv[2] ?? '') as Errand;
const prober = createProber({
  clock: createClock(() => undefined),
  mainPid: (unit) => wishes[unit]?.pid ?? 0,
});
// Loads the gRPC libraries, outside of any deadline.
await prober.look('load', { kind: 'cri', socket: '/no/such.sock', look: 'version' }, '', 60_000);
const seen = await Promise.all(
  Object.entries(wishes).map(async ([name, { target, timeoutMs }]) => [
    name,
    await prober.look(name, target, name, timeoutMs),
  ]),
);
const dumped = await Promise.all(
  Object.entries(dumps).map(async ([name, pid]) => [name, await dumpGoroutines('/proc', pid, Date.now())]),
);
process.stdout.write(JSON.stringify({ seen: Object.fromEntries(seen), dumped: Object.fromEntries(dumped) }));
await prober.close();
