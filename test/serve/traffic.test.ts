import t from 'tap';
import { agentLine, trafficOf } from '../../src/serve/traffic.ts';
import { node, notReady } from './stand-in.ts';

const pause = { untilMs: 2_000_000, text: 'new disk' };
const shutting = { ...notReady, reason: 'node.shutting-down' as const, detail: '' };

const cases: readonly [string, Parameters<typeof node>[0], string, string][] = [
  ['a node that is ready', {}, 'up', 'up ready 100%\n'],
  ['one that is not', { ready: notReady }, 'down', 'down #node.not-ready kubelet\n'],
  ['one that is paused', { pause }, 'maint', 'maint\n'],
  ['one that is paused and not ready', { pause, ready: notReady }, 'maint', 'maint\n'],
  ['one that shuts down', { ready: shutting }, 'drain', 'drain\n'],
  ['one that shuts down while it is paused', { ready: shutting, pause }, 'drain', 'drain\n'],
  ['an agent that is stopping', { stopping: true }, 'drain', 'drain\n'],
  ['one that is stopping on a bad node', { stopping: true, ready: notReady }, 'drain', 'drain\n'],
];

for (const [name, changes, traffic, line] of cases) {
  t.test(`${name}: ${traffic}`, async (t) => {
    t.equal(trafficOf(node(changes)), traffic);
    t.equal(agentLine(node(changes)), line);
  });
}

t.test('what comes from outside stays in one line and is bounded', async (t) => {
  const ready = { ...notReady, detail: `a\nready 100%\r\n${'b'.repeat(500)}` };
  const line = agentLine(node({ ready }));
  t.match(line, /^down #node\.not-ready a ready 100% b+\n$/);
  t.ok(line.length <= 210, `${line.length} characters`);
});
