import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { pathOfUnit } from '../../src/adapters/systemd/object-path.ts';
import { createFakeBus } from '../adapters/systemd/fake-bus.ts';
import { unitDict } from '../adapters/systemd/stage.ts';
import { eventually } from '../serve/raw.ts';
import { ask, createPlace, runCli, says, startDaemon } from './stage.ts';

const listed = 'discover: false\ncomponents: { edge: { unit: edge.service, critical: true } }';

/** A daemon over a bus on which edge.service runs. */
async function setUp(t: Test) {
  const bus = await createFakeBus();
  t.teardown(() => bus.close());
  bus.units.set(pathOfUnit('edge.service'), unitDict('edge.service'));
  const place = await createPlace(t, bus.address);
  place.configure(listed);
  const daemon = startDaemon(t, place);
  await daemon.line((line) => line['to'] === 'healthy');
  return { bus, place, daemon };
}

const get = async (url: string): Promise<[number, string]> => {
  const response = await fetch(url);
  return [response.status, await response.text()];
};

t.test('up, asked, reloaded, blind, and ended', async (t) => {
  const { bus, place, daemon } = await setUp(t);

  await t.test('it answers load balancers and Prometheus', async (t) => {
    t.same(await get(place.url('/livez')), [200, 'ok']);
    t.same(await get(place.url('/readyz')), [200, 'ok']);
    t.match(await get(place.url('/readyz/edge?verbose')), [200, /^\[\+\]edge ok$/m]);
    const [status, page] = await get(place.url('/metrics'));
    t.equal(status, 200);
    t.match(page, /^nodemend_component_phase\{component="edge",phase="healthy"\} 1$/m);
    t.match(page, /^nodemend_bus_connected 1$/m);
  });

  await t.test('its files are for nobody else', async (t) => {
    for (const name of ['.', 'nodemend.db', 'last-good.yaml', 'evidence'])
      t.equal(statSync(join(place.folder, 'state', name)).mode & 0o007, 0, name);
    t.match(readFileSync(join(place.folder, 'state/last-good.yaml'), 'utf8'), listed);
    t.equal(statSync(place.socket).mode & 0o777, 0o660);
  });

  await t.test('operators ask over the control socket', async (t) => {
    const status = await ask(place, 'status');
    const one = await ask(place, 'status', 'edge', '--json');
    const nobody = await runCli(place, 'status', 'nobody', '--socket', place.socket);
    const history = await ask(place, 'history', '--json');
    t.match(status, { status: 0, out: /is ready for .*edge +healthy/s, err: '' });
    t.match(one, { status: 0, err: '' });
    t.match(JSON.parse(one.out), { name: 'edge', phase: 'healthy', unit: 'edge.service' });
    t.match(nobody, { status: 2, out: '', err: 'unknown component "nobody": known are edge\n' });
    t.match(history, { status: 0, out: /"incidents": \[\]/ });
    t.match(await ask(place, 'pause', 'edge', '--for', '30m', '--reason', 'new disk'), {
      status: 0,
      out: /edge is paused/,
    });
    t.match(await ask(place, 'restart', 'edge'), { status: 1, err: /cannot restart edge: it is paused/ });
    t.match(await ask(place, 'resume', 'edge'), { status: 0, out: /edge is supervised again/ });
    t.match(await ask(place, 'resume', 'edge'), { status: 1, err: /edge is not paused/ });
    t.match(await ask(place, 'restart', 'edge'), { status: 0, out: /edge is being restarted/ });
    await daemon.line((line) => line.type === 'action.begun');
    // Over the bus, as soon as the intent is on the disk.
    await eventually(() =>
      bus.calls.some(({ member, body }) => `${member} ${body?.[0]}` === 'RestartUnit edge.service'),
    );
  });

  await t.test('a reload with a bad file keeps the last good one and says so; a good one is taken', async (t) => {
    place.configure('lissten: 1');
    daemon.kill('SIGHUP');
    const { detail } = await daemon.line(says('config.rejected'));
    t.match(detail, /nodemend\.yaml:1:1: lissten: there is no key "lissten" here; did you mean listen\?/);
    t.match((await get(place.url('/metrics')))[1], /^nodemend_config_last_reload_successful 0$/m);
    t.match(await get(place.url('/livez')), [200]);
    place.configure('discover: false\ncomponents: { other: { unit: other.service } }');
    daemon.kill('SIGHUP');
    t.match(await daemon.line((line) => line.type === 'node.changed' && line.reason === 'config.loaded'), {
      detail: '1 components',
    });
    t.match((await get(place.url('/metrics')))[1], /^nodemend_config_last_reload_successful 1$/m);
  });

  await t.test('a second daemon on the same state ends with one sentence and changes nothing', async (t) => {
    const other = await createPlace(t);
    other.configure('node: second');
    const second = startDaemon(t, { ...other, env: place.env });
    const { status, err } = await second.ended;
    t.equal(status, 1);
    t.match(err, /^cannot open .*nodemend\.db: another nodemend uses it; stop that one first\n$/);
    t.notMatch(readFileSync(join(place.folder, 'state/last-good.yaml'), 'utf8'), 'second');
  });

  await t.test('without the bus it is blind, not dead', async (t) => {
    await bus.close();
    await daemon.line(says('bus.lost'));
    t.same(await get(place.url('/livez')), [200, 'ok']);
    t.match((await get(place.url('/metrics')))[1], /^nodemend_bus_connected 0$/m);
  });

  await t.test('SIGTERM ends it well', async (t) => {
    daemon.kill('SIGTERM');
    t.match(await daemon.ended, { status: 0, signal: null, err: '' });
    t.throws(() => statSync(place.socket), { code: 'ENOENT' }, 'the socket is gone');
  });
});

t.test('what an operator paused stays paused when the daemon is killed', async (t) => {
  const { place, daemon } = await setUp(t);
  t.match(await ask(place, 'pause', 'edge', '--for', '1h', '--reason', 'new disk'), { status: 0 });
  daemon.kill('SIGKILL');
  t.match(await daemon.ended, { signal: 'SIGKILL' });
  const next = startDaemon(t, place);
  await next.line(says('bus.connected'));
  const status = await ask(place, 'status', 'edge', '--json');
  t.match(JSON.parse(status.out), { phase: 'paused', pause: { text: 'new disk' } });
});

t.test('where the bus never was, what the file lists is shown and the daemon lives', async (t) => {
  const place = await createPlace(t);
  place.configure(listed);
  const daemon = startDaemon(t, place);
  await daemon.line(says('config.loaded'));
  t.same(await get(place.url('/livez')), [200, 'ok']);
  t.match(await get(place.url('/readyz')), [503]);
  const status = await ask(place, 'status', '--json');
  t.equal(status.status, 1);
  t.match(JSON.parse(status.out), { busConnected: false, components: [{ name: 'edge', phase: 'unknown' }] });
  daemon.kill('SIGTERM');
  t.match(await daemon.ended, { status: 0 });
});
