/** What happens to the processes of the runtimes and the kubelet. */
import type { Failure, UnitName } from '../failure.ts';
import * as step from '../steps.ts';
import { containerd, docker, etcd, kubelet } from '../steps.ts';

const short = (unit: UnitName): string => unit.replace('.service', '');

/** systemd sees it at once; nodemend does not wait for RestartSec. */
const ended = (unit: UnitName, signal: step.Signal, what: string): step.Short => ({
  name: `${short(unit)}-${what}`,
  title: `${short(unit)} gets SIG${signal}`,
  needs: { units: [unit] },
  induce: [step.signal(signal, unit)],
  expect: [step.mended(unit)],
  never: [step.others(unit), step.startsOver(1), step.killed(unit)],
  withinMs: 5_000,
});

/** Its socket still accepts and systemd sees a running process. A plain restart would wait 90 s for it. */
const frozen = (unit: UnitName): step.Short => ({
  name: `${short(unit)}-frozen`,
  title: `${short(unit)} is stopped where it stands (SIGSTOP) and never goes on`,
  needs: { units: [unit] },
  induce: [step.signal('STOP', unit)],
  expect: [step.mended(unit)],
  never: [step.others(unit), step.startsOver(1)],
  withinMs: 60_000,
  heal: [step.signalArgv('CONT', unit)],
});

const briefly = (unit: UnitName): step.Short => ({
  name: `${short(unit)}-frozen-briefly`,
  title: `${short(unit)} stands still for 6 s and goes on`,
  needs: { units: [unit] },
  induce: [step.signal('STOP', unit), step.stand(6), step.signal('CONT', unit)],
  expect: [step.leftAlone(15)],
  never: [step.restarted(...step.everything)],
  withinMs: 20_000,
  heal: [step.signalArgv('CONT', unit)],
});

/** Grace of 30 s and a hang of some 20 s, four times as long on a node under full pressure (S6): the node may be young and busy. */
const patientMs = 240_000;

/** No new connection and no new file: it looks alive to systemd, and only a new process has its limits back. */
const withoutFiles = (unit: UnitName): step.Short => ({
  name: `${short(unit)}-out-of-files`,
  title: `${short(unit)} may open no more files`,
  needs: { units: [unit], tools: ['prlimit'] },
  induce: [step.script('exec prlimit --nofile=4:4 --pid "$(systemctl show --value -p MainPID "$1")"', unit)],
  expect: [step.mended(unit)],
  never: [step.others(unit), step.startsOver(1)],
  withinMs: patientMs,
  heal: [['systemctl', 'restart', unit]],
});

const standIn = '/etc/kubelet-stand-in';
const mode = (word: string) => step.write(`${standIn}/mode`, word);
/** What a restart cures: the next start sets it right. */
const cured = step.dropIn(kubelet, `[Service]\nExecStartPre=/bin/sh -c 'printf ok > ${standIn}/mode'\n`);
const modeOk = step.writeArgv(`${standIn}/mode`, 'ok');
const lab: step.Short['needs'] = { units: [kubelet], files: [standIn] };

export const processFailures: readonly Failure[] = step.failuresOf('process', [
  ...([containerd, docker, kubelet] as const).map((unit) => ended(unit, 'KILL', 'killed')),
  ...([containerd, docker, kubelet] as const).map((unit) => ended(unit, 'SEGV', 'segfault')),
  ...([containerd, docker, kubelet] as const).map((unit) => ended(unit, 'ABRT', 'aborted')),
  ...([containerd, docker, kubelet] as const).map((unit) => frozen(unit)),
  ...([containerd, docker, kubelet] as const).map((unit) => briefly(unit)),
  ...([containerd, docker] as const).map((unit) => withoutFiles(unit)),
  {
    name: 'etcd-killed',
    title: 'etcd gets SIGKILL, and systemd starts it again within 100 ms',
    needs: { units: [etcd] },
    induce: [step.signal('KILL', etcd)],
    expect: [step.mended(etcd, 'anyone')],
    never: [step.others(etcd), step.killed(etcd)],
    withinMs: 10_000,
  },
  {
    name: 'etcd-frozen-briefly',
    title: 'etcd stands still for 20 s: no reason to restart a member',
    needs: { units: [etcd] },
    induce: [step.signal('STOP', etcd)],
    expect: [step.leftAlone(20)],
    never: [step.restarted(...step.everything)],
    withinMs: 25_000,
    heal: [step.signalArgv('CONT', etcd)],
  },
  {
    name: 'kubelet-exits-well',
    title: 'the kubelet exits with 0 under Restart=on-failure, which systemd takes for wanted',
    needs: { units: [kubelet] },
    induce: [...step.dropIn(kubelet, '[Service]\nRestart=on-failure\n'), step.count, step.signal('TERM', kubelet)],
    expect: [step.mended(kubelet)],
    never: [step.others(kubelet), step.startsOver(1)],
    withinMs: 20_000,
    heal: step.removeDropIn(kubelet),
  },
  {
    name: 'containerd-without-restart',
    title: 'containerd dies and its unit has Restart=no',
    needs: { units: [containerd] },
    induce: [...step.dropIn(containerd, '[Service]\nRestart=no\n'), step.count, step.signal('KILL', containerd)],
    expect: [step.mended(containerd)],
    never: [step.others(containerd), step.startsOver(1)],
    withinMs: 20_000,
    heal: step.removeDropIn(containerd),
  },
  {
    name: 'docker-killed-whole',
    title: 'every process of docker.service gets SIGKILL',
    needs: { units: [docker] },
    induce: [step.systemctl('kill', '--kill-whom=all', '--signal=KILL', docker)],
    expect: [step.mended(docker)],
    never: [step.others(docker), step.startsOver(1)],
    withinMs: 10_000,
  },
  {
    name: 'kubelet-kept-frozen-children',
    title: 'every process of the kubelet stands still',
    needs: { units: [kubelet] },
    induce: [step.systemctl('kill', '--kill-whom=all', '--signal=STOP', kubelet)],
    expect: [step.mended(kubelet)],
    never: [step.others(kubelet), step.startsOver(1)],
    withinMs: 60_000,
    heal: [['systemctl', 'kill', '--kill-whom=all', '--signal=CONT', kubelet]],
  },
  {
    name: 'kubelet-answers-500',
    title: 'the kubelet says on both of its ports that it is not well',
    needs: lab,
    induce: [...cured, step.count, mode('fail')],
    expect: [step.mended(kubelet)],
    never: [step.others(kubelet), step.startsOver(2)],
    withinMs: patientMs,
    heal: [...step.removeDropIn(kubelet), modeOk],
  },
  {
    name: 'kubelet-never-answers',
    title: 'the kubelet accepts on both of its ports and never answers, and its process runs',
    needs: lab,
    induce: [...cured, step.count, mode('hang')],
    expect: [step.mended(kubelet)],
    never: [step.others(kubelet), step.startsOver(2)],
    withinMs: patientMs,
    heal: [...step.removeDropIn(kubelet), modeOk],
  },
  {
    name: 'kubelet-slow-start',
    title: 'the kubelet takes 12 s from its start to its first answer',
    needs: lab,
    induce: [step.write(`${standIn}/start-delay-ms`, '12000'), step.count, step.signal('KILL', kubelet)],
    expect: [step.mended(kubelet)],
    never: [step.others(kubelet), step.startsOver(1), step.killed(kubelet)],
    withinMs: 40_000,
    heal: [step.writeArgv(`${standIn}/start-delay-ms`, '0')],
  },
  {
    name: 'kubelet-stuck-activating',
    title: 'the next start of the kubelet waits 12 s in ExecStartPre=: the job is waited for, none is added',
    needs: { units: [kubelet] },
    induce: [
      ...step.dropIn(kubelet, '[Service]\nExecStartPre=/bin/sleep 12\n'),
      step.count,
      step.signal('KILL', kubelet),
    ],
    expect: [step.mended(kubelet)],
    never: [step.others(kubelet), step.startsOver(1), step.killed(kubelet)],
    withinMs: 40_000,
    heal: step.removeDropIn(kubelet),
  },
  {
    name: 'containerd-flaps',
    title: 'containerd is killed three times, 3 s apart',
    needs: { units: [containerd] },
    induce: [
      step.signal('KILL', containerd),
      step.stand(3),
      step.signal('KILL', containerd),
      step.stand(3),
      step.count,
      step.signal('KILL', containerd),
    ],
    expect: [step.mended(containerd)],
    never: [step.others(containerd), step.startsOver(3), step.killed(containerd)],
    withinMs: 30_000,
  },
  {
    name: 'containerd-bad-config',
    title: 'containerd cannot start because of its configuration, and can again 10 s later',
    needs: { units: [containerd] },
    induce: [
      step.putAside('/etc/containerd/config.toml'),
      step.write('/etc/containerd/config.toml', 'version = ['),
      step.signal('KILL', containerd),
      step.stand(10),
      step.run(...step.restore('/etc/containerd/config.toml')),
      step.count,
    ],
    expect: [step.mended(containerd, 'anyone')],
    never: [step.others(containerd), step.killed(containerd), step.startsOver(12)],
    withinMs: 60_000,
    heal: [step.restore('/etc/containerd/config.toml')],
  },
  {
    name: 'docker-start-limit',
    title: 'systemd has given docker up after three bad starts, and its cause is gone',
    needs: { units: [docker] },
    induce: [
      step.putAside('/etc/docker/daemon.json'),
      step.write('/etc/docker/daemon.json', '{ "no-such-option": true }'),
      step.signal('KILL', docker),
      step.until(docker, 'ActiveState', 'failed', 60),
      step.run(...step.restore('/etc/docker/daemon.json')),
      step.count,
    ],
    expect: [step.mended(docker)],
    never: [step.others(docker), step.startsOver(12)],
    withinMs: 90_000,
    heal: [step.restore('/etc/docker/daemon.json')],
  },
]);
