import t from 'tap';
import type { Io } from '../../src/cli/io.ts';
import { parseEvents } from './agent.ts';
import { main } from './demo.ts';
import { faults, systemdAlone } from './faults.ts';
import { readOptions } from './options.ts';
import { renderSummary } from './summary.ts';
import { createTimeline } from './timeline.ts';

const never = new Promise<void>(() => undefined);

function record(isTerminal = false): Io & { readonly said: { out: string; err: string } } {
  const said = { out: '', err: '' };
  const out = (text: string) => {
    said.out += text;
  };
  const err = (text: string) => {
    said.err += text;
  };
  return { said, out, err, isTerminal, columns: 80, color: false };
}

t.test('without words all faults are shown, each once', async (t) => {
  const names = readOptions([]).faults.map((fault) => fault.name);
  const kills = ['kill-containerd', 'kill-docker', 'kill-kubelet'];
  t.same(names, [...kills, 'freeze-containerd', 'freeze-docker', 'freeze-kubelet']);
  t.same(readOptions(['--faults', 'freeze-docker,kill-kubelet', '--keep']), {
    help: false,
    keep: true,
    faults: [faults[4], faults[2]],
  });
});

t.test('--help is 0 and says what it takes; a wrong word is 2 and says which are right', async (t) => {
  const help = record();
  t.equal(await main(['--help'], help, never), 0);
  t.match(help.said.out, /^npm run demo -- /);
  const wrong = record();
  t.equal(await main(['--faults', 'kill-etcd'], wrong, never), 2);
  t.match(wrong.said.err, /^unknown fault "kill-etcd": known are kill-containerd, kill-docker, /);
  const unknown = record();
  t.equal(await main(['--fast'], unknown, never), 2);
  t.match(unknown.said.err, "Unknown option '--fast'");
});

t.test('an ordinary user is told that it takes root', async (t) => {
  t.intercept(process, 'getuid', { value: () => 1_000 });
  const io = record();
  t.equal(await main([], io, never), 1);
  t.match(io.said.err, /^cannot run the demo: .* takes root: run it with sudo\n$/);
  t.equal(io.said.out, '');
});

t.test('systemd alone waits for RestartSec after a crash and sees no freeze without a watchdog', async (t) => {
  const [kill, freeze] = [readOptions(['--faults', 'kill-docker']), readOptions(['--faults', 'freeze-docker'])];
  const unit = { Restart: 'always', RestartUSec: '2s', WatchdogUSec: '0' };
  t.same(
    [kill, freeze].flatMap((options) => options.faults.map((fault) => systemdAlone(fault, unit))),
    ['2s (RestartSec)', 'never'],
  );
  const other = { Restart: 'no', RestartUSec: '100ms', WatchdogUSec: '30s' };
  t.same(
    [kill, freeze].flatMap((options) => options.faults.map((fault) => systemdAlone(fault, other))),
    ['never', '30s (WatchdogSec)'],
  );
});

t.test('transitions are taken from the stream whole, whatever the pieces are', async (t) => {
  const told = { wallMs: 5, transition: { type: 'node.changed', reason: 'bus.lost', detail: '' } };
  const stream = `event: status\ndata: {}\n\n: heartbeat\n\nid: 1\nevent: transition\ndata: ${JSON.stringify(told)}\n\nid: 2\neve`;
  t.same(parseEvents(stream), { told: [told], rest: 'id: 2\neve' });
  t.same(parseEvents(''), { told: [], rest: '' });
});

t.test('lines are in the order of their times, and what is waited for shows now and then', async (t) => {
  const io = record();
  let nowMs = 1_000;
  const timeline = createTimeline(io, () => nowMs, 1_000);
  timeline.note(90, 'systemd', 'a new main process');
  timeline.note(12.4, 'nodemend', 'kubelet: \u001b[2Jcrashed');
  nowMs = 10_000;
  timeline.waiting('too early to tell');
  nowMs = 12_000;
  timeline.waiting('kubelet is suspect');
  timeline.end();
  t.equal(
    io.said.out,
    '   11 s: kubelet is suspect\n' +
      '    +0.012 s  nodemend  kubelet:  [2Jcrashed\n' +
      '    +0.090 s  systemd   a new main process\n',
  );
});

t.test('on a terminal what is waited for stands in one line that is written over', async (t) => {
  const io = record(true);
  const timeline = createTimeline(io, () => 2_500, 0);
  timeline.waiting('kubelet is suspect');
  timeline.end();
  t.equal(io.said.out, '\r\u001b[2K   2 s: kubelet is suspect\r\u001b[2K');
});

t.test('the summary has a line for each fault and fits 80 columns', async (t) => {
  const [fault] = readOptions(['--faults', 'freeze-containerd']).faults;
  if (fault === undefined) throw new Error('there is such a fault');
  const outcome = { fault, alone: 'never', processMs: 25_301, verifiedMs: 25_444.6 };
  const text = renderSummary([outcome], { columns: 80, color: false });
  t.match(text, 'containerd frozen          never     25.301 s  25.445 s\n');
  t.ok(text.split('\n').every((line) => line.length <= 80));
});
