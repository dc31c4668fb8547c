/** `nodemend-drill run`: from the wish to the reports. Nothing on the node is changed before its operator has agreed. */
import { exitStatus } from '../cli/io.ts';
import { describeResult, drillAll, type Teller } from './campaign.ts';
import { catalogue, pairs } from './catalogue/all.ts';
import type { Words } from './command-line.ts';
import { createJournal, type HealJournal } from './journal.ts';
import { renderPlan } from './plan.ts';
import { summarize } from './report/summary.ts';
import { writeReports } from './report/write.ts';
import { countOf, type DrillResult, type DrillRun } from './result.ts';
import { type Fitting, fit, select, shuffle } from './select.ts';
import { type Survey, survey } from './survey.ts';
import type { Target } from './target.ts';
import type { World } from './world.ts';

type Run = Words & { readonly command: 'run' };

interface Ready {
  readonly target: Target;
  readonly seen: Survey;
  readonly fitting: Fitting;
  readonly journal: HealJournal;
}

const leftOutOf = ({ leftOut }: Fitting): readonly DrillResult[] =>
  leftOut.map(({ failure, lacks }) => ({
    ...{ failure, outcome: 'left-out', reason: `the node lacks ${lacks}` },
    ...{ judgement: null, timeline: [], tookMs: 0 },
  }));

async function carryOut({ target, seen, fitting, journal }: Ready, words: Run, world: World): Promise<DrillRun> {
  const { clock, signal, io } = world;
  const beganMs = clock.nowMs();
  const facts = { target: target.name, node: seen.versions['node'] ?? '', load: words.load, seed: words.seed };
  const started = { ...facts, startedAt: world.now(), versions: seen.versions };
  const done: DrillResult[] = [];
  const report = (): DrillRun => {
    const results = [...done, ...leftOutOf(fitting)];
    const run = { ...started, tookMs: Math.round(clock.nowMs() - beganMs), results };
    writeReports(words.report, run);
    return run;
  };
  const tell: Teller = {
    began: ({ name, title }, index, of) => io.out(`[${index}/${of}] ${name}: ${title}\n`),
    ended: (result) => {
      io.out(`       ${describeResult(result)}\n`);
      done.push(result);
      report();
    },
  };
  const stage = { target, clock, journal, units: seen.units, load: words.load, signal };
  await drillAll(stage, fitting.possible, tell);
  return report();
}

/** Throws with one sentence when the node cannot be drilled. */
async function prepare(target: Target, words: Run, world: World): Promise<Ready | null> {
  const chosen = select(words.wish, catalogue, pairs).failures;
  const seen = await survey(target);
  const failures = shuffle(chosen, words.seed);
  const fitting = await fit(target, withLoad(failures, words), seen.units);
  const named = fitting.leftOut.filter(({ failure }) => words.wish.names.includes(failure.name));
  if (named.length > 0 || fitting.possible.length === 0) {
    const lacking = fitting.leftOut.map(({ failure, lacks }) => `${failure.name}: the node lacks ${lacks}`);
    throw new Error(lacking.join('\n'));
  }
  world.io.out(target.disposable ? '' : renderPlan(target.name, fitting, words.load));
  const agreed = target.disposable || words.yes || (await world.confirm(`Break ${target.name} like this?`));
  return agreed ? { target, seen, fitting, journal: createJournal(words.report) } : null;
}

/** A load needs its program, too. */
const withLoad = (failures: ReturnType<typeof shuffle<(typeof catalogue)[number]>>, { load }: Run) =>
  load === 'idle'
    ? failures
    : failures.map((failure) => ({
        ...failure,
        needs: { ...failure.needs, tools: [...failure.needs.tools, 'stress-ng'] },
      }));

async function drillTarget(target: Target, words: Run, world: World): Promise<number> {
  const { io } = world;
  const ready = await prepare(target, words, world);
  if (ready === null) {
    io.err('nothing was touched\n');
    return exitStatus.usage;
  }
  if (!target.disposable) world.guard(words.report);
  const run = await carryOut(ready, words, world);
  io.out(`\n${summarize(run)}\n${words.report}/report.html\n`);
  const all = run.results.length - countOf(run, 'left-out');
  const whole = all === ready.fitting.possible.length;
  return whole && countOf(run, 'passed') === all ? exitStatus.fine : exitStatus.no;
}

export async function runDrill(words: Run, world: World): Promise<number> {
  const { io } = world;
  const { problems } = select(words.wish, catalogue, pairs);
  const left = createJournal(words.report).read();
  const wrong = [
    ...problems,
    ...(left === null
      ? []
      : [`${left.target} is still broken by ${left.failure}: nodemend-drill heal --report ${words.report}`]),
  ];
  if (wrong.length > 0) {
    io.err(`${wrong.join('\n')}\n`);
    return exitStatus.usage;
  }
  let target: Target | null = null;
  try {
    target = await world.open(words.target);
    return await drillTarget(target, words, world);
  } catch (error) {
    io.err(`${(error as Error).message}\n`);
    return exitStatus.usage;
  } finally {
    await target?.close();
  }
}
