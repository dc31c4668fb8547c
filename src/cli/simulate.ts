/** `nodemend simulate FILE`: what nodemend would do in a scenario, in virtual time. Touches nothing but the files that it reads. */
import { describeProblems } from '../config/problem.ts';
import { loadScenarioFile, type Scenario } from '../config/scenario.ts';
import { type ComponentOutcome, type Entry, simulate as play, type Simulation } from '../sim/simulation.ts';
import { exitStatus, type Io } from './io.ts';
import { renderSimulation, writeMoment } from './show-simulation.ts';
import { lineOf } from './timeline-words.ts';

export interface SimulateOptions {
  readonly file: string;
  readonly json?: boolean;
}

function entryForPrograms(entry: Entry) {
  const { tone: _tone, ...line } = lineOf(entry);
  const raw =
    'transition' in entry
      ? { transition: entry.transition }
      : entry.befallen.what === 'event'
        ? { event: entry.befallen.event.given }
        : {};
  return { at: writeMoment(entry.atMs), atMs: Math.round(entry.atMs), ...line, ...raw };
}

function outcomeForPrograms({ incidents, actions, ...rest }: ComponentOutcome) {
  const listed = [...actions].map(([id, tried]) => ({ id, ...tried }));
  return { ...rest, incidents: [...incidents].map(([id, state]) => ({ id, state })), actions: listed };
}

function forPrograms({ seed }: Scenario, { entries, spanMs, components, ready }: Simulation) {
  const summary = { ready, components: components.map(outcomeForPrograms) };
  return { ok: true, seed, spanMs, timeline: entries.map(entryForPrograms), summary };
}

export async function simulate({ file, json = false }: SimulateOptions, io: Io): Promise<number> {
  const loaded = await loadScenarioFile(file);
  if (!loaded.ok) {
    if (json) io.out(`${JSON.stringify({ ok: false, problems: loaded.problems })}\n`);
    else io.err(`${describeProblems(loaded.problems)}\n`);
    return exitStatus.usage;
  }
  const simulation = await play(loaded.scenario);
  io.out(
    json ? `${JSON.stringify(forPrograms(loaded.scenario, simulation), null, 2)}\n` : renderSimulation(simulation, io),
  );
  return exitStatus.fine;
}
