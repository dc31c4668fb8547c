import { fstatSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { Transition } from '../src/core/transition.ts';
import { createLog } from '../src/log.ts';
import { logTransition } from '../src/log-transition.ts';

t.test('a line is JSON with a time, the reason and its meaning, at the severity of the reason', async (t) => {
  const file = join(t.testdir(), 'log');
  const log = createLog(openSync(file, 'w'));
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
        msg: 'incident opened',
      },
      { level: 50, reason: 'bus.lost', msg: 'node changed' },
      { level: 30, reason: 'config.loaded', msg: 'node changed' },
    ],
  );
});

t.test('secrets that a field is named after are not written', async (t) => {
  const file = join(t.testdir(), 'log');
  const log = createLog(openSync(file, 'w'));
  log.info({ headers: { authorization: 'Bearer abc' }, probe: { token: 'abc', password: 'abc', key: 'abc' } }, 'asked');
  await log.close();
  const text = readFileSync(file, 'utf8');
  t.notMatch(text, 'abc');
  t.match(text, /\[Redacted\]/);
});

t.test('a disk that takes no lines costs the lines and nothing else', async (t) => {
  const log = createLog(openSync('/dev/full', 'w'));
  for (let line = 0; line < 100; line += 1) log.error({ line }, 'not written');
  await t.resolves(log.close());
});

t.test('what goes to the journal carries its priority, what goes elsewhere does not', async (t) => {
  const file = join(t.testdir(), 'log');
  const descriptor = openSync(file, 'w');
  const { dev, ino } = fstatSync(descriptor);
  const log = createLog(descriptor, `${dev}:${ino}`);
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
  const plain = createLog(openSync(other, 'w'), '1:2');
  plain.info('hello');
  await plain.close();
  t.match(readFileSync(other, 'utf8'), /^\{"level":30/);
});
