/** The reports of a run: what stands in them, and that nothing from a node gets out of its place. */
import t from 'tap';
import { catalogue } from '../../src/drill/catalogue/all.ts';
import type { Failure } from '../../src/drill/failure.ts';
import { renderHtml } from '../../src/drill/report/html.ts';
import { renderJson } from '../../src/drill/report/json.ts';
import { renderJunit } from '../../src/drill/report/junit.ts';
import { summarize } from '../../src/drill/report/summary.ts';
import type { DrillResult, DrillRun, Outcome } from '../../src/drill/result.ts';

function named(name: string): Failure {
  const found = catalogue.find((failure) => failure.name === name);
  if (found === undefined) throw new Error(name);
  return found;
}

const result = (name: string, outcome: Outcome, recoveredAfterMs: number | null, reason = ''): DrillResult => ({
  failure: named(name),
  outcome,
  reason,
  judgement: {
    expected: [{ expected: 'a new run', seen: '<b>bold</b>', answer: 'yes', afterMs: recoveredAfterMs }],
    forbidden: [],
    detectedAfterMs: recoveredAfterMs === null ? null : 50,
    recoveredAfterMs,
  },
  timeline: [{ atMs: 12, who: 'node', what: 'kubelet.service: <script>alert(1)</script> & "more"\u0007' }],
  tookMs: 2_500,
});

const run: DrillRun = {
  ...{ target: 'ssh:a<b', node: 'worker', load: 'idle', seed: 7, startedAt: '2026-01-01T00:00:00.000Z', tookMs: 9_000 },
  versions: { nodemend: '0.1.0', kernel: 'Linux "6"' },
  results: [
    result('containerd-killed', 'passed', 70),
    result('kubelet-frozen', 'passed', 31_000),
    result('bus-frozen', 'passed', null),
    result('docker-killed', 'failed', 99_000, 'expected: <this>; seen: that'),
    result('agent-killed', 'void', null, 'the node was not well before'),
    result('etcd-killed', 'left-out', null, 'the node lacks etcd.service'),
  ],
};

/** Every tag is closed in order, and no bare character is left between them. */
function isWellFormed(xml: string): boolean {
  const open: string[] = [];
  const body = xml.replace(/^<\?xml[^>]*\?>/, '');
  const rest = body.replace(
    /<(\/?)([a-z]+)((?: [a-z]+="[^"<&]*(?:&[a-z#0-9]+;[^"<&]*)*")*)(\/?)>/g,
    (_, end, name, _words, empty) => {
      if (end === '/') return open.pop() === name ? '' : '<';
      if (empty !== '/') open.push(name);
      return '';
    },
  );
  return open.length === 0 && !/[<>]|&(?![a-z#0-9]+;)/.test(rest);
}

t.test('the sentence counts what was drilled and takes the slowest of what passed', async (t) => {
  t.equal(summarize(run), 'Your node recovers from 3 of 5 failures; slowest 31 s; 1 proved nothing; 1 left out.');
  const good = run.results.slice(0, 3);
  t.equal(summarize({ ...run, results: good }), 'Your node recovers from 3 of 3 failures; slowest 31 s.');
});

t.test(
  'the JUnit report is well formed, a suite per category, with what failed, proved nothing and was left out',
  async (t) => {
    const xml = renderJunit(run);
    t.ok(isWellFormed(xml), xml);
    t.match(xml, '<testsuite name="process" tests="4" failures="1" errors="0" skipped="1"');
    t.match(xml, '<testsuite name="agent" tests="1" failures="0" errors="1" skipped="0"');
    t.match(xml, '<failure message="expected: &lt;this&gt;; seen: that">');
    t.match(xml, '<testcase name="containerd-killed" classname="nodemend-drill.process" time="2.5"/>');
    t.notOk(isWellFormed('<a><b></a></b>'), 'the test would notice');
    t.notOk(xml.includes('\u0007'), 'XML has no place for it');
  },
);

t.test('the page shows each failure and both distributions, and nothing of a node becomes markup', async (t) => {
  const page = renderHtml(run);
  for (const { failure } of run.results) t.match(page, `<section id="${failure.name}">`);
  t.match(page, 'Recovery, from the failure to all that was expected: 2 times, median 70 ms, slowest 31 s');
  t.equal(page.match(/<svg viewBox="0 0 720 90"/g)?.length, 2);
  t.match(page, '<dt>seed</dt><dd>7</dd>');
  t.match(page, 'ssh:a&lt;b');
  t.match(page, '&lt;script&gt;alert(1)&lt;/script&gt;');
  t.notMatch(page, /<script|<b>bold|https?:/, 'and it loads nothing');
});

t.test('the JSON report is the run', async (t) => {
  t.match(JSON.parse(renderJson(run)), { seed: 7, summary: summarize(run), results: [{ outcome: 'passed' }] });
});
