/** The scenarios that come with nodemend, each with its whole timeline. NODEMEND_REWRITE=1 writes what comes of them now; look at what changed. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import t, { type Test } from 'tap';
import { simulate } from '../../src/cli/simulate.ts';
import { record } from './recorder.ts';

const top = resolve(import.meta.dirname, '../..');
const scenarios = join(top, 'config/scenarios');
const timelines = join(import.meta.dirname, 'timelines');

async function played(file: string, json = false): Promise<string> {
  const io = record();
  const status = await simulate({ file, json }, io);
  if (status !== 0) throw new Error(io.said.err);
  return io.said.out;
}

/** A scenario of its own in a file. */
async function playText(t: Test, text: string, json = false): Promise<string> {
  return played(join(t.testdir({ 'scenario.yaml': text }), 'scenario.yaml'), json);
}

for (const name of readdirSync(scenarios)) {
  t.test(`scenario ${name}`, async (t) => {
    const told = await played(join(scenarios, name));
    const expected = join(timelines, name.replace('.yaml', '.txt'));
    if (process.env['NODEMEND_REWRITE'] === '1') writeFileSync(expected, told);
    else t.equal(told, readFileSync(expected, 'utf8'), 'NODEMEND_REWRITE=1 writes it anew');
    t.same(
      told.split('\n').filter((line) => line.length > 80),
      [],
      'it fits a terminal of 80 columns',
    );
    t.equal(await played(join(scenarios, name)), told, 'and is the same every time');
  });
}

t.test('another seed brings another timeline, the same one every time', async (t) => {
  const text = (seed: number) => `span: 1h\nseed: ${seed}\nevents: [{ at: 00:10, freeze: containerd }]\n`;
  const first = await playText(t, text(1));
  t.not(await playText(t, text(2)), first);
  t.equal(await playText(t, text(1)), first);
});

t.test('for programs: one JSON document with the timeline and what it comes to', async (t) => {
  const told = JSON.parse(await playText(t, 'span: 1h\nevents: [{ at: 00:10, crash: containerd }]\n', true));
  t.match(told, {
    ok: true,
    seed: 1,
    spanMs: 3_600_000,
    summary: {
      ready: true,
      components: [
        {
          name: 'containerd',
          unit: 'containerd.service',
          phase: 'healthy',
          incidents: [{ id: /^incident-/, state: 'recovered' }],
          actions: [{ id: /^action-/, remedy: 'start', ok: true }],
          restarts: { nodemend: 1, systemd: 0, other: 0 },
        },
        { name: 'docker' },
        { name: 'kubelet', incidents: [] },
      ],
    },
  });
  const crash = told.timeline.findIndex(
    ({ kind, what }: { kind: string; what: string }) => kind === 'world' && what === 'crashes',
  );
  t.match(told.timeline.slice(crash), [
    { at: '00:10:00.000', atMs: 600_000, kind: 'world', component: 'containerd', event: { crash: 'containerd' } },
    { kind: 'sight', component: 'containerd', reason: 'unit.crashed', transition: { type: 'component.phase' } },
  ]);
  const begun = told.timeline.find(({ kind }: { kind: string }) => kind === 'action');
  t.match(begun, { component: 'containerd', what: 'start begun', reason: 'restart.first-crash' });
});

t.test('mistakes are told as check tells them, and nothing is played', async (t) => {
  const file = join(
    t.testdir({ 'scenario.yaml': 'span: 1h\nevents: [{ at: 00:10, frieze: containerd }]\n' }),
    'scenario.yaml',
  );
  const io = record();
  t.equal(await simulate({ file }, io), 2);
  t.same(io.said, {
    out: '',
    err: `${file}:2:23: events.0.frieze: nothing happens that is called "frieze"; did you mean freeze?\n`,
  });
  const json = record();
  t.equal(await simulate({ file, json: true }, json), 2);
  t.match(JSON.parse(json.said.out), { ok: false, problems: [{ file, line: 2, column: 23 }] });
  const none = record();
  t.equal(await simulate({ file: '/nonexistent.yaml' }, none), 2);
  t.match(none.said.err, /there is no such file/);
});

t.test('what comes while the node is off comes to nothing, and is told as such', async (t) => {
  const told = await playText(t, 'span: 1h\nevents: [{ at: 00:10, power: lost }, { at: 00:10:05, crash: kubelet }]\n');
  t.match(told, /! 00:10:05\.000 {2}kubelet +crashes; the node is off\n/);
});

t.test('a command to nodemend that it refuses is told with what it says', async (t) => {
  const told = await playText(
    t,
    `
span: 1h
events:
  - { at: 00:10, nodemend: resume kubelet }
  - { at: 00:20, agent: killed }
  - { at: 00:20, nodemend: pause, for: 5m }
`,
  );
  t.match(told, /! 00:10:00\.000 {2}nodemend +kubelet is not paused\n/);
  t.match(told, /! 00:20:00\.000 {2}nodemend +cannot be reached\n/);
});

t.test('a scenario can describe its units as their files do', async (t) => {
  const told = await playText(
    t,
    `
span: 1h
units:
  worker.service: { Restart: always, RestartSec: 300ms, StartLimitBurst: 2, StartLimitIntervalSec: 1m, startsIn: 2s }
  helper.service: { enabled: false }
config:
  components:
    worker: { unit: worker.service, probes: { port: { tcp: { port: 80 } } } }
    helper: { unit: helper.service }
events:
  - { at: 00:10, crash: worker }
`,
  );
  t.match(told, / {2}00:10:00\.30\d {2}worker +restarted by systemd +unit\.crashed\n/, "systemd's Restart= is in time");
  t.match(told, /\nworker +healthy .* 2\.[34]s\n/);
  t.match(told, /\nhelper +stopped +unit\.disabled +0 +- +never up\n/);
});

t.test('time goes on while the machine sleeps', async (t) => {
  const told = await playText(
    t,
    `
span: 3h
events:
  - { at: 00:30, suspend: 1h }
  - { at: 00:40, crash: kubelet }
  - { at: 02:00, crash: containerd }
`,
  );
  t.match(told, /! 01:30:00\.000 {2}kubelet +crashes\n/, 'what would come meanwhile comes when it wakes up');
  t.match(told, /! 02:00:00\.000 {2}containerd +crashes\n/);
});

t.test('what repeats itself without end is told once', async (t) => {
  const told = await playText(
    t,
    'span: 2h\nevents: [{ at: 01:00, failToStart: kubelet, for: 30m }, { at: 01:00, crash: kubelet }]\n',
  );
  t.match(told, /kubelet +restarted by systemd +unit\.crashed\n +kubelet +\d{3} times more until 01:29:\d\d\.\d{3}\n/);
});
