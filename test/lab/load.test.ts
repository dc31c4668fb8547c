/** A runtime that is slow because the node is overloaded, but lives, is left alone for as long as that lasts. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { LONG, labTest } from './harness/lab-test.ts';
import { say } from './harness/places.ts';
import { bootWorker, type Worker } from './harness/worker.ts';

const SECONDS = LONG ? 180 : 60;

/** The node gets one processor of the test machine for everything, so that what runs beside this test keeps the others. */
const PROCESSOR = String(cpus().length - 1);
const ONE_PROCESSOR = `[Manager]\nCPUAffinity=${PROCESSOR}\n`;

/**
 * Each a unit of its own, since the kernel's autogroups share the processor out by session: the runtimes get what these leave. Bounded: 128 MiB of
 * files, and an end of their own.
 */
const STRESSORS: Readonly<Record<string, readonly string[]>> = {
  first: ['--cpu', '4'],
  second: ['--cpu', '4'],
  third: ['--vm', '1', '--vm-bytes', '64m'],
  disk: ['--io', '2', '--hdd', '1', '--hdd-bytes', '128m'],
};

/** With the least share that can be had of it. */
const LEAST = `[Service]
Nice=19
IOSchedulingClass=idle
ExecStartPost=-+/bin/sh -c 'echo 19 > /proc/$MAINPID/autogroup'
`;

function prepare(root: string): void {
  const write = (path: string, text: string): void => {
    mkdirSync(`${root}/etc/systemd/${path}`, { recursive: true });
    writeFileSync(`${root}/etc/systemd/${path}/load.conf`, text);
  };
  write('system.conf.d', ONE_PROCESSOR);
  for (const unit of ['containerd', 'docker', 'kubelet']) write(`system/${unit}.service.d`, LEAST);
}

/** How many looks of the probe took longer than this, of how many. */
async function slowLooks(worker: Worker, component: string, probe: string, seconds: string): Promise<[number, number]> {
  const labels = `component="${component}",probe="${probe}"`;
  const series = `nodemend_probe_duration_seconds`;
  const all = (await worker.metric(`${series}_count{${labels}}`)) ?? 0;
  const quick = (await worker.metric(`${series}_bucket{le="${seconds}",${labels}}`)) ?? 0;
  return [all - quick, all];
}

labTest(
  `${SECONDS} s of load on processor and disk slow the runtimes down, and nobody restarts them`,
  async (t, lab) => {
    const worker = await bootWorker(lab, { prepare });
    const { node } = worker;
    const runs = await worker.runs();
    const witness = await node.witness();
    const common = ['stress-ng', '--quiet', '--temp-path', '/srv', '--timeout', `${SECONDS}s`];
    for (const [name, options] of Object.entries(STRESSORS)) {
      await node.ok(['systemd-run', `--unit=stress-${name}`, ...common, ...options], { timeoutMs: 60_000 });
    }
    const left = async () => (await node.ok(['pgrep', '-c', 'stress-ng']).catch(() => '0')).trim();
    t.not(await left(), '0');
    let pressure = 0;
    const isOver = async () => {
      pressure = Math.max(pressure, (await worker.metric('nodemend_node_pressure_ratio')) ?? 0);
      return (await left()) === '0';
    };
    await node.waitFor(isOver, (SECONDS + 120) * 1_000, 'the load to end', 1_000);

    for (const [component, probe] of [
      ['containerd', 'version'],
      ['docker', 'ping'],
      ['kubelet', 'healthz'],
    ] as const) {
      const [slow, all] = await slowLooks(worker, component, probe, '0.1');
      const [slower] = await slowLooks(worker, component, probe, '1');
      say(`under load: of ${all} looks at ${component} ${slow} took more than 100 ms, ${slower} more than 1 s`);
    }
    say(`under load: pressure up to ${pressure}`);
    t.ok(pressure > 0.5, `the node was under pressure: ${pressure}`);
    t.same(await worker.runs(), runs, 'the same runs as before');
    t.same(witness.deeds(), [], 'and nobody asked for others');
    t.same(await worker.incidents(), []);
    await worker.awaitHealthy(60_000);
  },
);
