import t from 'tap';
import { createWorld, policy } from './world.ts';

const cases = [
  ['probe.no-socket', ['docker.socket']],
  ['probe.http-status', []],
] as const;

for (const [reason, sockets] of cases) {
  t.test(`with ${reason} the socket units restarted beside the service are [${sockets}]`, async (t) => {
    const world = createWorld([policy('docker')], { units: { docker: { sockets: ['docker.socket'] } } });
    world.advance(60_000);
    world.answer('docker/vote', { verdict: 'unhealthy', reason });
    world.answer('docker/witness', { verdict: 'unhealthy', reason });
    world.advance(30_000);
    t.match(world.remedial()[0], { type: 'unit.restart', unit: 'docker.service', sockets: [...sockets] });
  });
}
