import t from 'tap';
import { figuresOf } from '../../src/report/figures.ts';
import { spreadOf } from '../../src/report/spread.ts';
import { dayMs, hourMs, nodeRecord, outage, sinceMs, untilMs } from './stage.ts';

t.test('times are spread by nearest rank', async (t) => {
  const hundred = Array.from({ length: 100 }, (_, at) => 100 - at);
  t.same(spreadOf(hundred), { count: 100, medianMs: 50, p95Ms: 95, worstMs: 100 });
  t.same(spreadOf([7]), { count: 1, medianMs: 7, p95Ms: 7, worstMs: 7 });
  t.equal(spreadOf([]), null);
});

t.test('a component is down from the first bad sign to the end of the incident', async (t) => {
  const lastsMs = 3 * hourMs - 2_000;
  const { now, components } = figuresOf([nodeRecord({ incidents: [outage(dayMs, lastsMs)] })]);
  t.match(components, [
    { component: 'containerd', availability: 1, downMs: 0, incidents: 0 },
    { component: 'kubelet', availability: 1 - 3 / 720, downMs: 3 * hourMs, incidents: 1 },
  ]);
  t.match(now, { incidents: 1, open: 0, availability: 1 - 3 / 1_440, downMs: 3 * hourMs, observedMs: 60 * dayMs });
  t.match(now, { detect: { medianMs: 2_000 }, recover: { medianMs: 3 * hourMs, worstMs: 3 * hourMs } });
});

t.test('an incident that is open lasts until now, and has no times yet', async (t) => {
  const open = { closedWallMs: null, recovered: null, durationMs: null };
  const { now } = figuresOf([nodeRecord({ incidents: [outage(29 * dayMs, 0, open)] })]);
  t.match(now, { incidents: 1, open: 1, downMs: dayMs, detect: null, recover: null });
});

t.test('one that did not end in recovery counts as down, but not among the times to recover', async (t) => {
  const { now } = figuresOf([nodeRecord({ incidents: [outage(dayMs, hourMs, { recovered: false })] })]);
  t.match(now, { incidents: 1, recover: null, detect: { count: 1 }, downMs: hourMs + 2_000 });
});

t.test('a clock that was stepped meanwhile tells no time of detection', async (t) => {
  const { now } = figuresOf([nodeRecord({ incidents: [outage(dayMs, hourMs, { durationMs: 500 })] })]);
  t.match(now, { detect: null, downMs: hourMs, recover: { medianMs: 500 } });
});

t.test('outages that overlap count once, and what reaches over the edge of the period only within it', async (t) => {
  const incidents = [outage(-hourMs, 2 * hourMs), outage(30 * 60_000, hourMs), outage(40 * 60_000, 60_000)];
  const { components, before } = figuresOf([nodeRecord({ incidents })]);
  t.equal(components[1]?.downMs, 1.5 * hourMs);
  t.equal(components[1]?.incidents, 2, 'those that began in it');
  t.match(before, { incidents: 1, downMs: hourMs + 2_000 });
});

t.test('the period before is as long, and is not known where history does not reach', async (t) => {
  const incidents = [outage(-2 * dayMs, hourMs, { cause: 'probe.timeout' }), outage(dayMs, hourMs)];
  const whole = figuresOf([nodeRecord({ incidents })]);
  t.match(whole, { before: { incidents: 1, observedMs: 60 * dayMs }, knownSinceMs: sinceMs - 30 * dayMs });
  t.same(whole.causes, [
    { cause: 'unit.crashed', now: 1, before: 0 },
    { cause: 'probe.timeout', now: 0, before: 1 },
  ]);
  const part = figuresOf([nodeRecord({ incidents, knownSinceWallMs: sinceMs - dayMs })]);
  t.match(part, { before: { incidents: 0, observedMs: 2 * dayMs }, knownSinceMs: sinceMs - dayMs });
  const young = figuresOf([nodeRecord({ incidents, knownSinceWallMs: untilMs - 10 * dayMs })]);
  t.equal(young.before, null);
  t.match(young, { now: { incidents: 0, observedMs: 20 * dayMs, availability: 1 }, causes: [] });
  const blank = figuresOf([nodeRecord({ knownSinceWallMs: untilMs })]);
  t.match(blank, { now: { observedMs: 0, availability: null } });
});

t.test('restarts are told by whom, alerts to whom, of the period alone', async (t) => {
  const restart = (afterMs: number, by: 'nodemend' | 'systemd' | 'other', component = 'kubelet') =>
    ({ wallMs: sinceMs + afterMs, component, by, reason: 'unit.crashed' }) as const;
  const alert = (afterMs: number, reason: string, ended = false) =>
    ({
      wallMs: sinceMs + afterMs,
      sinceWallMs: sinceMs,
      target: 'oncall',
      reason,
      component: 'kubelet',
      ended,
    }) as const;
  const { now, before, components, alerts } = figuresOf([
    nodeRecord({
      restarts: [restart(-1, 'other'), restart(1, 'nodemend'), restart(2, 'systemd'), restart(3, 'nodemend', 'old')],
      alerts: [alert(-1, 'a'), alert(1, 'b'), alert(2, 'b'), alert(3, 'b', true), alert(4, 'a')],
    }),
  ]);
  t.same(now.restarts, { nodemend: 2, systemd: 1, other: 0 });
  t.same(before?.restarts, { nodemend: 0, systemd: 0, other: 1 });
  t.match(components[2], { component: 'old', restarts: { nodemend: 1 } }, 'one that is gone is not forgotten');
  t.same(alerts, [
    { target: 'oncall', reason: 'a', told: 1 },
    { target: 'oncall', reason: 'b', told: 2 },
  ]);
});

t.test('nodes are merged: each component over all of them, and the worst by name', async (t) => {
  const later = 60_000;
  const other = nodeRecord({
    node: 'worker-2',
    sinceWallMs: sinceMs + later,
    untilWallMs: untilMs + later,
    components: ['kubelet'],
    incidents: [outage(dayMs, 6 * hourMs - 2_000)],
  });
  const figures = figuresOf([nodeRecord({ incidents: [outage(dayMs, hourMs)] }), other]);
  t.match(figures, {
    nodes: [
      { node: 'worker-1', incidents: 1 },
      { node: 'worker-2', incidents: 1, downMs: 6 * hourMs },
    ],
    period: { fromMs: sinceMs, toMs: untilMs + later },
    components: [
      { component: 'containerd', nodes: 1 },
      { component: 'kubelet', nodes: 2, worst: { node: 'worker-2', downMs: 6 * hourMs }, incidents: 2 },
    ],
  });
  t.equal(figures.components[1]?.availability, 1 - (7 * hourMs + 2_000) / (60 * dayMs));
});

t.test('the parts of the period add up', async (t) => {
  const incidents = [outage(0, hourMs), outage(10 * dayMs - hourMs, 2 * hourMs), outage(30 * dayMs - 1, 1)];
  const { slices, now } = figuresOf([nodeRecord({ incidents })]);
  const all = (of: (slice: (typeof slices)[number]) => number) => slices.reduce((sum, slice) => sum + of(slice), 0);
  t.equal(slices.length, 30);
  t.same([all((one) => one.incidents), all((one) => one.downMs)], [now.incidents, now.downMs]);
  t.match(slices[9], { incidents: 1, downMs: hourMs + 2_000, stretch: { fromMs: sinceMs + 9 * dayMs } });
});
