import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { pathOfUnit } from '../../src/adapters/systemd/object-path.ts';
import { createFakeBus } from '../adapters/systemd/fake-bus.ts';
import { unitDict } from '../adapters/systemd/stage.ts';
import { eventually, openRaw } from '../serve/raw.ts';
import { ask, createPlace, freePort, startDaemon } from './stage.ts';

t.test('load balancers hear of a pause, and are told first when the daemon ends', async (t) => {
  const bus = await createFakeBus();
  t.teardown(() => bus.close());
  bus.units.set(pathOfUnit('edge.service'), unitDict('edge.service'));
  const place = await createPlace(t, bus.address);
  const port = await freePort();
  const trackFile = join(place.folder, 'track');
  place.configure(
    `discover: false\ncomponents: { edge: { unit: edge.service, critical: true } }\n` +
      `agentCheck: { listen: "127.0.0.1:${port}" }\ntrackFile: ${trackFile}\nreadyz: { drainFor: 10s }`,
  );
  const daemon = startDaemon(t, place);
  await daemon.line((line) => line['to'] === 'healthy');
  const line = async () => (await openRaw({ port })).closed();
  const track = () => readFileSync(trackFile, 'utf8');

  t.equal(await line(), 'up ready 100%\n');
  await eventually(() => track() === '0\n');
  t.match(await ask(place, 'pause', '--for', '30m', '--reason', 'new disk'), { status: 0 });
  t.equal(await line(), 'maint\n');
  await eventually(() => track() === '1\n');
  t.match(await ask(place, 'resume'), { status: 0 });
  t.equal(await line(), 'up ready 100%\n');
  await eventually(() => track() === '0\n');

  daemon.kill('SIGTERM');
  await eventually(() => track() === '1\n');
  t.equal(await line(), 'drain\n');
  const reply = await fetch(place.url('/readyz'));
  t.equal(reply.status, 503);
  t.match(await reply.text(), '[-]shutdown failed: shutting-down\n');
  // Whoever cannot wait for the balancers asks again.
  daemon.kill('SIGTERM');
  t.match(await daemon.ended, { err: '' });
});
