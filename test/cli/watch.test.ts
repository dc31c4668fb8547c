import { EventEmitter } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { createScreen, type Screen } from '../../src/cli/screen.ts';
import { status } from '../../src/cli/status.ts';
import { drawWatching, initialWatching, pressKey, type Watching } from '../../src/cli/watching.ts';
import { createControl } from '../../src/serve/control.ts';
import { createMetrics } from '../../src/serve/metrics.ts';
import { eventually } from '../serve/raw.ts';
import { component, createStandIn, node, notReady } from '../serve/stand-in.ts';
import { record } from './recorder.ts';

const [up, down, left, enter, space] = ['\u001b[A', '\u001b[B', '\u001b[D', '\r', ' '];
const names = ['containerd', 'kubelet'];
const look = { columns: 80, rows: 10, color: false };

const press = (...keys: string[]): Watching | null =>
  keys.reduce<Watching | null>((state, key) => state && pressKey(state, key, names, 10), initialWatching);

t.test('arrows choose a component, and stop at the ends', async (t) => {
  t.equal(press(down)?.selected, 'containerd');
  t.equal(press(down, down)?.selected, 'kubelet');
  t.equal(press(down, down, down)?.selected, 'kubelet');
  t.equal(press(up)?.selected, 'kubelet');
  t.equal(press(down, up, up)?.selected, 'containerd');
});

t.test('enter shows the chosen one alone, left goes back; without a choice it does nothing', async (t) => {
  t.equal(press(enter)?.alone, false);
  t.match(press(down, enter), { selected: 'containerd', alone: true });
  t.match(press(down, enter, left), { selected: 'containerd', alone: false });
});

t.test('space holds and goes on; q, Ctrl-C and Ctrl-D end', async (t) => {
  t.equal(press(space)?.frozen, true);
  t.equal(press(space, space)?.frozen, false);
  for (const key of ['q', '\u0003', '\u0004']) t.equal(press(key), null);
  t.same(press('x', '\u001b[15~'), initialWatching, 'other keys do nothing');
});

t.test('a screen is filled to its last line and no further, the chosen one marked', async (t) => {
  const lines = drawWatching(node(), null, { ...initialWatching, selected: 'kubelet' }, look);
  t.same(lines, [
    '  worker-1 is ready for 16m 20s                        nodemend 0.1.0 up 16m 40s',
    '  ',
    '  COMPONENT   PHASE    FOR      RESTARTS  BUDGET  REASON',
    '  containerd  healthy  16m 30s         0  3 of 3',
    '> kubelet     healthy  16m 30s         0  3 of 3',
    '',
    '',
    '',
    '',
    'q quit  space hold  arrows choose  enter details',
  ]);
});

t.test('whatever the size, nothing is wider or longer than the screen', async (t) => {
  const many = node({ components: Array.from({ length: 40 }, (_, index) => component(`unit-${index}`)) });
  for (const [columns, rows] of [
    [200, 50],
    [80, 24],
    [60, 3],
    [60, 1],
  ] as const) {
    for (const view of [node(), many, null]) {
      const lines = drawWatching(view, 'no daemon '.repeat(40), initialWatching, { columns, rows, color: false });
      t.equal(lines.length, Math.max(2, rows), `${columns} x ${rows}`);
      for (const line of lines) t.ok(line.length <= columns, `${columns} x ${rows}: ${line}`);
    }
  }
  const first = drawWatching(many, null, initialWatching, look);
  t.match(first.at(-1), '(34 more lines, page down)');
  const paged = pressKey(initialWatching, '\u001b[6~', names, 10) ?? initialWatching;
  t.match(drawWatching(many, null, paged, look)[0], 'unit-5');
  const beyond = { ...initialWatching, above: 1_000 };
  t.match(drawWatching(many, null, beyond, look)[8], 'unit-39', 'there is an end to it');
});

t.test('the terminal is taken over, drawn in place and given back', async (t) => {
  let written = '';
  const output = Object.assign(new EventEmitter(), {
    columns: 100,
    rows: 30,
    write: (text: string | Uint8Array) => {
      written += String(text);
      return true;
    },
  });
  const raw: boolean[] = [];
  const input = Object.assign(new EventEmitter(), {
    setRawMode: (mode: boolean) => void raw.push(mode),
    resume: () => undefined,
    pause: () => undefined,
  });
  const screen = createScreen(output as never, input as never);
  const pressed: string[] = [];
  let resized = 0;
  screen.enter(
    (key) => void pressed.push(key),
    () => {
      resized += 1;
    },
  );
  t.equal(written, '\u001b[?1049h\u001b[?25l');
  input.emit('data', Buffer.from('j\u001b[Bq\u001bOA\u001b[5~'));
  t.same(pressed, ['j', '\u001b[B', 'q', '\u001bOA', '\u001b[5~']);
  output.emit('resize');
  t.equal(resized, 1);
  t.same(screen.size(), { columns: 100, rows: 30 });
  Object.assign(output, { columns: 0, rows: 0 });
  t.same(screen.size(), { columns: 80, rows: 24 }, 'a terminal that does not know its size');
  written = '';
  screen.draw(['one', 'two']);
  t.equal(written, '\u001b[Hone\u001b[K\r\ntwo\u001b[K\u001b[J', 'nothing is cleared that is drawn anew');
  written = '';
  screen.leave();
  screen.leave();
  t.equal(written, '\u001b[?25h\u001b[?1049l', 'once');
  t.same(raw, [true, false]);
  t.equal(output.listenerCount('resize') + input.listenerCount('data'), 0);
});

t.test(
  'a watch on a terminal shows every transition at once, holds on space, tells of a daemon that is away, ends on q',
  async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'nodemend-'));
    t.teardown(() => rmSync(folder, { recursive: true }));
    const socket = join(folder, 'control.sock');
    const source = createStandIn();
    const control = createControl(source, createMetrics());
    await control.listen(socket);
    let shown = '';
    let left = false;
    let key: (key: string) => void = () => undefined;
    const screen: Screen = {
      size: () => ({ columns: 80, rows: 20 }),
      enter: (onKey) => {
        key = onKey;
      },
      draw: (lines) => {
        shown = lines.join('\n');
      },
      leave: () => {
        left = true;
      },
    };
    const io = { ...record(true), screen };
    const watching = status({ socket, watch: true, everyMs: 20 }, io);
    await eventually(() => shown.includes('is ready'));
    source.show({ ready: notReady });
    await eventually(() => shown.includes('is not ready'));
    key(' ');
    source.show({ ready: { ...notReady, ready: true } });
    t.match(shown, 'HELD');
    t.match(shown, 'is not ready');
    key(' ');
    await eventually(() => shown.includes('is ready'));
    await control.close();
    await eventually(() => shown.includes('cannot reach the daemon'));
    t.match(shown, 'is ready', 'what was seen last stays');
    key('q');
    t.equal(await watching, 3);
    t.ok(left);
    t.equal(io.said.out + io.said.err, '', 'nothing is written beside the screen');
  },
);
