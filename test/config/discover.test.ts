import t from 'tap';
import { type Choice, discover, foundPresets, readFacts } from '../../src/config/discover.ts';
import { healerUnits, warnOfHealers } from '../../src/config/healers.ts';
import type { Unit } from '../../src/core/mend/unit.ts';
import { configOf, missingUnit, runningUnit } from './stage.ts';

const facts = (...units: readonly Unit[]): ReadonlyMap<string, Unit | null> =>
  new Map(units.map((unit) => [unit.id, unit]));

const none: ReadonlySet<string> = new Set();

const told = (choices: readonly Choice[]): string[] =>
  choices.map(({ component, chosen, reason }) => `${chosen ? '+' : '-'} ${component}: ${reason}`);

t.test('a node without a configuration: what exists is chosen, the rest says why not', async (t) => {
  const found = facts(
    runningUnit('containerd.service'),
    missingUnit('docker.service'),
    runningUnit('kubelet.service', { activeState: 'activating', subState: 'auto-restart' }),
    runningUnit('crio.service', { unitFileState: 'disabled', activeState: 'inactive' }),
    runningUnit('etcd.service', { loadState: 'masked', unitFileState: 'masked', activeState: 'inactive' }),
  );
  const choices = discover(configOf(''), found, none);
  t.same(told(choices), [
    '+ containerd: containerd.service exists (enabled, active)',
    '- docker: docker.service does not exist on this node',
    '+ crio: crio.service exists (disabled, inactive): hands off until it is started',
    '+ kubelet: kubelet.service exists (enabled, activating)',
    '- kube-proxy: systemd did not answer about kube-proxy.service; it stays as it was and is asked again',
    '+ etcd: etcd.service exists (masked, inactive): hands off until it is unmasked',
  ]);
  t.same(foundPresets(choices, configOf('')), ['containerd', 'crio', 'kubelet', 'etcd']);
});

t.test('what the file lists is taken as it is and not found a second time', async (t) => {
  const config = configOf(`
components:
  runtime: { preset: containerd }
  docker: { unit: other.service }
  edge: { unit: haproxy.service }
`);
  const choices = discover(config, facts(runningUnit('containerd.service'), missingUnit('haproxy.service')), none);
  t.same(told(choices).slice(0, 4), [
    '+ runtime: listed in the configuration; containerd.service exists (enabled, active)',
    '+ docker: listed in the configuration; systemd did not answer about other.service; it stays as it was and is asked again',
    '+ edge: listed in the configuration; haproxy.service does not exist on this node',
    '- docker: the name docker is taken in the configuration, by another unit',
  ]);
  t.same(foundPresets(choices, config), []);
});

t.test('discover: false leaves it at what the file lists', async (t) => {
  const choices = discover(configOf('discover: false'), facts(runningUnit('containerd.service')), none);
  t.same(
    choices.map(({ chosen }) => chosen),
    [false, false, false, false, false, false],
  );
  t.equal(choices[0]?.reason, 'discover is false in the configuration');
});

t.test('each unit is asked for once', async (t) => {
  const asked: string[] = [];
  const read = async (unit: string) => {
    asked.push(unit);
    return unit === 'b.service' ? null : runningUnit(unit);
  };
  const found = await readFacts(read, ['a.service', 'b.service', 'a.service']);
  t.same(asked, ['a.service', 'b.service']);
  t.equal(found.get('a.service')?.id, 'a.service');
  t.equal(found.get('b.service'), null);
});

t.test('another healer is warned of while it is active', async (t) => {
  t.ok(healerUnits.includes('node-problem-detector.service'));
  const found = facts(
    runningUnit('monit.service'),
    runningUnit('kubelet-monitor.service', { activeState: 'inactive' }),
    missingUnit('node-problem-detector.service'),
  );
  t.same(warnOfHealers(found), [
    'monit.service is active and may restart the same units: let only one of the two repair, and the other report',
  ]);
});

t.test('what is supervised already is not dropped because systemd is silent about it', async (t) => {
  const supervised = new Set(['containerd.service', 'docker.service']);
  const found = new Map([
    ['containerd.service', null],
    ['docker.service', missingUnit('docker.service')],
  ]);
  t.same(foundPresets(discover(configOf(''), found, supervised), configOf('')), ['containerd']);
  t.same(foundPresets(discover(configOf(''), new Map(), none), configOf('')), []);
});
