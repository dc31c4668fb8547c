import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { discover } from '../../src/cli/discover.ts';
import { usualEtcd } from '../../src/config/etcd-here.ts';
import { parseConfig } from '../../src/config/load.ts';
import type { Unit } from '../../src/core/mend/unit.ts';
import { missingUnit, runningUnit } from '../config/stage.ts';
import { record } from './recorder.ts';

const node: Readonly<Record<string, Unit>> = {
  'containerd.service': runningUnit('containerd.service'),
  'kubelet.service': runningUnit('kubelet.service', {}, { restartMs: 10_000, killMode: 'control-group' }),
  'monit.service': runningUnit('monit.service'),
};

async function run(
  t: Test,
  text: string,
  json: boolean,
  read = async (unit: string): Promise<Unit | null> => node[unit] ?? missingUnit(unit),
) {
  const file = join(t.testdir(), 'nodemend.yaml');
  writeFileSync(file, text);
  const io = record();
  const status = await discover(
    { config: file, json },
    io,
    read,
    async () => new Set(),
    async () => usualEtcd,
  );
  return { status, file, ...io.said };
}

t.test('it says for every component why, and what the settings of its unit mean', async (t) => {
  const { status, out } = await run(t, 'node: n1', false);
  t.equal(status, 0);
  const [choices = '', written = ''] = out.split('\nThe configuration that would be used:\n\n');
  t.equal(
    choices,
    `+ containerd  containerd.service exists (enabled, active)
      Restart=always: systemd starts it again however it ends
      RestartSec=5s: systemd alone would wait 5s: the first crash in 15m started at once
      StartLimitBurst=5 in 10s: then systemd gives up: nodemend resets the limit and goes on within its budget of 3 in 15m
      KillMode=process: its containers outlive a restart
      TimeoutStopSec=90s: a hung process would hold up a plain restart for 90s: it is ended by SIGKILL first
- docker      docker.service does not exist on this node
- crio        crio.service does not exist on this node
+ kubelet     kubelet.service exists (enabled, active)
      Restart=always: systemd starts it again however it ends
      RestartSec=10s: systemd alone would wait 10s: the first crash in 15m started at once
      StartLimitBurst=5 in 10s: then systemd gives up: nodemend resets the limit and goes on within its budget of 3 in 15m
      TimeoutStopSec=90s: a hung process would hold up a plain restart for 90s: it is ended by SIGKILL first
- kube-proxy  kube-proxy.service does not exist on this node
- etcd        etcd.service does not exist on this node
! monit.service is active and may restart the same units: let only one of the two repair, and the other report
`,
  );
  const parsed = parseConfig(written, 'F');
  t.match(parsed, { ok: true, config: { node: 'n1', components: { kubelet: { after: ['containerd'] } } } });
});

t.test('for programs it says the same', async (t) => {
  const { status, out } = await run(t, 'components: { edge: { unit: haproxy.service } }', true);
  t.equal(status, 0);
  const told = JSON.parse(out) as { choices: { component: string }[]; policy: { components: { name: string }[] } };
  t.match(told, {
    choices: [
      { component: 'edge', preset: null, unit: 'haproxy.service', chosen: true, terms: [] },
      { component: 'containerd', chosen: true, terms: [{ setting: 'Restart=always' }] },
    ],
    warnings: [/^monit\.service is active/],
  });
  t.same(
    told.policy.components.map(({ name }) => name),
    ['edge', 'containerd', 'kubelet'],
  );
});

t.test('a configuration with problems is told of, and nothing is looked at', async (t) => {
  const { status, err, out, file } = await run(t, 'lissten: 1', false, () => t.fail('it looked') as never);
  t.equal(status, 2);
  t.equal(out, '');
  t.equal(err, `${file}:1:1: lissten: there is no key "lissten" here; did you mean listen?\n`);
});

t.test('without systemd there is one sentence and exit 3', async (t) => {
  const { status, err, out } = await run(t, '', false, async () => null);
  t.equal(status, 3);
  t.equal(out, '');
  t.equal(err, 'cannot reach systemd over the system bus; run this as root on the node itself\n');
});
