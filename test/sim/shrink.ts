/** Makes a failing story as short as it gets: leaves out whatever the breach does not need. */
import type { Scheduled } from '../../src/sim/happening.ts';
import { runStory } from './run.ts';
import type { Story } from './swarm.ts';

async function stillBreaks(story: Story, rule: string): Promise<boolean> {
  const { breaches } = await runStory(story);
  return breaches.some((breach) => breach.rule === rule);
}

/** Leaves out the agent's deaths, and ever smaller pieces, as delta debugging does, until no single happening can be left out. */
export async function shrink(told: Story, rule: string): Promise<Story> {
  const undying = { ...told, deathShare: 0 };
  const story = told.deathShare > 0 && (await stillBreaks(undying, rule)) ? undying : told;
  let kept: readonly Scheduled[] = story.happenings;
  for (let size = Math.ceil(kept.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < kept.length; ) {
      const without = [...kept.slice(0, at), ...kept.slice(at + size)];
      if (await stillBreaks({ ...story, happenings: without }, rule)) kept = without;
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
