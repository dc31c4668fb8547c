/** What happens to the whole node: load, and a boot in the middle of things. */
import type { Failure } from '../failure.ts';
import * as step from '../steps.ts';
import { containerd, kubelet } from '../steps.ts';

const nothing = { never: [step.restarted(...step.everything)] };
const stressNg = { units: [], tools: ['stress-ng'] };
const stress = (...options: readonly string[]) =>
  step.background(
    'stress',
    ...(['stress-ng', '--quiet', '--temp-path', '/var/tmp', '--timeout', '20s'] as const),
    ...options,
  );
const noStress = [step.stopBackground('stress')];

const loaded = (name: string, title: string, ...options: readonly string[]): step.Short => ({
  name,
  title,
  needs: stressNg,
  induce: [stress(...options)],
  expect: [step.leftAlone(22)],
  ...nothing,
  withinMs: 40_000,
  heal: noStress,
});

export const hostFailures: readonly Failure[] = step.failuresOf('host', [
  loaded('processor-busy', 'every processor has four times the work it can do, for 20 s', '--cpu', '8'),
  loaded(
    'disk-busy',
    'the disk is written to without a pause, for 20 s',
    '--hdd',
    '2',
    '--hdd-bytes',
    '64m',
    '--io',
    '2',
  ),
  loaded('memory-busy', 'memory is taken and given back without a pause, for 20 s', '--vm', '2', '--vm-bytes', '128m'),
  loaded('processes-come-and-go', 'processes come and go by the hundred, for 20 s', '--fork', '4'),
  {
    name: 'crash-under-load',
    title: 'containerd dies on a busy processor',
    needs: { ...stressNg, units: [containerd] },
    induce: [stress('--cpu', '4'), step.stand(3), step.count, step.signal('KILL', containerd)],
    expect: [step.mended(containerd, 'anyone')],
    never: [step.others(containerd), step.startsOver(1), step.killed(containerd)],
    withinMs: 20_000,
    heal: noStress,
  },
  {
    name: 'freeze-under-load',
    title: 'the kubelet freezes on a busy disk',
    needs: { ...stressNg, units: [kubelet] },
    induce: [stress('--hdd', '1', '--hdd-bytes', '64m'), step.stand(2), step.count, step.signal('STOP', kubelet)],
    expect: [step.mended(kubelet)],
    never: [step.others(kubelet), step.startsOver(1)],
    withinMs: 90_000,
    heal: [...noStress, step.signalArgv('CONT', kubelet)],
  },
  {
    name: 'node-reboots',
    title: 'the node is rebooted in order',
    induce: [step.attempt('systemctl', 'reboot')],
    expect: [{ kind: 'rebooted' }],
    never: [],
    witness: 'boot id of the kernel, and systemctl show of each unit',
    withinMs: 180_000,
  },
  {
    name: 'node-reboots-broken',
    title: 'the kubelet is frozen when the node goes down at once, without stopping anything',
    needs: { units: [kubelet] },
    induce: [
      step.signal('STOP', kubelet),
      step.stand(2),
      step.count,
      step.attempt('systemctl', 'reboot', '--force', '--force'),
    ],
    expect: [{ kind: 'rebooted' }],
    never: [],
    witness: 'boot id of the kernel, and systemctl show of each unit',
    withinMs: 180_000,
  },
]);
