/** What happens to nodemend's time: it stands still, starves, or sees the clock of another place. */
import type { Failure } from '../failure.ts';
import * as step from '../steps.ts';
import { containerd, docker, kubelet } from '../steps.ts';

const agent = 'nodemend.service';
const nothing = { never: [step.restarted(...step.everything)] };
const goOn = step.signalArgv('CONT', agent);

export const timeFailures: readonly Failure[] = step.failuresOf('time', [
  {
    name: 'agent-suspended',
    title: 'nodemend stands still for 20 s, less than its watchdog allows, and goes on',
    induce: [step.signal('STOP', agent), step.stand(20), step.signal('CONT', agent)],
    expect: [step.leftAlone(10)],
    ...nothing,
    withinMs: 20_000,
    heal: [goOn],
  },
  {
    name: 'agent-and-kubelet-suspended',
    title: 'nodemend and the kubelet stand still for 20 s and go on together: nothing seen before the gap counts',
    needs: { units: [kubelet] },
    induce: [step.signal('STOP', agent, kubelet), step.stand(20), step.signal('CONT', kubelet, agent)],
    expect: [step.leftAlone(10)],
    ...nothing,
    withinMs: 20_000,
    heal: [step.signalArgv('CONT', agent, kubelet)],
  },
  {
    name: 'agent-stutters',
    title: 'nodemend stands still for 1 s in every 2, ten times',
    induce: [
      step.script(
        'for n in 1 2 3 4 5 6 7 8 9 10; do systemctl kill -s STOP "$1"; sleep 1; systemctl kill -s CONT "$1"; sleep 1; done',
        agent,
      ),
    ],
    expect: [step.leftAlone(5)],
    ...nothing,
    withinMs: 15_000,
    heal: [goOn],
  },
  {
    name: 'frozen-under-a-gap',
    title: 'docker freezes, nodemend is suspended for 12 s in the middle of its looks, and finds it anyway',
    needs: { units: [docker] },
    induce: [
      step.signal('STOP', docker),
      step.stand(8),
      step.signal('STOP', agent),
      step.stand(12),
      step.count,
      step.signal('CONT', agent),
    ],
    expect: [step.mended(docker)],
    never: [step.others(docker), step.startsOver(1)],
    withinMs: 75_000,
    heal: [goOn, step.signalArgv('CONT', docker)],
  },
  {
    name: 'crash-under-a-gap',
    title: 'containerd dies while nodemend is suspended, and nodemend goes on 1 s later',
    needs: { units: [containerd] },
    induce: [
      step.signal('STOP', agent),
      step.signal('KILL', containerd),
      step.stand(1),
      step.count,
      step.signal('CONT', agent),
    ],
    expect: [step.mended(containerd, 'anyone')],
    never: [step.others(containerd), step.startsOver(1)],
    withinMs: 15_000,
    heal: [goOn],
  },
  {
    name: 'zone-changed',
    title: 'the time zone of the node changes, and then containerd dies',
    needs: { units: [containerd] },
    induce: [
      step.putAside('/etc/localtime'),
      step.run('ln', '-sfn', '/usr/share/zoneinfo/Pacific/Kiritimati', '/etc/localtime'),
      step.count,
      step.signal('KILL', containerd),
    ],
    expect: [step.mended(containerd)],
    never: [step.others(containerd), step.startsOver(1)],
    withinMs: 10_000,
    heal: [step.restore('/etc/localtime')],
  },
  {
    name: 'agent-starved',
    title: 'nodemend gets the least share of a busy processor for 20 s',
    needs: { units: [], tools: ['stress-ng', 'renice'] },
    induce: [
      step.script('renice -n 19 -p "$(systemctl show --value -p MainPID "$1")" >/dev/null', agent),
      step.background('starve', 'stress-ng', '--quiet', '--cpu', '4', '--timeout', '20s'),
    ],
    expect: [step.leftAlone(22)],
    ...nothing,
    withinMs: 30_000,
    heal: [
      step.stopBackground('starve'),
      step.scriptArgv('renice -n 0 -p "$(systemctl show --value -p MainPID "$1")" >/dev/null', agent),
    ],
  },
]);
