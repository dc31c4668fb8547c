/** The virtual PID 1 against recordings of a real one: the same states, jobs and results in the same order. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { createAgenda } from '../../src/sim/agenda.ts';
import { createPidOne, type PidOne, type Signal } from '../../src/sim/systemd/pid-one.ts';
import { noUnitAilments } from '../../src/sim/systemd/program.ts';
import { usualUnit } from '../../src/sim/usual-units.ts';

const fixtures = join(import.meta.dirname, '../fixtures/systemd-257');

interface Recorded {
  readonly path: string;
  readonly member: string;
  readonly body: readonly unknown[];
}

/** systemd's own steps that the virtual one does in one go. */
const passing = ['start-pre'];

/** `unit state/sub`, `unit +job` and `unit -job result`, each when it changes; job ids counted from the first. */
function tellRecorded(file: string): string[] {
  const lines = readFileSync(join(fixtures, file), 'utf8').trim().split('\n');
  const told: string[] = [];
  const last = new Map<string, string>();
  const ids: number[] = [];
  const idOf = (id: number): number => (ids.includes(id) ? ids.indexOf(id) : ids.push(id) - 1);
  for (const line of lines) {
    const { path, member, body } = JSON.parse(line) as Recorded;
    if (member === 'JobNew') told.push(`${body[2]} +job${idOf(Number(body[0]))}`);
    if (member === 'JobRemoved') told.push(`${body[2]} -job${idOf(Number(body[0]))} ${body[3]}`);
    if (member !== 'PropertiesChanged') continue;
    const unit = (path.split('/').at(-1) ?? '').replace('_2e', '.');
    const { ActiveState, SubState } = body[1] as Record<string, { readonly data: string } | undefined>;
    if (ActiveState === undefined || SubState === undefined || passing.includes(SubState.data)) continue;
    const state = `${unit} ${ActiveState.data}/${SubState.data}`;
    if (last.get(unit) !== undefined && last.get(unit) !== state) told.push(state);
    last.set(unit, state);
  }
  return told;
}

interface Stand {
  readonly pidOne: PidOne;
  readonly told: string[];
  run(ms: number): void;
}

function createStand(units: Parameters<typeof usualUnit>[]): Stand {
  const agenda = createAgenda();
  const told: string[] = [];
  const last = new Map<string, string>();
  let first: number | null = null;
  const signal = (one: Signal): void => {
    if (one.type === 'unit') {
      const state = `${one.unit.id} ${one.unit.activeState}/${one.unit.subState}`;
      if (last.get(one.unit.id) !== state) told.push(state);
      last.set(one.unit.id, state);
      return;
    }
    first ??= one.job;
    told.push(
      `${one.unit} ${one.type === 'new' ? '+' : '-'}job${one.job - first}${one.type === 'removed' ? ` ${one.result}` : ''}`,
    );
  };
  let invocations = 0;
  const installed = units.map((unit) => ({
    facts: usualUnit(...unit),
    ailments: noUnitAilments(),
    enabled: true,
    masked: false,
  }));
  const pidOne = createPidOne(installed, {
    agenda,
    nowMs: agenda.nowMs,
    newInvocation: () => `${++invocations}`,
    signal,
  });
  const run = (ms: number): void => {
    const untilMs = agenda.nowMs() + ms;
    for (let next = agenda.nextAtMs(); next !== null && next <= untilMs; next = agenda.nextAtMs()) agenda.turn();
    agenda.passTo(untilMs);
  };
  pidOne.boot();
  run(10_000);
  told.length = 0;
  first = null;
  return { pidOne, told, run };
}

t.test('a killed containerd goes through the states that systemd 257 was recorded with', async (t) => {
  const { pidOne, told, run } = createStand([['containerd.service']]);
  pidOne.kill('containerd.service', 'signal');
  run(10_000);
  const recorded = tellRecorded('signals-kill-containerd.jsonl');
  t.same(told, ['containerd.service failed/failed-before-auto-restart', ...recorded]);
});

t.test('a stop of containerd takes the docker that is bound to it along first', async (t) => {
  const { pidOne, told, run } = createStand([['containerd.service'], ['docker.service']]);
  pidOne.ask('stop', 'containerd.service');
  run(10_000);
  t.same(told, tellRecorded('signals-stop-containerd-with-bound-docker.jsonl'));
});

t.test('a stop of one unit is a job of its own', async (t) => {
  const { pidOne, told, run } = createStand([['containerd.service'], ['docker.service']]);
  pidOne.ask('stop', 'docker.service');
  run(10_000);
  t.same(told, tellRecorded('signals-stop-docker.jsonl'));
});

t.test('a unit that fails at each start reaches its start limit as recorded', async (t) => {
  const settings = { restart: 'on-failure', restartMs: 100, startLimitBurst: 3 };
  const { pidOne, told, run } = createStand([['limit.service', { settings }]]);
  pidOne.ask('stop', 'limit.service');
  run(20_000);
  told.length = 0;
  const service = pidOne.service('limit.service');
  if (service === null) throw new Error('there is no service');
  service.installed.ailments.crashesAfterMs = 20;
  pidOne.ask('start', 'limit.service');
  run(10_000);
  const steps = (list: readonly string[]): string[] =>
    list.map((line) => line.replace(/job\d+/, 'job')).filter((line) => !line.endsWith('activating/start'));
  const recorded = steps(tellRecorded('signals-start-limit.jsonl'));
  // The recording begins with the unit running already.
  t.same(
    steps(told).filter((line, index) => !(index < 3 && line.endsWith('active/running'))),
    recorded,
  );
});

t.test('a unit that is stopped while it waits to be restarted is inactive, however its run ended', async (t) => {
  const { pidOne, told, run } = createStand([['containerd.service']]);
  pidOne.kill('containerd.service', 'signal');
  run(1_000);
  pidOne.ask('stop', 'containerd.service');
  run(10_000);
  const recorded = tellRecorded('signals-stop-while-waiting.jsonl');
  t.same(told, ['containerd.service failed/failed-before-auto-restart', ...recorded]);
  t.equal(pidOne.read('containerd.service').result, 'signal');
});

t.test('a restart whose job fails for a dependency leaves the unit queued without a job', async (t) => {
  const { pidOne, told, run } = createStand([
    ['base.service', { settings: { restart: 'no' } }],
    [
      'upper.service',
      { settings: { restart: 'always', restartMs: 2_000 }, after: ['base.service'], requires: ['base.service'] },
    ],
  ]);
  const base = pidOne.service('base.service');
  if (base === null) throw new Error('there is no service');
  base.installed.ailments.startFails = true;
  pidOne.kill('upper.service', 'signal');
  run(300);
  pidOne.kill('base.service', 'signal');
  run(10_000);
  const [waits = '', ...recorded] = tellRecorded('signals-dependency-of-queued-restart.jsonl');
  const fell = ['upper.service failed/failed-before-auto-restart', waits, 'base.service failed/failed'];
  t.same(told, [...fell, ...recorded]);
  const { subState, job } = pidOne.read('upper.service');
  t.same({ subState, job }, { subState: 'auto-restart-queued', job: 0 });
});
