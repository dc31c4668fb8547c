import { fstatSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { Transition } from '../src/core/transition.ts';
import { createLog, type OpenJournal } from '../src/log.ts';
import { logTransition } from '../src/log-transition.ts';

t.test('a line is JSON with a time, the reason and its meaning, at the severity of the reason', async (t) => {
  const file = join(t.testdir(), 'log');
  const log = createLog({ descriptor: openSync(file, 'w') });
  const opened: Transition = {
    type: 'incident.opened',
    component: 'containerd',
    incident: 'i-1',
    reason: 'unit.crashed',
    detail: 'signal',
    sinceMs: 1,
  };
  logTransition(log, opened);
  logTransition(log, { type: 'node.changed', reason: 'bus.lost', detail: 'closed' });
  logTransition(log, { type: 'node.changed', reason: 'config.loaded', detail: '5 components' });
  await log.close();
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  t.match(
    lines.map((line) => JSON.parse(line) as object),
    [
      {
        level: 40,
        time: /^\d{4}-\d\d-\d\dT[\d:.]+Z$/,
        ...opened,
        meaning: 'the main process ended by a signal or a failure',
        msg: 'containerd: incident opened: unit.crashed, signal',
      },
      { level: 50, reason: 'bus.lost', msg: 'bus.lost, closed' },
      { level: 30, reason: 'config.loaded', msg: 'config.loaded, 5 components' },
    ],
  );
});

t.test('secrets that a field is named after are not written', async (t) => {
  const file = join(t.testdir(), 'log');
  const log = createLog({ descriptor: openSync(file, 'w') });
  log.info({ headers: { authorization: 'Bearer abc' }, probe: { token: 'abc', password: 'abc', key: 'abc' } }, 'asked');
  await log.close();
  const text = readFileSync(file, 'utf8');
  t.notMatch(text, 'abc');
  t.match(text, /\[Redacted\]/);
});

t.test('a disk that takes no lines costs the lines and nothing else', async (t) => {
  const log = createLog({ descriptor: openSync('/dev/full', 'w') });
  for (let line = 0; line < 100; line += 1) log.error({ line }, 'not written');
  await t.resolves(log.close());
});

t.test('what goes to the journal carries its priority, what goes elsewhere does not', async (t) => {
  const file = join(t.testdir(), 'log');
  const descriptor = openSync(file, 'w');
  const { dev, ino } = fstatSync(descriptor);
  const log = createLog({ descriptor, journalStream: `${dev}:${ino}` });
  logTransition(log, { type: 'node.changed', reason: 'bus.lost', detail: '' });
  logTransition(log, { type: 'node.changed', reason: 'clock.gap', detail: '' });
  logTransition(log, { type: 'node.changed', reason: 'bus.connected', detail: '' });
  await log.close();
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  t.same(
    lines.map((line) => line.slice(0, 3)),
    ['<3>', '<4>', '<6>'],
  );
  for (const line of lines) t.type(JSON.parse(line.slice(3)), 'object');
  const other = join(t.testdir(), 'other');
  const plain = createLog({ descriptor: openSync(other, 'w'), journalStream: '1:2' });
  plain.info('hello');
  await plain.close();
  t.match(readFileSync(other, 'utf8'), /^\{"level":30/);
});

t.test("with the journal's own socket lines go there, and those that it refuses to standard output", async (t) => {
  const file = join(t.testdir(), 'log');
  const descriptor = openSync(file, 'w');
  const { dev, ino } = fstatSync(descriptor);
  const taken: string[] = [];
  const openJournal: OpenJournal = (refused) => ({
    write: (line) => (line.includes('bus.lost') ? refused(line) : void taken.push(line)),
    written: () => Promise.resolve(),
  });
  const log = createLog({ descriptor, journalStream: `${dev}:${ino}`, openJournal });
  logTransition(log, { type: 'node.changed', reason: 'bus.lost', detail: '' });
  logTransition(log, { type: 'node.changed', reason: 'clock.gap', detail: '' });
  await log.close();
  t.match(readFileSync(file, 'utf8'), /^<3>\{"level":50.*bus\.lost.*\}\n$/);
  t.match(
    taken.map((line) => JSON.parse(line) as object),
    [{ reason: 'clock.gap' }],
  );

  const elsewhere = join(t.testdir(), 'elsewhere');
  const plain = createLog({ descriptor: openSync(elsewhere, 'w'), journalStream: '1:2', openJournal });
  plain.info('hello');
  await plain.close();
  t.match(readFileSync(elsewhere, 'utf8'), /hello/, 'not when the unit sends standard output somewhere else');
});
