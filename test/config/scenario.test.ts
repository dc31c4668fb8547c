import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import t from 'tap';
import { describeProblems } from '../../src/config/problem.ts';
import { loadScenarioFile, parseScenario, type Scenario } from '../../src/config/scenario.ts';

const top = resolve(import.meta.dirname, '../..');
const bad = join(top, 'test/fixtures/scenarios');

async function scenarioOf(text: string): Promise<Scenario> {
  const loaded = await parseScenario(text, 'F');
  if (!loaded.ok) throw new Error(describeProblems(loaded.problems));
  return loaded.scenario;
}

const timesOf = ({ events }: Scenario) => events.map(({ verb, atMs, forMs }) => [verb, atMs, forMs]);

t.test('a span alone is a scenario: the usual node, on which nothing happens', async (t) => {
  t.match(await scenarioOf('span: 1h'), {
    spanMs: 3_600_000,
    seed: 1,
    units: { 'containerd.service': {}, 'docker.service': {}, 'kubelet.service': {} },
    events: [],
    config: { discover: true, components: {} },
  });
});

t.test('times are written as a clock, with days, or as a duration; lengths with for or until', async (t) => {
  const scenario = await scenarioOf(`
span: 3d
events:
  - { at: 1d 02:00, crash: kubelet }
  - { at: 00:05, freeze: containerd }
  - { at: 00:05:10, freeze: containerd, for: 20s }
  - { at: 90m, bus: lost, until: 02:00 }
  - { at: 26:00:01, suspend: 2h }
`);
  t.same(timesOf(scenario), [
    ['freeze', 300_000, null],
    ['freeze', 310_000, 20_000],
    ['bus', 5_400_000, 1_800_000],
    ['crash', 93_600_000, null],
    ['suspend', 93_601_000, 7_200_000],
  ]);
});

t.test(
  'the units of the configuration are installed beside the usual ones, unless the node is described',
  async (t) => {
    const proxy = 'span: 1h\nconfig: { components: { proxy: { unit: haproxy.service } } }\n';
    t.same(Object.keys((await scenarioOf(proxy)).units), [
      'containerd.service',
      'docker.service',
      'kubelet.service',
      'haproxy.service',
    ]);
    const described = await scenarioOf(`${proxy}units: { haproxy.service: { Restart: 'no' }, crio.service: }\n`);
    t.same(described.units, { 'haproxy.service': { Restart: 'no' }, 'crio.service': {} });
    t.same(
      [...described.names.components],
      [
        ['proxy', 'haproxy.service'],
        ['crio', 'crio.service'],
      ],
    );
  },
);

t.test('an event names a component, a unit, or a unit without its suffix', async (t) => {
  const text = (name: string) => `
span: 1h
config: { components: { proxy: { unit: haproxy.service } } }
events: [{ at: 00:10, crash: ${name} }]
`;
  for (const name of ['proxy', 'haproxy.service', 'haproxy', 'kubelet']) {
    t.equal((await parseScenario(text(name), 'F')).ok, true, name);
  }
});

t.test('the configuration may be a file beside the scenario, whose problems are told in its name', async (t) => {
  const folder = t.testdir({
    'good.yaml': 'span: 1h\nconfig: node/good.yaml\nevents: [{ at: 00:10, crash: proxy }]\n',
    'bad.yaml': 'span: 1h\nconfig: node/bad.yaml\nevents: [{ at: 2h, crash: kubelet }]\n',
    'none.yaml': 'span: 1h\nconfig: none/none.yaml\n',
    node: { 'good.yaml': 'components: { proxy: { unit: haproxy.service } }\n', 'bad.yaml': 'node: 5\n' },
  });
  t.match(await loadScenarioFile(join(folder, 'good.yaml')), {
    ok: true,
    scenario: { config: { components: { proxy: { unit: 'haproxy.service' } } } },
  });
  t.match(await loadScenarioFile(join(folder, 'bad.yaml')), {
    ok: false,
    problems: [
      { file: join(folder, 'bad.yaml'), line: 3, path: 'events.0.at' },
      { file: join(folder, 'node/bad.yaml'), line: 1, column: 7, path: 'node' },
    ],
  });
  t.match(await loadScenarioFile(join(folder, 'none.yaml')), {
    ok: false,
    problems: [{ file: join(folder, 'none/none.yaml'), message: /there is no such file/ }],
  });
});

for (const name of readdirSync(bad).filter((file) => file.endsWith('.yaml'))) {
  t.test(`every mistake in ${name} is told in one go, with its place`, async (t) => {
    const loaded = await parseScenario(readFileSync(join(bad, name), 'utf8'), 'F');
    const told = loaded.ok
      ? ''
      : loaded.problems.map(({ line, column, path, message }) => `${line}:${column}: ${path}: ${message}\n`).join('');
    const expected = join(bad, name.replace('.yaml', '.txt'));
    if (process.env['NODEMEND_REWRITE'] === '1') writeFileSync(expected, told);
    else t.equal(told, readFileSync(expected, 'utf8'), 'NODEMEND_REWRITE=1 writes it anew');
    t.not(told, '');
  });
}
