/** Passing over time gives the very bytes that turning through it gives: told, done, saved, and the state at the end. */
import t from 'tap';
import type { State } from '../../src/core/state.ts';
import { createWorld } from '../../src/sim/world.ts';
import { tellStory } from './swarm.ts';

const seeds = process.env['NODEMEND_LONG'] === '1' ? 400 : 5;

async function transcript(seed: number, rests: boolean): Promise<string[]> {
  const { node, happenings, healMs, endMs } = tellStory(seed, 6);
  const lines: string[] = [];
  const { config, units, disabled } = node;
  let rested = 0;
  const world = createWorld({
    seed,
    config,
    units,
    disabled,
    rests,
    watcher: {
      turned: ({ step, nowMs }) => {
        for (const transition of step.transitions) lines.push(`${nowMs} ${JSON.stringify(transition)}`);
        for (const action of step.actions) if ('reason' in action) lines.push(`${nowMs} ${JSON.stringify(action)}`);
      },
      called: (call) => lines.push(JSON.stringify(call)),
      agent: (what) => lines.push(`${world.agenda.nowMs()} ${what}`),
      rested: () => {
        rested += 1;
      },
    },
  });
  world.tell(happenings);
  await world.runTo(healMs);
  world.heal();
  await world.runTo(endMs);
  if (rests && rested === 0) lines.push('it never rested');
  // Of the saved state a new start of the agent keeps everything but the looks, so when it was saved is what counts.
  const saved = world.machine.disk.durableRow('node') as State;
  return [...lines, JSON.stringify(world.agent.state()), `saved at ${saved.node.lastStepAtMs}`];
}

t.test(`${seeds} stories of the swarm are the same with and without passing over time`, async (t) => {
  for (let seed = 1; seed <= seeds; seed += 1) {
    const [quick, slow] = [await transcript(seed, true), await transcript(seed, false)];
    const at = slow.findIndex((line, index) => line !== quick[index]);
    if (at >= 0 || quick.length !== slow.length)
      t.fail(`seed ${seed} differs at line ${at}`, { quick: quick[at], slow: slow[at] });
  }
  t.pass('compared');
});
