/** What happens to the node's network, the loopback interface among it. Rules lie in a table of their own, which healing removes. */
import type { Failure } from '../failure.ts';
import * as step from '../steps.ts';
import { containerd, docker, kubelet } from '../steps.ts';

const agent = 'nodemend.service';
const nothing = { never: [step.restarted(...step.everything)] };
const nft = { units: [], tools: ['nft'] };

/** `rules` for what goes out and what comes in; only new connections of the drill's choice are touched. */
const rules = (out: string, into: string) =>
  step.run(
    'nft',
    [
      'table inet nodemend_drill {',
      `chain out { type filter hook output priority 0; ${out === '' ? '' : `${out};`} }`,
      `chain into { type filter hook input priority 0; ${into === '' ? '' : `${into};`} }`,
      '}',
    ].join('\n'),
  );
const noRules = ['nft', 'delete', 'table', 'inet', 'nodemend_drill'] as const;

export const networkFailures: readonly Failure[] = step.failuresOf('network', [
  {
    name: 'kubelet-port-silent',
    title: "packets to the kubelet's health port are lost; its other port answers, so it is not restarted",
    needs: { ...nft, units: [kubelet] },
    induce: [rules('tcp dport 10248 drop', '')],
    expect: [step.leftAlone(30)],
    ...nothing,
    withinMs: 40_000,
    heal: [noRules],
  },
  {
    name: 'kubelet-port-refused',
    title: "connections to the kubelet's health port are refused; its other port answers",
    needs: { ...nft, units: [kubelet] },
    induce: [rules('tcp dport 10248 reject with tcp reset', '')],
    expect: [step.leftAlone(30)],
    ...nothing,
    withinMs: 40_000,
    heal: [noRules],
  },
  {
    name: 'etcd-port-silent',
    title: "packets to etcd's port are lost: never a reason to restart a member",
    needs: { ...nft, units: [step.etcd] },
    induce: [rules('tcp dport 2379 drop', '')],
    expect: [step.leftAlone(25)],
    ...nothing,
    withinMs: 35_000,
    heal: [noRules],
  },
  {
    name: 'cut-off',
    title: 'no TCP but SSH leaves or reaches the node, and containerd dies',
    needs: { ...nft, units: [containerd] },
    induce: [
      rules('oifname != "lo" tcp sport != 22 drop', 'iifname != "lo" tcp dport != 22 drop'),
      step.stand(5),
      step.count,
      step.signal('KILL', containerd),
    ],
    expect: [step.mended(containerd)],
    never: [step.others(containerd), step.startsOver(1)],
    withinMs: 10_000,
    heal: [noRules],
  },
  {
    name: 'half-of-packets-lost',
    title: 'half of the packets from and to other machines are lost for 20 s',
    needs: nft,
    induce: [
      rules(
        'oifname != "lo" tcp sport != 22 numgen random mod 2 == 0 drop',
        'iifname != "lo" tcp dport != 22 numgen random mod 2 == 0 drop',
      ),
    ],
    expect: [step.leftAlone(20)],
    ...nothing,
    withinMs: 30_000,
    heal: [noRules],
  },
  {
    name: 'names-fail',
    title: 'no name can be resolved, and docker dies',
    needs: { units: [docker] },
    induce: [
      step.putAside('/etc/resolv.conf'),
      step.run('rm', '-f', '/etc/resolv.conf'),
      step.write('/etc/resolv.conf', 'nameserver 192.0.2.1\n'),
      step.count,
      step.signal('KILL', docker),
    ],
    expect: [step.mended(docker)],
    never: [step.others(docker), step.startsOver(1)],
    withinMs: 10_000,
    heal: [step.restore('/etc/resolv.conf')],
  },
  {
    name: 'no-ports-left',
    title: 'the node has no port left for new connections: looks fail for a reason of our own',
    needs: { units: [kubelet], tools: ['sysctl'] },
    induce: [
      step.script('sysctl -n net.ipv4.ip_local_port_range > /run/nodemend-drill-ports'),
      step.run('sysctl', '-qw', 'net.ipv4.ip_local_port_range=61000 61000'),
      step.background('ports', 'sh', '-c', 'exec sleep 120'),
    ],
    expect: [step.leftAlone(25)],
    ...nothing,
    withinMs: 35_000,
    heal: [
      step.stopBackground('ports'),
      step.scriptArgv(
        '[ ! -s "$1" ] || { sysctl -qw net.ipv4.ip_local_port_range="$(cat "$1")" && rm -f "$1"; }',
        '/run/nodemend-drill-ports',
      ),
    ],
  },
  {
    name: 'agent-port-crowded',
    title: "300 connections that say nothing stand on nodemend's port, and containerd dies",
    needs: { units: [containerd], tools: ['bash'] },
    induce: [
      step.background(
        'crowd',
        'bash',
        '-c',
        'for n in {1..300}; do exec {f}<>/dev/tcp/127.0.0.1/9745 || break; done 2>/dev/null; sleep 60',
      ),
      step.stand(2),
      step.count,
      step.signal('KILL', containerd),
    ],
    expect: [step.mended(containerd)],
    never: [step.others(containerd), step.startsOver(1)],
    withinMs: 10_000,
    heal: [step.stopBackground('crowd')],
  },
  {
    name: 'agent-port-taken',
    title: "another program sits on nodemend's port when nodemend starts, and the kubelet dies",
    needs: { units: [kubelet], tools: ['perl'] },
    induce: [
      step.systemctl('stop', agent),
      step.background(
        'port',
        ...['perl', '-MSocket', '-e'],
        'socket(S,PF_INET,SOCK_STREAM,0); setsockopt(S,SOL_SOCKET,SO_REUSEADDR,1); bind(S,sockaddr_in(9745,INADDR_ANY)) or die; listen(S,9); sleep 200',
      ),
      step.stand(1),
      step.attempt('systemctl', 'start', '--no-block', agent),
      step.stand(8),
      step.count,
      step.signal('KILL', kubelet),
    ],
    expect: [step.mended(kubelet)],
    never: [step.others(kubelet), step.startsOver(1)],
    withinMs: 15_000,
    heal: [step.stopBackground('port'), ['systemctl', 'start', agent]],
  },
]);
