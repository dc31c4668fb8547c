/** One deliberate fault for each rule of behaviour: a line of the core and what is put in its place. The line has to be there exactly once. */
export interface Mutant {
  readonly rule: string;
  /** The seed that found it last: tried first, so that the search is for the day on which the stories or the core have changed. */
  readonly seed: number;
  /** What the fault makes the agent do. */
  readonly what: string;
  /** Below src/core/mend. */
  readonly file: string;
  readonly line: string;
  readonly instead: string;
}

export const mutants: readonly Mutant[] = [
  {
    rule: 'S1',
    seed: 2,
    what: 'an open intent that is found after a crash is carried out again',
    file: 'start.ts',
    line: "return deed.stage === 'preparing' ? dropPlan(found) : beginVerifying(turn, found, deed);",
    instead: "return { ...found, deed: { ...deed, stage: 'preparing' } };",
  },
  {
    rule: 'S2',
    seed: 101,
    what: 'a job that is under way is not respected',
    file: 'jobs.ts',
    line: 'return unit.job !== 0 || nowMs < (jobEndMs(component) ?? 0);',
    instead: 'return nowMs < 0;',
  },
  {
    rule: 'S3',
    seed: 3,
    what: 'a pause is not respected',
    file: 'sign.ts',
    line: "if (set !== null) return read('paused', 'pause.set', set.text);",
    instead: "if (set !== null && turn.nowMs < 0) return read('paused', 'pause.set', set.text);",
  },
  {
    rule: 'S4',
    seed: 7,
    what: 'a look that was not possible counts as a bad one',
    file: 'looks.ts',
    line: 'const counts = seen.startedAtMs >= component.freshFromMs;',
    instead:
      "const counts = seen.startedAtMs >= component.freshFromMs;\n  if (seen.verdict === 'unknown') seen = { ...seen, verdict: 'unhealthy' };",
  },
  {
    rule: 'S5',
    seed: 1,
    what: 'one bad look is enough',
    file: 'verdict.ts',
    line: 'const enough = known === last && bad >= failures && spanMs >= forMs;',
    instead: 'const enough = known === last && bad >= 1 && spanMs >= 0;',
  },
  {
    rule: 'S6',
    seed: 1,
    what: 'deadlines do not widen under pressure',
    file: 'pressure.ts',
    line: 'return 1 + (mostStretch - 1) * Math.min(1, Math.max(byPressure, byLag));',
    instead: 'return 1 + 0 * mostStretch * (byPressure + byLag);',
  },
  {
    rule: 'S7',
    seed: 21,
    what: 'a start has no grace',
    file: 'sign.ts',
    line: 'const young = turn.nowMs < runsSinceMs(component) + graceMs(component, turn.node, turn.nowMs);',
    instead: 'const young = turn.nowMs < runsSinceMs(component) - graceMs(component, turn.node, turn.nowMs);',
  },
  {
    rule: 'S8',
    seed: 6,
    what: 'the budget is never spent',
    file: 'budget.ts',
    line: 'return Math.max(0, allowance(component, node, nowMs) - spentWithin(component, nowMs).length);',
    instead: 'return allowance(component, node, nowMs);',
  },
  {
    rule: 'S9',
    seed: 3,
    what: 'nobody waits for a dependency',
    file: 'dependency.ts',
    line: 'return held ?? null;',
    instead: 'return held === undefined ? held : null;',
  },
  {
    rule: 'S10',
    seed: 2,
    what: 'a unit that is active is taken for verified without an answer',
    file: 'verification.ts',
    line: "if (finding.verdict === 'healthy') return read('verified', 'restart.verified');",
    instead: "if (finding.verdict !== 'initializing') return read('verified', 'restart.verified');",
  },
  {
    rule: 'S11',
    seed: 3,
    what: "systemd's own Restart= is always overtaken",
    file: 'budget.ts',
    line: 'return spentWithin(component, nowMs).length < hastenedWithin(allowance(component, node, nowMs));',
    instead: 'return spentWithin(component, nowMs).length <= hastenedWithin(allowance(component, node, nowMs)) + 9;',
  },
  {
    rule: 'S12',
    seed: 25,
    what: 'the node is rebooted for what a reboot does not mend',
    file: 'reboot.ts',
    line: "if (component.incident === null || !mendable.has(component.incident.cause)) return 'reboot.cannot-help';",
    instead: "if (component.incident === null || mendable.size === 0) return 'reboot.cannot-help';",
  },
  {
    rule: 'S13',
    seed: 15,
    what: 'evidence from before a gap in time is kept',
    file: 'clock.ts',
    line: 'return lateMs >= gapMs ? lateMs : null;',
    instead: 'return lateMs >= 1e9 ? lateMs : null;',
  },
  {
    rule: 'S14',
    seed: 1,
    what: 'the words of an answer count',
    file: 'looks.ts',
    line: 'const counts = seen.startedAtMs >= component.freshFromMs;',
    instead:
      "const counts = seen.startedAtMs >= component.freshFromMs;\n  if (seen.detail.includes('panic')) seen = { ...seen, verdict: 'unhealthy', reason: 'probe.timeout' };",
  },
];
