import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import t from 'tap';
import { renderSimulation } from '../../src/cli/show-simulation.ts';
import { describeProblems } from '../../src/config/problem.ts';
import { parseScenario } from '../../src/config/scenario.ts';
import { simulate } from '../../src/sim/simulation.ts';
import { fuzz } from './fuzz.ts';
import { damagedText } from './mutate.ts';

const folder = resolve(import.meta.dirname, '../../config/scenarios');
const texts = readdirSync(folder)
  .toSorted()
  .map((name) => readFileSync(join(folder, name), 'utf8'));
const words = [
  ': ',
  ', ',
  '\n',
  '  - ',
  '{ at: 00:10, ',
  ' }',
  ']',
  '00:00',
  '1d 01:00',
  '5s',
  '0ms',
  'for: 5m',
  'until: 02:00',
  'crash: kubelet',
  'agent: killed',
  'bus: hung, for: 9m',
  'power: lost',
  'suspend: 1h',
  'clock: -9d',
  'state: damaged',
  'systemctl: reboot',
  'oom: docker',
  'kubelet',
  'units: { kubelet.service: }\n',
  'config: { discover: false }\n',
  'seed: 7\n',
  'null',
  '"',
  '&a ',
  '*a',
];
/** A longer one, or one with more in it, would take the time of many. */
const playedMs = 6 * 3_600_000;

t.test('a scenario that was damaged is told about within its text, or can be played to its end', async (t) => {
  await fuzz(t, import.meta.filename, damagedText(texts, words), async (text) => {
    const loaded = await parseScenario(text, join(folder, 'damaged.yaml'));
    if (!loaded.ok) {
      const lines = text.split(/\r\n|\n|\r/).length;
      const inside = loaded.problems.every(
        ({ file, line, column }) => !file.endsWith('damaged.yaml') || (line >= 1 && line <= lines + 1 && column >= 1),
      );
      if (loaded.problems.length === 0 || !inside) throw new Error(describeProblems(loaded.problems));
      return;
    }
    if (loaded.scenario.spanMs > playedMs) return;
    const simulation = await simulate(loaded.scenario);
    renderSimulation(simulation, { columns: 80, color: false });
    const times = simulation.entries.map(({ atMs }) => atMs);
    const late = times.find((atMs, index) => atMs < (times[index - 1] ?? 0));
    if (late !== undefined) throw new Error(`an entry of ${late} ms comes after a later one`);
  });
});
