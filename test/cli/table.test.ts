import t from 'tap';
import { renderNode } from '../../src/cli/show-node.ts';
import { renderTable, shorten } from '../../src/cli/table.ts';
import { createTerminal } from '../../src/cli/terminal.ts';
import { localClock, localIso, localShort } from '../../src/cli/time.ts';
import { parseDuration } from '../../src/config/duration.ts';
import { formatSpan } from '../../src/serve/duration.ts';
import { node } from '../serve/stand-in.ts';

process.env['TZ'] = 'UTC';

t.test('a table gives way in its flexible column', async (t) => {
  const columns = [{ title: 'A' }, { title: 'B', flexible: true as const }, { title: 'C', align: 'right' as const }];
  const rows = [[{ text: 'one' }, { text: 'a long text that does not fit' }, { text: '1' }]];
  t.equal(
    renderTable(columns, rows, { columns: 24, color: false }),
    'A    B                 C\none  a long text t...  1\n',
  );
  t.equal(renderTable(columns, rows, { columns: 10, color: false }), 'A    B         C\none  a lon...  1\n');
  t.equal(shorten('\u{1f600}'.repeat(5), 4), '\u{1f600}...');
});

t.test('into a pipe nothing is cut', async (t) => {
  const streams = { stdout: {}, stderr: {}, stdin: {}, env: {} } as NodeJS.Process;
  const { columns, color } = createTerminal(streams);
  const name = 'backup/cluster/schedule/'.repeat(20);
  t.equal(renderTable([{ title: 'NAME', flexible: true }], [[{ text: name }]], { columns, color }), `NAME\n${name}\n`);
  const [headline] = renderNode(node(), { columns, color }).split('\n');
  t.equal(headline?.length, 100, 'and the headline stays in sight');
  const terminal = { ...streams, stdout: { isTTY: true, columns: 40 } } as NodeJS.Process;
  t.match(createTerminal(terminal), { columns: 40, color: true });
});

t.test('durations and times', async (t) => {
  const spans: readonly [number, string][] = [
    [0, '0ms'],
    [-5, '0ms'],
    [999, '999ms'],
    [1_000, '1.0s'],
    [9_990, '9.9s'],
    [10_000, '10s'],
    [60_000, '1m'],
    [3_599_000, '59m 59s'],
    [3_600_000, '1h'],
    [90_000_000, '1d 1h'],
  ];
  for (const [ms, text] of spans) t.equal(formatSpan(ms), text);
  const durations: readonly [string, number | null][] = [
    ['500ms', 500],
    ['5s', 5_000],
    ['2m', 120_000],
    ['1h', 3_600_000],
    ['7d', 604_800_000],
    ['', null],
    ['5', null],
    ['s', null],
    ['-5s', null],
    ['1.5h', null],
    ['5 s', null],
    ['9999999999s', null],
  ];
  for (const [text, ms] of durations) t.equal(parseDuration(text), ms, text);
  t.equal(localIso(1_700_000_000_123), '2023-11-14T22:13:20+00:00');
  t.equal(localShort(1_700_000_000_123), '11-14 22:13:20');
  t.equal(localClock(1_700_000_000_023), '22:13:20.023');
  process.env['TZ'] = 'America/St_Johns';
  t.equal(localIso(1_700_000_000_000), '2023-11-14T18:43:20-03:30');
  process.env['TZ'] = 'UTC';
});
