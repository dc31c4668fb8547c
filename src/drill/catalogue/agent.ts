/** What happens to nodemend itself, alone and while what it watches breaks. */
import { agentUnit as agent, type Failure } from '../failure.ts';
import * as step from '../steps.ts';
import { containerd, docker, kubelet } from '../steps.ts';

const nothing = { never: [step.restarted(...step.everything)] };
const start = ['systemctl', 'start', agent] as const;

const ended = (name: string, signal: step.Signal, title: string): step.Short => ({
  name,
  title,
  induce: [step.signal(signal, agent)],
  expect: [step.returns],
  ...nothing,
  withinMs: 20_000,
  heal: [start],
});

export const agentFailures: readonly Failure[] = step.failuresOf('agent', [
  ended('agent-killed', 'KILL', 'nodemend gets SIGKILL'),
  ended('agent-segfault', 'SEGV', 'nodemend gets SIGSEGV'),
  ended('agent-terminated', 'TERM', 'nodemend gets SIGTERM from somebody who is not systemd'),
  {
    name: 'agent-frozen',
    title: 'nodemend stands still for ever: systemd has to find it by its watchdog',
    induce: [step.signal('STOP', agent)],
    expect: [step.returns],
    ...nothing,
    withinMs: 60_000,
    heal: [step.signalArgv('CONT', agent)],
  },
  {
    name: 'agent-killed-often',
    title: 'nodemend is killed 5 times, each time when it has just come back',
    induce: [
      step.script('for n in 1 2 3 4; do systemctl kill -s KILL "$1"; sleep 1.5; done', agent),
      step.count,
      step.signal('KILL', agent),
    ],
    expect: [step.returns],
    ...nothing,
    withinMs: 40_000,
    heal: [['systemctl', 'reset-failed', agent], start],
  },
  {
    name: 'agent-and-containerd-killed',
    title: 'nodemend and containerd are killed together',
    needs: { units: [containerd] },
    induce: [step.signal('KILL', agent, containerd)],
    expect: [step.mended(containerd, 'anyone'), step.returns],
    never: [step.others(containerd), step.startsOver(1)],
    withinMs: 20_000,
    heal: [start],
  },
  {
    name: 'agent-killed-in-the-act',
    title: 'containerd is killed, and nodemend 30 ms later, between its intent and its end',
    needs: { units: [containerd] },
    induce: [step.script('systemctl kill -s KILL "$1"; sleep 0.03; systemctl kill -s KILL "$2"', containerd, agent)],
    expect: [step.mended(containerd, 'anyone'), step.returns],
    never: [step.others(containerd), step.startsOver(1)],
    withinMs: 20_000,
    heal: [start],
  },
  {
    name: 'agent-restarted-in-the-act',
    title: 'docker is killed and nodemend restarted at once, as an upgrade does',
    needs: { units: [docker] },
    induce: [step.script('systemctl kill -s KILL "$1"; systemctl restart "$2"', docker, agent)],
    expect: [step.mended(docker, 'anyone'), step.returns],
    never: [step.others(docker), step.startsOver(1)],
    withinMs: 20_000,
    heal: [start],
  },
  {
    name: 'agent-away',
    title: 'docker freezes while nodemend is off, and nodemend starts',
    needs: { units: [docker] },
    induce: [
      step.systemctl('stop', agent),
      step.signal('STOP', docker),
      step.stand(1),
      step.count,
      step.systemctl('start', agent),
    ],
    expect: [step.mended(docker)],
    never: [step.others(docker), step.startsOver(1)],
    withinMs: 100_000,
    heal: [step.signalArgv('CONT', docker), start],
  },
  {
    name: 'agent-reload-storm',
    title: 'nodemend is told 20 times to load its configuration, and then the kubelet dies',
    needs: { units: [kubelet] },
    induce: [
      step.script(
        'for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do systemctl kill -s HUP "$1"; done',
        agent,
      ),
      step.count,
      step.signal('KILL', kubelet),
    ],
    expect: [step.mended(kubelet)],
    never: [step.others(kubelet), step.startsOver(1)],
    withinMs: 10_000,
  },
  {
    name: 'agent-out-of-files',
    title: 'nodemend may have no more than 40 files open when containerd dies',
    needs: { units: [containerd] },
    induce: [
      ...step.dropIn(agent, '[Service]\nLimitNOFILE=40\n'),
      step.systemctl('restart', agent),
      step.stand(5),
      step.count,
      step.signal('KILL', containerd),
    ],
    expect: [step.mended(containerd, 'anyone')],
    never: [step.others(containerd), step.startsOver(1)],
    withinMs: 20_000,
    heal: [...step.removeDropIn(agent), ['systemctl', 'restart', agent]],
  },
  {
    name: 'second-agent',
    title: 'somebody starts a second nodemend beside the first: one of them acts',
    needs: { units: [kubelet] },
    induce: [step.background('second', 'nodemend', 'run'), step.stand(4), step.count, step.signal('KILL', kubelet)],
    expect: [step.mended(kubelet)],
    never: [step.others(kubelet), step.startsOver(1)],
    withinMs: 15_000,
    heal: [step.stopBackground('second')],
  },
  {
    name: 'agent-asked-by-many',
    title: 'ten readers ask nodemend for everything at once, again and again, and the kubelet dies',
    needs: { units: [kubelet], tools: ['bash'] },
    induce: [
      step.background(
        'readers',
        'bash',
        '-c',
        'for r in {1..10}; do (while exec 3<>/dev/tcp/127.0.0.1/9745; do printf "GET /metrics HTTP/1.0\\r\\n\\r\\n" >&3; cat <&3 >/dev/null; done) & done; wait',
      ),
      step.stand(3),
      step.count,
      step.signal('KILL', kubelet),
    ],
    expect: [step.mended(kubelet)],
    never: [step.others(kubelet), step.startsOver(1)],
    withinMs: 15_000,
    heal: [step.stopBackground('readers')],
  },
]);
