/** Whether what was seen is enough for taking a running component for hung (S5), and which rule was broken when it is not. */
import type { Observation } from '../../../src/core/mend/observation.ts';
import type { Part } from './knowledge.ts';

const longestStartMs = 600_000;

interface Leniency {
  /** What else than `unhealthy` is counted as bad. */
  readonly alsoBad: (seen: Observation) => boolean;
  /** Which beginnings are not respected. */
  readonly ignores: readonly (keyof Part['from'])[];
}

const none: Leniency = { alsoBad: () => false, ignores: [] };

function isBad(seen: Observation, part: Part, nowMs: number): boolean {
  const old = nowMs - (part.unit?.inactiveExitAtMs ?? 0) >= longestStartMs;
  return seen.verdict === 'unhealthy' || (old && seen.reason === 'probe.initializing');
}

function cutOf(part: Part, { ignores }: Leniency): number {
  const kept = (Object.keys(part.from) as (keyof Part['from'])[]).filter((key) => !ignores.includes(key));
  return Math.max(...kept.map((key) => part.from[key]));
}

function isEnough(part: Part, nowMs: number, leniency: Leniency): boolean {
  const { hang, probes } = part.policy;
  const cutMs = cutOf(part, leniency);
  const looksOf = (name: string): Observation[] =>
    (part.looks.get(name) ?? []).filter(({ startedAtMs }) => startedAtMs >= cutMs);
  const bad = (seen: Observation): boolean => isBad(seen, part, nowMs) || leniency.alsoBad(seen);
  const witnesses = Object.keys(probes).filter((name) => probes[name]?.role === 'witness');
  return Object.entries(probes).some(([name, { role }]) => {
    const looks = looksOf(name);
    const window = looks.slice(-hang.of);
    const last = window.filter((seen) => seen.verdict !== 'unknown' || bad(seen)).at(-1);
    if (role !== 'vote' || last === undefined || !bad(last)) return false;
    const lastGood = looks.findLastIndex((seen) => seen.verdict === 'healthy' && !bad(seen));
    const first = [...window.filter(bad), ...looks.slice(lastGood + 1).filter(bad)].sort(
      (a, b) => a.startedAtMs - b.startedAtMs,
    )[0];
    if (first === undefined || window.filter(bad).length < hang.failures) return false;
    const agreed = witnesses.some((witness) => {
      const said = looksOf(witness).at(-1);
      return said !== undefined && bad(said) && said.startedAtMs >= first.startedAtMs;
    });
    const lastedMs = last.startedAtMs + last.durationMs - first.startedAtMs;
    return lastedMs >= hang.forMs && (agreed || witnesses.length === 0);
  });
}

/** null when the evidence is enough; else the rule that acting on it breaks, by what would have had to be ignored. */
export function missingEvidence(part: Part, nowMs: number): string | null {
  const allows = (leniency: Partial<Leniency>): boolean => isEnough(part, nowMs, { ...none, ...leniency });
  if (allows({})) return null;
  if (allows({ ignores: ['gapMs'] })) return 'S13 evidence from before a gap in time was counted';
  if (allows({ ignores: ['runMs'] })) return 'S7 evidence from an earlier run was counted';
  if (allows({ ignores: ['heldMs'] })) return 'S9 evidence from while the dependency was bad was counted';
  if (allows({ ignores: ['lifeMs'] })) return 'S13 evidence from before the agent started was counted';
  if (allows({ alsoBad: ({ verdict }) => verdict === 'unknown' })) return 'S4 unknown was counted as unhealthy';
  const anyBad = [...part.looks.values()].some((looks) => looks.slice(-5).some((seen) => isBad(seen, part, nowMs)));
  return anyBad ? 'S5 the evidence is not enough for a hang' : 'S14 nothing bad was seen at all';
}
