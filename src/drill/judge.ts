/** What was seen against what was expected: pure, so that it can be asked again and again while the node is looked at. */
import type { Expectation, Failure, Never, UnitName } from './failure.ts';
import { agentUnit } from './failure.ts';
import type { Deed, Observed, Sample, UnitState } from './observed.ts';
import { parseTimestamp } from './witness.ts';

/** `open`: not yet; what it is at the end counts as no. */
export type Answer = 'yes' | 'no' | 'open';

export interface Finding {
  readonly expected: string;
  readonly seen: string;
  readonly answer: Answer;
  /** Milliseconds after times began to count; null where none applies. */
  readonly afterMs: number | null;
}

const isStart = ({ member }: Deed): boolean => /^(Start|Restart|TryRestart)Unit$/.test(member);
const seconds = (ms: number): string => `${(ms / 1_000).toFixed(ms < 10_000 ? 2 : 1)} s`;

export const describeDeed = ({ member, unit }: Deed): string => `${member} ${unit}`.trim();

const runOf = (sample: Sample, unit: UnitName): UnitState | undefined => sample.units[unit];

const startsOf = (observed: Observed, unit: UnitName): readonly Deed[] =>
  observed.deeds.filter((deed) => isStart(deed) && deed.unit === unit);

/** The first look that saw another run of the unit, active and answering. */
function findNewRun({ before, samples, struckAtMs }: Observed, unit: UnitName): Sample | undefined {
  const old = runOf(before, unit)?.InvocationID;
  return samples.find((sample) => {
    const now = runOf(sample, unit);
    const isNew = now?.ActiveState === 'active' && now.InvocationID !== old && sample.answers[unit] === true;
    return isNew && sample.atMs >= struckAtMs;
  });
}

/** systemd's own time of the new run when the first look at it found it well, else the time of the look that did. */
function wellAtMs({ samples, struckAtMs }: Observed, found: Sample, unit: UnitName): number {
  const run = runOf(found, unit);
  const first = samples.find((sample) => {
    const state = runOf(sample, unit);
    return state?.InvocationID === run?.InvocationID && state?.ActiveState === 'active' && unit in sample.answers;
  });
  const entered = parseTimestamp(run?.ActiveEnterTimestamp ?? '');
  return Math.max(struckAtMs, first === found && entered !== null ? entered : found.atMs);
}

function findMended(observed: Observed, unit: UnitName, by: 'nodemend' | 'anyone'): Finding {
  const expected = `a new run of ${unit} answers${by === 'nodemend' ? ', and nodemend asked for it' : ''}`;
  const found = findNewRun(observed, unit);
  const deeds = startsOf(observed, unit);
  if (found === undefined) {
    const last = observed.samples.at(-1);
    const state = last === undefined ? undefined : runOf(last, unit);
    return {
      expected,
      seen: `${state?.ActiveState ?? 'unseen'} (${state?.SubState ?? '?'})`,
      answer: 'open',
      afterMs: null,
    };
  }
  const afterMs = wellAtMs(observed, found, unit) - observed.struckAtMs;
  const whose = deeds.length === 0 ? 'nodemend did not ask for it' : deeds.map(describeDeed).join(', ');
  // What was heard of the bus is written down a moment later than it happens.
  const answer = by === 'nodemend' && deeds.length === 0 ? 'open' : 'yes';
  return { expected, seen: `after ${seconds(afterMs)}: ${whose}`, answer, afterMs };
}

function findLeftAlone({ deeds, samples, struckAtMs }: Observed, forMs: number): Finding {
  const expected = `nodemend asks nothing of systemd for ${forMs / 1_000} s`;
  const [deed] = deeds.filter(({ atMs }) => atMs < struckAtMs + forMs);
  const lastMs = (samples.at(-1)?.atMs ?? struckAtMs) - struckAtMs;
  if (deed !== undefined) {
    return { expected, seen: describeDeed(deed), answer: 'no', afterMs: deed.atMs - struckAtMs };
  }
  return { expected, seen: `nothing in ${seconds(lastMs)}`, answer: lastMs >= forMs ? 'yes' : 'open', afterMs: null };
}

function findReturn(observed: Observed): Finding {
  const found = findNewRun(observed, agentUnit);
  const expected = 'nodemend runs anew and answers';
  if (found === undefined) return { expected, seen: 'it does not', answer: 'open', afterMs: null };
  const afterMs = wellAtMs(observed, found, agentUnit) - observed.struckAtMs;
  return { expected, seen: `after ${seconds(afterMs)}`, answer: 'yes', afterMs };
}

function findReboot({ before, samples, struckAtMs }: Observed): Finding {
  const expected = 'the node has booted anew and all that ran before runs and answers';
  const found = samples.find(
    ({ bootId, units, answers }) =>
      bootId !== before.bootId &&
      Object.keys(before.units).every((unit) => units[unit as UnitName]?.ActiveState === 'active') &&
      Object.values(answers).every((answer) => answer),
  );
  if (found === undefined) return { expected, seen: 'not yet', answer: 'open', afterMs: null };
  const afterMs = found.atMs - struckAtMs;
  return { expected, seen: `after ${seconds(afterMs)}`, answer: 'yes', afterMs };
}

function findReport({ samples }: Observed, component: string, phase: string): Finding {
  const said = samples.findLast((sample) => sample.phases !== null)?.phases?.[component] ?? 'nothing';
  return {
    expected: `nodemend says that ${component} is ${phase}`,
    seen: said,
    answer: said === phase ? 'yes' : 'open',
    afterMs: null,
  };
}

export function findExpected(expectation: Expectation, observed: Observed): Finding {
  switch (expectation.kind) {
    case 'mended':
      return findMended(observed, expectation.unit, expectation.by);
    case 'left-alone':
      return findLeftAlone(observed, expectation.forMs);
    case 'returns':
      return findReturn(observed);
    case 'rebooted':
      return findReboot(observed);
    case 'reported':
      return findReport(observed, expectation.component, expectation.phase);
  }
}

/** What must not happen, over all that was seen. */
export function findForbidden(never: Never, { before, samples, deeds }: Observed): Finding {
  const verdict = (expected: string, wrong: readonly string[]): Finding => ({
    expected,
    seen: wrong.length === 0 ? 'it did not' : wrong.join(', '),
    answer: wrong.length === 0 ? 'yes' : 'no',
    afterMs: null,
  });
  switch (never.kind) {
    case 'restarted': {
      const known = never.units.filter((unit) => runOf(before, unit)?.ActiveState === 'active');
      const anew = known.filter((unit) =>
        samples.some((sample) => {
          const state = runOf(sample, unit);
          return state?.InvocationID !== '' && state?.InvocationID !== runOf(before, unit)?.InvocationID;
        }),
      );
      return verdict(`no new run of ${known.join(', ') || 'any other unit'}`, anew);
    }
    case 'starts': {
      const starts = deeds.filter(isStart);
      return verdict(
        `nodemend asks for ${never.moreThan} start${never.moreThan === 1 ? '' : 's'} at most`,
        starts.length > never.moreThan ? starts.map(describeDeed) : [],
      );
    }
    case 'killed': {
      const kills = deeds.filter(({ member, unit }) => /^Kill/.test(member) && never.units.some((one) => one === unit));
      return verdict(`nodemend does not kill ${never.units.join(', ')}`, kills.map(describeDeed));
    }
    case 'down': {
      const reboots = deeds.filter(({ member }) => /^(Reboot|PowerOff|Halt)/.test(member)).map(describeDeed);
      const boots = new Set(samples.map(({ bootId }) => bootId).filter((id) => id !== before.bootId));
      return verdict('the node stays up', [...reboots, ...[...boots].map((id) => `boot ${id}`)]);
    }
  }
}

export interface Judgement {
  readonly expected: readonly Finding[];
  readonly forbidden: readonly Finding[];
  /** nodemend's first deed, and all that was expected seen, after times began to count. */
  readonly detectedAfterMs: number | null;
  readonly recoveredAfterMs: number | null;
}

export function judge({ expect, never }: Failure, observed: Observed): Judgement {
  const expected = expect.map((one) => findExpected(one, observed));
  const times = expected.flatMap(({ afterMs, answer }) => (afterMs === null || answer !== 'yes' ? [] : [afterMs]));
  const [first] = observed.deeds.filter(({ atMs }) => atMs >= observed.struckAtMs);
  return {
    expected,
    forbidden: never.map((one) => findForbidden(one, observed)),
    detectedAfterMs: first === undefined ? null : first.atMs - observed.struckAtMs,
    recoveredAfterMs: times.length === 0 ? null : Math.max(...times),
  };
}
