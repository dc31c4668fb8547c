/** One failure, from the health of the node before to its health afterwards. Whatever happens, the node is healed. */
import { clearEars, openEars, readDeeds, readForeign } from './bus.ts';
import type { DrillClock } from './clock.ts';
import type { Argv, Failure, UnitName } from './failure.ts';
import { awaitWell, lacksBudget } from './health.ts';
import { type Induced, induce } from './induce.ts';
import { type HealJournal, heal } from './journal.ts';
import { type Judgement, judge } from './judge.ts';
import { type Load, startLoad, stopLoad } from './load.ts';
import type { Observed, Sample } from './observed.ts';
import type { DrillResult } from './result.ts';
import type { Target } from './target.ts';
import { makeTimeline } from './timeline.ts';
import { look, readStatus } from './witness.ts';

export interface Stage {
  readonly target: Target;
  readonly clock: DrillClock;
  readonly journal: HealJournal;
  /** All that are looked at. */
  readonly units: readonly UnitName[];
  readonly load: Load;
  readonly signal: AbortSignal;
}

/** A node that has just been healed gets so long to be well: the start-up grace of what was restarted, and then some. */
const wellWithinMs = 90_000;
const lookEveryMs = 200;
/** After all that was expected: whether something surplus follows. */
const aftermathMs = 1_500;

/** Void before anything was touched: null when the node may be broken. */
async function refuse({ target, clock, units, signal }: Stage, failure: Failure): Promise<string | null> {
  const trouble = await awaitWell(target, clock, units, wellWithinMs, signal);
  if (trouble !== null) return `the node was not well before: ${trouble}`;
  const status = await readStatus(target);
  const short = status === null ? 'nodemend does not answer' : lacksBudget(status, failure);
  if (short !== null) return short;
  return (await openEars(target)) ? null : 'the witness cannot listen on the bus of the node';
}

/** Units whose answer is asked for: those that are expected back. */
function asked({ expect }: Failure, units: readonly UnitName[]): readonly UnitName[] {
  return units.filter((unit) =>
    expect.some(
      (one) =>
        (one.kind === 'mended' && one.unit === unit) ||
        (one.kind === 'returns' && unit === 'nodemend.service') ||
        one.kind === 'rebooted',
    ),
  );
}

const isOver = ({ expected }: Judgement): boolean =>
  expected.every(({ answer }) => answer === 'yes') || expected.some(({ answer }) => answer === 'no');

/** Looks until all is seen that was expected, something was seen that rules it out, or the time is over. */
async function watch(stage: Stage, failure: Failure, before: Sample, foreign: ReadonlySet<string>, struckAtMs: number) {
  const { target, clock, units, signal } = stage;
  const ask = asked(failure, units);
  const phases = failure.expect.some(({ kind }) => kind === 'reported');
  const samples: Sample[] = [];
  const endMs = clock.nowMs() + failure.withinMs;
  let aftermathEndMs: number | null = null;
  for (;;) {
    const [seen, deeds] = await Promise.all([look(target, units, { ask, phases }), readDeeds(target, foreign)]);
    if (seen !== null) samples.push(seen);
    const observed: Observed = { before, struckAtMs, samples, deeds };
    if (aftermathEndMs === null && isOver(judge(failure, observed))) aftermathEndMs = clock.nowMs() + aftermathMs;
    const nowMs = clock.nowMs();
    if (signal.aborted || nowMs >= (aftermathEndMs ?? endMs)) return observed;
    await clock.wait(lookEveryMs, signal);
  }
}

const wrongOf = ({ expected, forbidden }: Judgement): readonly string[] =>
  [...expected, ...forbidden]
    .filter(({ answer }) => answer !== 'yes')
    .map(({ expected: wanted, seen }) => `expected: ${wanted}; seen: ${seen}`);

interface Broken {
  readonly observed: Observed | null;
  readonly induced: Induced;
}

async function breakAndWatch(stage: Stage, failure: Failure): Promise<Broken> {
  const { target, clock, units, load, signal, journal } = stage;
  const commands: readonly Argv[] = [...failure.heal, ...stopLoad(load)];
  const debt = { target: target.name, failure: failure.name, heal: commands };
  const foreign = await readForeign(target);
  await clearEars(target);
  const before = await look(target, units, { ask: [], phases: false });
  if (before === null) {
    return { observed: null, induced: { moments: [], struckAtMs: 0, problem: 'the node cannot be looked at' } };
  }
  journal.write(debt);
  try {
    const loaded = { ...failure, induce: [...startLoad(load), ...failure.induce] };
    const induced = await induce(target, clock, loaded, signal);
    if (induced.problem !== null) return { observed: null, induced };
    return { observed: await watch(stage, failure, before, foreign, induced.struckAtMs), induced };
  } finally {
    await heal(target, debt);
    journal.clear();
  }
}

export async function drillOne(stage: Stage, failure: Failure): Promise<DrillResult> {
  const { clock, target, units, signal } = stage;
  const beganMs = clock.nowMs();
  const result = (parts: Partial<DrillResult> & Pick<DrillResult, 'outcome' | 'reason'>): DrillResult => ({
    ...{ failure, judgement: null, timeline: [], tookMs: Math.round(clock.nowMs() - beganMs) },
    ...parts,
  });
  const refused = await refuse(stage, failure);
  if (refused !== null) return result({ outcome: 'void', reason: refused });
  const { observed, induced } = await breakAndWatch(stage, failure);
  if (observed === null) {
    return result({ outcome: 'void', reason: `it could not be broken as planned: ${induced.problem}` });
  }
  const seen = { judgement: judge(failure, observed), timeline: makeTimeline(observed, induced.moments) };
  if (signal.aborted) return result({ ...seen, outcome: 'void', reason: 'interrupted; the node was healed' });
  const trouble = await awaitWell(target, clock, units, wellWithinMs, signal);
  const wrong = [...wrongOf(seen.judgement), ...(trouble === null ? [] : [`not well after healing: ${trouble}`])];
  return result({ ...seen, outcome: wrong.length === 0 ? 'passed' : 'failed', reason: wrong.join('; ') });
}
