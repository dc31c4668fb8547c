/** What happens to disks, sockets and files: those of the runtimes and nodemend's own. */
import type { Failure } from '../failure.ts';
import * as step from '../steps.ts';
import { containerd, docker, kubelet } from '../steps.ts';

const agent = 'nodemend.service';
const state = '/var/lib/nodemend';
const containerdSocket = '/run/containerd/containerd.sock';
const nothing = { never: [step.restarted(...step.everything)] };

/** Waits for the agent's own socket, so that what follows finds it at work. */
const awaitAgent = step.script(
  'n=0; until nodemend status --json >/dev/null 2>&1 || [ $? -eq 1 ]; do n=$((n + 1)); [ $n -lt 60 ] || exit 1; sleep 0.5; done',
);

/** The state lies on a small disk of its own for the drill. What the agent had is under it and comes back with the unmount. */
const smallDisk = [
  step.systemctl('stop', agent),
  step.script('mkdir -p "$1" && mountpoint -q "$1" || mount -t tmpfs -o size=8m,mode=0700 nodemend-drill "$1"', state),
  step.systemctl('start', agent),
  awaitAgent,
  step.stand(5),
];
const ownDisk = [
  step.scriptArgv(
    'if grep -q "^nodemend-drill $1 " /proc/mounts; then systemctl stop "$2"; umount "$1"; systemctl start "$2"; fi',
    state,
    agent,
  ),
];

/** The agent is stopped, its state is spoilt, it starts again: it must run and mend. */
const spoilt = (name: string, title: string, script: string): step.Short => ({
  name,
  title,
  needs: { units: [kubelet] },
  induce: [
    step.systemctl('stop', agent),
    step.script('rm -rf /run/nodemend-drill-state && cp -a "$1" /run/nodemend-drill-state', state),
    step.script(script, state),
    step.systemctl('start', agent),
    awaitAgent,
    step.stand(5),
    step.count,
    step.signal('KILL', kubelet),
  ],
  expect: [step.mended(kubelet, 'anyone')],
  never: [step.others(kubelet), step.startsOver(1)],
  withinMs: 20_000,
  heal: [
    step.scriptArgv(
      'if [ -d "$2" ]; then systemctl stop "$3"; rm -rf "$1"; cp -a "$2" "$1"; rm -rf "$2"; systemctl start "$3"; fi',
      state,
      '/run/nodemend-drill-state',
      agent,
    ),
  ],
});

export const storageFailures: readonly Failure[] = step.failuresOf('storage', [
  {
    name: 'containerd-socket-deleted',
    title: "containerd's socket is deleted: the process lives and nobody reaches it",
    needs: { units: [containerd] },
    induce: [step.run('rm', '-f', containerdSocket)],
    expect: [step.mended(containerd)],
    never: [step.others(containerd), step.startsOver(1), step.killed(containerd)],
    withinMs: 60_000,
    heal: [step.scriptArgv('[ -S "$1" ] || systemctl restart containerd.service', containerdSocket)],
  },
  {
    name: 'docker-socket-deleted',
    title: "docker's socket, which systemd listens on, is deleted",
    needs: { units: [docker] },
    induce: [step.run('rm', '-f', '/run/docker.sock')],
    expect: [step.mended(docker)],
    never: [step.others(docker), step.startsOver(2), step.killed(docker)],
    withinMs: 60_000,
    heal: [step.scriptArgv('[ -S /run/docker.sock ] || systemctl restart docker.socket docker.service')],
  },
  {
    name: 'containerd-socket-closed',
    title: "nobody may open containerd's socket (mode 0): not being able to look is not a failure",
    needs: { units: [containerd] },
    induce: [step.run('chmod', '0', containerdSocket)],
    expect: [step.leftAlone(30)],
    ...nothing,
    withinMs: 40_000,
    heal: [['chmod', '660', containerdSocket]],
  },
  {
    name: 'docker-socket-closed',
    title: "nobody may open docker's socket (mode 0)",
    needs: { units: [docker] },
    induce: [step.run('chmod', '0', '/run/docker.sock')],
    expect: [step.leftAlone(30)],
    ...nothing,
    withinMs: 40_000,
    heal: [['chmod', '660', '/run/docker.sock']],
  },
  {
    name: 'state-disk-full',
    title: "the disk with nodemend's state is full when the kubelet dies",
    needs: { units: [kubelet] },
    induce: [
      ...smallDisk,
      step.script('dd if=/dev/zero of="$1/fill" bs=4k 2>/dev/null; [ -s "$1/fill" ]', state),
      step.count,
      step.signal('KILL', kubelet),
    ],
    expect: [step.mended(kubelet, 'anyone')],
    never: [step.others(kubelet), step.startsOver(1)],
    withinMs: 20_000,
    heal: ownDisk,
  },
  {
    name: 'state-disk-without-inodes',
    title: "the disk with nodemend's state has no inode left when containerd dies",
    needs: { units: [containerd] },
    induce: [
      ...smallDisk,
      step.run('mount', '-o', 'remount,nr_inodes=32', state),
      step.script('n=0; while (: >"$1/fill$n") 2>/dev/null; do n=$((n + 1)); done', state),
      step.count,
      step.signal('KILL', containerd),
    ],
    expect: [step.mended(containerd, 'anyone')],
    never: [step.others(containerd), step.startsOver(1)],
    withinMs: 20_000,
    heal: ownDisk,
  },
  {
    name: 'state-disk-read-only',
    title: "the disk with nodemend's state is read-only when docker dies",
    needs: { units: [docker] },
    induce: [
      step.systemctl('stop', agent),
      ...smallDisk.slice(1, 4),
      step.systemctl('stop', agent),
      step.run('mount', '-o', 'remount,ro', state),
      step.attempt('systemctl', 'start', agent),
      awaitAgent,
      step.stand(5),
      step.count,
      step.signal('KILL', docker),
    ],
    expect: [step.mended(docker, 'anyone')],
    never: [step.others(docker), step.startsOver(1)],
    withinMs: 20_000,
    heal: ownDisk,
  },
  spoilt('state-missing', "nodemend's state is deleted while it is off", 'rm -rf "$1"/*'),
  spoilt(
    'state-truncated',
    "nodemend's state is cut in half while it is off",
    'for f in "$1"/*; do if [ -f "$f" ]; then truncate -s "$(($(stat -c %s "$f") / 2))" "$f"; fi; done',
  ),
  spoilt(
    'state-garbage',
    "nodemend's state is overwritten with noise while it is off",
    'for f in "$1"/*; do if [ -f "$f" ]; then head -c 65536 /dev/urandom > "$f"; fi; done',
  ),
  {
    name: 'config-broken',
    title: "nodemend's configuration is broken and loaded anew, and then containerd dies",
    needs: { units: [containerd] },
    induce: [
      step.putAside('/etc/nodemend/nodemend.yaml'),
      step.write('/etc/nodemend/nodemend.yaml', 'components: [\n'),
      step.attempt('systemctl', 'reload', agent),
      step.count,
      step.signal('KILL', containerd),
    ],
    expect: [step.mended(containerd)],
    never: [step.others(containerd), step.startsOver(1)],
    withinMs: 10_000,
    heal: [step.restore('/etc/nodemend/nodemend.yaml'), ['systemctl', 'reload', agent]],
  },
  {
    name: 'control-socket-deleted',
    title: "nodemend's control socket is deleted, and then the kubelet dies",
    needs: { units: [kubelet] },
    induce: [step.run('rm', '-f', '/run/nodemend/nodemend.sock'), step.count, step.signal('KILL', kubelet)],
    expect: [step.mended(kubelet)],
    never: [step.others(kubelet), step.startsOver(1)],
    withinMs: 10_000,
    heal: [step.scriptArgv('[ -S /run/nodemend/nodemend.sock ] || systemctl restart "$1"', agent)],
  },
  {
    name: 'temporary-files-full',
    title: '/tmp is full when docker dies',
    needs: { units: [docker] },
    induce: [
      step.script('mountpoint -q /tmp && mount -t tmpfs -o size=1m nodemend-drill /tmp'),
      step.script('dd if=/dev/zero of=/tmp/fill bs=4k 2>/dev/null; [ -s /tmp/fill ]'),
      step.count,
      step.signal('KILL', docker),
    ],
    expect: [step.mended(docker)],
    never: [step.others(docker), step.startsOver(1)],
    withinMs: 10_000,
    heal: [step.scriptArgv('if grep -q "^nodemend-drill /tmp " /proc/mounts; then umount /tmp; fi')],
  },
  {
    name: 'compile-cache-deleted',
    title: "nodemend's code cache is deleted and nodemend killed",
    induce: [step.run('rm', '-rf', '/var/cache/nodemend/compile'), step.count, step.signal('KILL', agent)],
    expect: [step.returns],
    ...nothing,
    withinMs: 20_000,
    heal: [['systemctl', 'start', agent]],
  },
]);
