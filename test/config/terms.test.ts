import t from 'tap';
import { termsOf } from '../../src/config/terms.ts';
import type { Unit, UnitSettings } from '../../src/core/mend/unit.ts';
import { firstPolicy, runningUnit } from './stage.ts';

function told(text: string, settings: Partial<UnitSettings>, unit: Partial<Unit> = {}): string[] {
  const policy = firstPolicy(`components: { c: { ${text} } }`);
  return termsOf(policy, runningUnit(policy.unit, unit, settings)).map(
    ({ setting, meaning }) => `${setting}: ${meaning}`,
  );
}

t.test("Debian's containerd", async (t) => {
  t.same(
    told('preset: containerd', { restart: 'always', restartMs: 5_000, killMode: 'process', timeoutStopMs: 90_000 }),
    [
      'Restart=always: systemd starts it again however it ends',
      'RestartSec=5s: systemd alone would wait 5s: the first crash in 15m started at once',
      'StartLimitBurst=5 in 10s: then systemd gives up: nodemend resets the limit and goes on within its budget of 3 in 15m',
      'KillMode=process: its containers outlive a restart',
      'TimeoutStopSec=90s: a hung process would hold up a plain restart for 90s: it is ended by SIGKILL first',
    ],
  );
});

t.test('a runtime whose restart would end the containers is only started when it is down', async (t) => {
  for (const killMode of ['control-group', 'mixed']) {
    const lines = told('preset: docker', { restart: 'always', restartMs: 2_000, killMode });
    t.equal(
      lines.at(-1),
      `KillMode=${killMode}: a restart would end its containers: it is only started when it is down`,
    );
  }
  t.notOk(told('preset: kubelet', { killMode: 'control-group' }).some((line) => line.startsWith('KillMode')));
});

t.test('every Restart= has its meaning', async (t) => {
  const line = (restart: string) => told('unit: a.service', { restart })[0];
  t.equal(line('no'), 'Restart=no: systemd never starts it again: nodemend does');
  t.match(line('on-failure'), /leaves it down after a clean exit: nodemend starts it then/);
  t.match(line('on-success'), /leaves it down after a failure: nodemend starts it then/);
  t.match(line('on-abnormal'), /leaves it down after any exit of its own/);
  t.match(line('on-abort'), /after a signal alone/);
  t.match(line('on-watchdog'), /after its watchdog alone/);
  t.equal(line('of-a-later-systemd'), 'Restart=of-a-later-systemd: nodemend starts it where systemd does not');
  t.equal(told('unit: a.service', { restart: 'no' }).length, 2, 'no delay and no limit where systemd does not restart');
});

t.test('how many crashes are started at once follows from the budget', async (t) => {
  const line = (text: string, restartMs = 10_000) => told(`unit: a.service, ${text}`, { restartMs })[1];
  t.match(line('budget: { actions: 1 }'), /the first crash in 15m started at once/);
  t.match(line('budget: { actions: 3, per: 1h }'), /the first crash in 1h started at once/);
  t.match(line('budget: { actions: 50 }'), /the first 48 crashes in 15m started at once/);
  t.match(line('budget: { actions: 0 }'), /left to it, for the budget allows no action/);
  t.equal(line('budget: {}', 1_000), "RestartSec=1s: systemd's own restarts are quick: they are only counted");
});

t.test('the watchdog, the limits and the odd cases', async (t) => {
  const all = told(
    'unit: a.service, ladder: [restart]',
    { watchdogMs: 60_000, startLimitIntervalMs: 0, timeoutStopMs: null },
    { needDaemonReload: true },
  );
  t.same(all, [
    'NeedDaemonReload=yes: its files have changed since: run systemctl daemon-reload',
    'Restart=always: systemd starts it again however it ends',
    'RestartSec=5s: systemd alone would wait 5s: the first crash in 15m started at once',
    'StartLimitBurst=0: systemd never gives up; its restarts count against the budget of 3 in 15m',
    "WatchdogSec=1m: systemd's watchdog goes first: silence is a hang after 2m",
    'TimeoutStopSec=infinity: a hung process holds up its restart for ever, for the ladder has no kill',
  ]);
});
