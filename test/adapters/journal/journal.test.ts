import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { journalEntry } from '../../../src/adapters/journal/entry.ts';
import { createJournal } from '../../../src/adapters/journal/journal.ts';
import { parseEntries } from './parse.ts';

const entry = (values: object) =>
  Object.fromEntries(parseEntries(journalEntry(JSON.stringify({ level: 30, time: 't', msg: 'm', ...values }))));

t.test('each value is a field, its name in the words of the journal', async (t) => {
  const line = { level: 40, time: '2026-12-01T00:00:00Z', msg: 'kubelet: it crashed', component: 'kubelet', ok: false };
  t.same(parseEntries(journalEntry(JSON.stringify({ ...line, durationMs: 12, untilMs: null, nested: { a: [1] } }))), [
    ['MESSAGE', 'kubelet: it crashed'],
    ['PRIORITY', '4'],
    ['SYSLOG_IDENTIFIER', 'nodemend'],
    ['COMPONENT', 'kubelet'],
    ['OK', 'false'],
    ['DURATION_MS', '12'],
    ['NESTED', '{"a":[1]}'],
  ]);
});

t.test('the levels are the priorities of syslog', async (t) => {
  t.same(
    [50, 40, 30].map((level) => entry({ level })['PRIORITY']),
    ['3', '4', '6'],
  );
});

t.test('a value with newlines cannot make fields of its own: it has its length before it', async (t) => {
  const hostile = 'first\nPRIORITY=0\n_UID=0\n\nMESSAGE=forged';
  t.same(entry({ detail: hostile }), {
    MESSAGE: 'm',
    PRIORITY: '6',
    SYSLOG_IDENTIFIER: 'nodemend',
    DETAIL: hostile,
  });
  t.equal(entry({ msg: hostile })['MESSAGE'], hostile);
});

t.test('values are bounded, so that an entry fits a datagram', async (t) => {
  t.equal(entry({ detail: 'x'.repeat(1_000_000) })['DETAIL']?.length, 8_192);
  const wide = entry({ detail: `${'ä'.repeat(10_000)}\n` })['DETAIL'];
  t.equal(wide, 'ä'.repeat(8_192));
});

t.test('names that the journal would not take are made such', async (t) => {
  t.same(Object.keys(entry({ _hostname: 'x', '9lives': 'x', 'a-b.c': 'x', ['n'.repeat(99)]: 'x' })).slice(3), [
    'HOSTNAME',
    'LIVES',
    'A_B_C',
    'N'.repeat(64),
  ]);
});

t.test('lines are written in order', async (t) => {
  const path = join(t.testdir(), 'socket');
  const descriptor = openSync(path, 'w');
  t.teardown(() => closeSync(descriptor));
  const journal = createJournal(descriptor, (line) => t.fail(`refused ${line}`));
  for (let at = 0; at < 50; at += 1) journal.write(JSON.stringify({ level: 30, msg: `line ${at}` }));
  await journal.written();
  const messages = parseEntries(readFileSync(path)).filter(([name]) => name === 'MESSAGE');
  t.same(
    messages.map(([, value]) => value),
    Array.from({ length: 50 }, (_, at) => `line ${at}`),
  );
});

t.test('a socket that takes nothing gives every line back, and what would wait too long is dropped', async (t) => {
  const descriptor = openSync('/dev/null', 'r');
  t.teardown(() => closeSync(descriptor));
  const refused: string[] = [];
  const journal = createJournal(descriptor, (line) => void refused.push(line));
  const line = JSON.stringify({ level: 30, msg: 'x'.repeat(100_000) });
  for (let times = 0; times < 20; times += 1) journal.write(line);
  await journal.written();
  t.equal(refused.length, 10, 'a megabyte waits, no more');
  journal.write(line);
  await journal.written();
  t.equal(refused.length, 11, 'and there is room again');
});
