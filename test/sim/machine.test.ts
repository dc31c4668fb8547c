import t from 'tap';
import { createAgenda } from '../../src/sim/agenda.ts';
import { createMachine } from '../../src/sim/machine.ts';

t.test('after weeks, too, a timer is not early: it would ring for ever without its moment coming', async (t) => {
  const agenda = createAgenda();
  const tenant = { signal() {}, shutdown() {}, booted() {}, stopped() {}, lost() {} };
  const machine = createMachine({ agenda, seed: 1, installed: [], watcher: {}, tenant: () => tenant });
  agenda.passTo(1_143_200_960);
  machine.boot();
  const wakes = Array.from({ length: 1_000 }, (_, index) => 108_561_120 + index / 1024 + 1e-7);
  const early = wakes.filter((wake) => machine.monotonicOf(agenda.at(machine.agendaMs(wake), () => {}).atMs) < wake);
  t.same(early, []);
});
