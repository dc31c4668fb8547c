/** Reports as people get them; nothing from a node or a file gets out of its place. */
import t from 'tap';
import { figuresOf } from '../../src/report/figures.ts';
import { renderHtml } from '../../src/report/html.ts';
import { renderJson } from '../../src/report/json.ts';
import { renderMarkdown } from '../../src/report/markdown.ts';
import { parseRecords } from '../../src/report/record.ts';
import { percent } from '../../src/report/sections.ts';
import { dayMs, hourMs, nodeRecord, outage, sinceMs } from './stage.ts';

const record = nodeRecord({
  incidents: [
    outage(-3 * dayMs, hourMs),
    outage(dayMs + hourMs, 70),
    outage(2 * dayMs + hourMs, 24_000, { component: 'containerd', cause: 'probe.timeout' }),
  ],
  restarts: [{ wallMs: sinceMs + dayMs, component: 'kubelet', by: 'nodemend', reason: 'unit.crashed' }],
  alerts: [
    {
      wallMs: sinceMs + 1,
      sinceWallMs: sinceMs,
      target: 'oncall',
      reason: 'unit.crashed',
      component: 'kubelet',
      ended: false,
    },
  ],
});

t.test('the shares are rounded down: 100 % means no outage at all', async (t) => {
  t.same([1, 0.9999999, 0.99954, 0, null].map(percent), ['100 %', '99.999 %', '99.954 %', '0.000 %', '-']);
});

t.test('the Markdown report', async (t) => {
  t.equal(
    renderMarkdown(figuresOf([record])),
    `# worker-1: 99.999 % available, 2 incidents, 2026-11-01 00:00 UTC to 2026-12-01 00:00 UTC

    ·▁█···························  time down in each 1d, at most 26s

## Compared with the period before

| measure | this period | the one before |
| --- | ---: | ---: |
| available | 99.999 % | 99.930 % |
| down, all components | 28s | 1h |
| incidents | 2 | 1 |
| of them still open | 0 | 0 |
| time to detect, median | 2.0s | 2.0s |
| time to detect, 95th percentile | 2.0s | 2.0s |
| time to detect, worst | 2.0s | 2.0s |
| time to recover, median | 2.0s | 1h |
| time to recover, 95th percentile | 26s | 1h |
| time to recover, worst | 26s | 1h |
| restarts by nodemend | 1 | 0 |
| restarts by systemd | 0 | 0 |
| restarts by others | 0 | 0 |

## Components

| component | available | down | incidents | restarts by nodemend | by systemd | by others |
| --- | ---: | ---: | ---: | ---: | ---: | ---: |
| containerd | 99.998 % | 26s | 1 | 0 | 0 | 0 |
| kubelet | 99.999 % | 2.0s | 1 | 1 | 0 | 0 |

## Incidents by cause

| cause | this period | the one before |
| --- | ---: | ---: |
| probe.timeout | 1 | 0 |
| unit.crashed | 1 | 1 |

## Alerts that were told

| reason | to | times |
| --- | ---: | ---: |
| unit.crashed | oncall | 1 |

Made 2026-12-01 00:00 UTC. A component counts as down while an incident is under way.
`,
  );
});

t.test('the page says the same, with a chart, and loads nothing', async (t) => {
  const page = renderHtml(figuresOf([record]));
  t.match(page, '<h1>worker-1: 99.999 % available, 2 incidents');
  t.match(page, '<td>time to recover, 95th percentile</td><td>26s</td><td>1h</td>');
  t.equal(page.match(/<rect /g)?.length, 30);
  t.match(page, '<title>2026-11-03 00:00 UTC: down 26s, 1 incident</title>');
  t.notMatch(page, /<script|https?:|src=/);
  t.ok(page.length < 60 * 1_024, `${page.length} bytes`);
});

t.test('what is not known is said', async (t) => {
  const young = { ...record, knownSinceWallMs: sinceMs - dayMs };
  const note = 'Of the period before only the time since 2026-10-31 00:00 UTC is known of every node';
  t.match(renderHtml(figuresOf([young])), note);
  t.match(renderMarkdown(figuresOf([young])), note);
  const younger = renderMarkdown(figuresOf([{ ...record, knownSinceWallMs: sinceMs + dayMs }]));
  t.match(younger, 'Of this period only the time since 2026-11-02 00:00 UTC is known');
  t.match(younger, '| available | 99.999 % | - |');
});

t.test('many nodes are told apart', async (t) => {
  const text = renderMarkdown(figuresOf([record, { ...nodeRecord(), node: 'worker-2' }]));
  t.match(text, /^# 2 nodes: /);
  t.match(text, '| kubelet | 2 | 99.999 % | 2.0s | worker-1 (2.0s) | 1 |');
  t.match(text, '| worker-2 | 0ms | 0 |');
});

t.test('a hostile name stays text', async (t) => {
  const hostile = '<script>alert(1)</script>| x |\n# title [a](b) `c` \u001b[31m\u202e';
  const bad = nodeRecord({
    node: hostile,
    components: [hostile],
    incidents: [outage(1, 1, { component: hostile, cause: hostile })],
    alerts: [
      { wallMs: sinceMs + 1, sinceWallMs: sinceMs, target: hostile, reason: hostile, component: null, ended: false },
    ],
  });
  const page = renderHtml(figuresOf([bad]));
  const unseen = (shown: string): boolean => shown.includes('\u001b') || shown.includes('\u202e');
  t.notOk(unseen(page));
  t.notMatch(page, '<script');
  t.match(page, '&lt;script&gt;alert(1)&lt;/script&gt;');
  const text = renderMarkdown(figuresOf([bad]));
  t.notOk(unseen(text));
  t.notMatch(text, /[^\\]<script|^# title|[^\\]`c|[^\\]\[a/m);
  t.equal(
    new Set(
      text
        .split('\n')
        .filter((line) => line.startsWith('| \\<'))
        .map((line) => line.split(/[^\\]\|/).length),
    ).size,
    2,
  );
});

t.test('what is written as JSON is read again, alone or among others', async (t) => {
  const other = { ...nodeRecord(), node: 'worker-2' };
  const merged = parseRecords(renderJson(figuresOf([record, other]), [record, other]));
  t.same(merged, [record, other]);
  t.same(parseRecords(JSON.stringify(record)), [record], 'and so is what a daemon answers');
});

t.test('a file that has no record says why', async (t) => {
  const cases: readonly (readonly [text: string, why: RegExp])[] = [
    ['', /^it is no JSON: /],
    ['[]', /is no object/],
    ['{"records": []}', /no record of a node/],
    ['{"records": [null]}', /is no object/],
    [JSON.stringify({ ...record, version: 2 }), /version is 2, and 1 is known here/],
    [JSON.stringify({ ...record, node: 7 }), /^node is not text$/],
    [JSON.stringify({ ...record, untilWallMs: null }), /^untilWallMs is not number$/],
    [JSON.stringify({ ...record, untilWallMs: record.sinceWallMs }), /no length/],
    [JSON.stringify({ ...record, components: 'all' }), /components is no list/],
    [
      JSON.stringify({ ...record, incidents: [{ ...outage(1, 1), durationMs: 'long' }] }),
      /^incidents\[0\]\.durationMs is not/,
    ],
    [JSON.stringify({ ...record, restarts: {} }), /^restarts is no list$/],
    [JSON.stringify({ ...record, alerts: [7] }), /^alerts\[0\] is no object$/],
  ];
  for (const [text, why] of cases) t.match(parseRecords(text), why, text.slice(0, 40));
});
