/** A day on which nothing happens, in virtual time: what the log says of it. */
import { openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { createLog } from '../../src/log.ts';
import { logTransition } from '../../src/log-transition.ts';
import { createWorld } from '../../src/sim/world.ts';
import { nodes } from './nodes.ts';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const mostLines = 20;

for (const { name, config, units, disabled } of nodes) {
  t.test(`a day of idle running on a ${name}, the start among it, is less than ${mostLines} lines`, async (t) => {
    const file = join(t.testdir(), 'log');
    const log = createLog({ descriptor: openSync(file, 'w') });
    const late: string[] = [];
    const world = createWorld({
      seed: 1,
      config,
      units,
      disabled,
      watcher: {
        turned: ({ step }) => {
          for (const transition of step.transitions) {
            logTransition(log, transition);
            if (world.agenda.nowMs() > 10 * minuteMs) late.push(transition.type);
          }
        },
      },
    });
    await world.runTo(dayMs);
    await log.close();
    const lines = readFileSync(file, 'utf8').trim().split('\n');
    t.ok(lines.length > 0 && lines.length < mostLines, `${lines.length} lines`);
    t.match(lines[0], /store\.fresh/, 'the first of a new node');
    t.ok((world.agent.state()?.node.lastStepAtMs ?? 0) > dayMs - minuteMs, 'a day has passed');
    t.same(late, [], 'and none once everything is up');
  });
}
