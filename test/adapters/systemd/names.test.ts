import t from 'tap';
import { socketOfAddress } from '../../../src/adapters/systemd/address.ts';
import { nodeRules, unitRules } from '../../../src/adapters/systemd/match-rules.ts';
import { jobOfPath, pathOfUnit } from '../../../src/adapters/systemd/object-path.ts';
import { needsRead } from '../../../src/adapters/systemd/properties.ts';
import { recordedSignals } from './recorded.ts';

t.test('object paths are escaped as systemd does it', async (t) => {
  const prefix = '/org/freedesktop/systemd1/unit/';
  for (const [unit, label] of [
    ['docker.service', 'docker_2eservice'],
    ['dbus-org.freedesktop.login1.service', 'dbus_2dorg_2efreedesktop_2elogin1_2eservice'],
    ['9p.mount', '_39p_2emount'],
    ['a9.service', 'a9_2eservice'],
    ['-.slice', '_2d_2eslice'],
    ['getty@tty1.service', 'getty_40tty1_2eservice'],
    ['a\\x2db.service', 'a_5cx2db_2eservice'],
    ['ü.service', '_c3_bc_2eservice'],
    ['', '_'],
  ] as const) {
    t.equal(pathOfUnit(unit), prefix + label, unit);
  }
});

t.test('job paths', async (t) => {
  t.equal(jobOfPath('/org/freedesktop/systemd1/job/97'), 97);
  for (const odd of ['/', '/org/freedesktop/systemd1/job/', '/org/freedesktop/systemd1/job/9x', 97, undefined]) {
    t.equal(jobOfPath(odd), 0, String(odd));
  }
});

t.test('addresses', async (t) => {
  t.equal(socketOfAddress('unix:path=/run/dbus/system_bus_socket'), '/run/dbus/system_bus_socket');
  t.equal(socketOfAddress('unix:path=/run/a%20b,guid=00'), '/run/a b');
  t.equal(socketOfAddress('unix:abstract=/tmp/x'), '\0/tmp/x');
  t.equal(socketOfAddress('tcp:host=localhost,port=1;unix:path=/x'), '/x');
  for (const odd of ['', 'unix:', 'unix:path=', 'tcp:host=x,port=1', 'garbage'])
    t.equal(socketOfAddress(odd), null, odd);
});

t.test('no rule matches the flood of a daemon-reload', async (t) => {
  const rules = [...nodeRules, ...unitRules('docker.service')];
  for (const rule of rules) {
    t.match(
      rule,
      /member='(NameOwnerChanged|Reloading|UnitFilesChanged|JobNew|JobRemoved|PrepareForShutdown|Pr.*Changed)'/,
    );
    t.match(rule, /sender='org\.freedesktop\./);
  }
  t.ok(rules.filter((rule) => rule.includes("'JobNew'")).every((rule) => rule.includes('arg2=')));
  t.ok(rules.filter((rule) => rule.includes("'PropertiesChanged'")).every((rule) => rule.includes('path=')));
});

t.test('a name that could leave its quotes gets no rule', async (t) => {
  t.same(unitRules("x.service',sender='evil"), []);
  t.same(unitRules('a b.service'), []);
  t.equal(unitRules('a\\x2db@1:2_3.service').length, 3);
});

t.test('what services invalidate in every signal costs no read', async (t) => {
  const changes = recordedSignals('kill-containerd').filter((signal) => signal.member === 'PropertiesChanged');
  t.ok(changes.every((signal) => (signal.body[2] as string[]).length > 0));
  t.notOk(changes.some((signal) => needsRead(signal.body[2])));
  t.ok(needsRead(['ExecStart', 'UnitFileState']));
  for (const odd of [null, 'UnitFileState', [7]]) t.notOk(needsRead(odd));
});
