/** Makes a failing story as short as it gets: leaves out whatever the breach does not need. */
import type { Scheduled } from '../../src/sim/happening.ts';
import { type Outcome, runStory } from './run.ts';
import type { Story } from './swarm.ts';

/** Leaves out the agent's deaths, and ever smaller pieces, as delta debugging does, until no single happening can be left out. */
export async function shrink(
  told: Story,
  rule: string,
  run: (story: Story) => Promise<Outcome> = runStory,
): Promise<Story> {
  const stillBreaks = async (story: Story): Promise<boolean> =>
    (await run(story)).breaches.some((breach) => breach.rule === rule);
  const undying = { ...told, deathShare: 0 };
  const story = told.deathShare > 0 && (await stillBreaks(undying)) ? undying : told;
  let kept: readonly Scheduled[] = story.happenings;
  for (let size = Math.ceil(kept.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < kept.length; ) {
      const without = [...kept.slice(0, at), ...kept.slice(at + size)];
      if (await stillBreaks({ ...story, happenings: without })) kept = without;
      else at += size;
    }
  }
  return { ...story, happenings: kept };
}

const clock = (atMs: number): string => {
  const seconds = Math.floor(atMs / 1_000);
  const part = (value: number): string => String(value).padStart(2, '0');
  return `${part(Math.floor(seconds / 3_600))}:${part(Math.floor(seconds / 60) % 60)}:${part(seconds % 60)}`;
};

export function describeStory({ node, happenings, deathShare }: Story): string[] {
  return [
    `node: ${node.name}${deathShare === 0 ? '' : `; the agent dies at ${(100 * deathShare).toFixed(1)} % of its writes and calls`}`,
    ...happenings.map(({ atMs, happening }) => `${clock(atMs)} (${atMs} ms) ${JSON.stringify(happening)}`),
  ];
}
