/**
 * A process with a file system of its own that never answers: FUSE, with nobody behind it. What the adapters make of it is printed as JSON.
 * Run it in a mount namespace of its own: `unshare --mount node dead-disk-program.ts FOLDER`.
 */
import { spawnSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { createClock } from '../../../src/adapters/clock/clock.ts';
import { createEvidence } from '../../../src/adapters/evidence/evidence.ts';
import { runCommand, startCommand } from '../../../src/adapters/exec/run.ts';
import { createHost } from '../../../src/adapters/host/host.ts';
import { createProber } from '../../../src/adapters/probe/prober.ts';

const disk = process.argv[2] ?? '';
const device = openSync('/dev/fuse', 'r+');
const options = 'fd=3,rootmode=40000,user_id=0,group_id=0';
const { status, stderr } = spawnSync('mount', ['-i', '-t', 'fuse', '-o', options, 'dead-disk', disk], {
  stdio: ['ignore', 'ignore', 'pipe', device],
});
if (status !== 0) throw new Error(`cannot mount a disk that does not answer: ${stderr}`);

let turns = 0;
setInterval(() => {
  turns += 1;
}, 20).unref();

interface Timed {
  readonly value: unknown;
  readonly ms: number;
  /** Turns of the loop meanwhile, at most one in 20 ms. */
  readonly turns: number;
}

async function time(work: () => Promise<unknown>): Promise<Timed> {
  const [beganMs, before] = [performance.now(), turns];
  const value = await work();
  return { value, ms: performance.now() - beganMs, turns: turns - before };
}

const clock = createClock(() => undefined);
const evidence = createEvidence({
  folder: join(disk, 'evidence'),
  start: startCommand,
  bus: { read: async () => null },
  wallMs: clock.wallMs,
});
const request = {
  id: 'a',
  component: 'a',
  unit: 'a.service',
  incident: 'a',
  dump: false,
  observations: {},
  seen: null,
};
const host = createHost({ locks: [{ manager: 'dpkg', path: join(disk, 'lock') }] });
const prober = createProber({ clock, mainPid: () => process.pid });
const page = { kind: 'http', url: 'https://127.0.0.1:1/', socket: null, expect: [200], insecure: false } as const;

const [captured, sampled, ran, looked, tls, running] = await Promise.all([
  time(() => evidence.capture(request, null)),
  time(() => host.sample()),
  time(() => runCommand([join(disk, 'program')], { timeoutMs: 500, maxBytes: 100 })),
  time(() => prober.look('exec', { kind: 'exec', argv: [join(disk, 'program')] }, 'a.service', 500)),
  time(() => prober.look('http', { ...page, ca: join(disk, 'ca.pem') }, 'a.service', 500)),
  time(() => prober.look('unit', { kind: 'unit' }, 'a.service', 500)),
]);
const more = [
  await time(() => evidence.capture(request, null)),
  await time(() => evidence.capture(request, null)),
  await time(() => host.sample()),
];
process.stdout.write(JSON.stringify({ captured, sampled, ran, looked, tls, running, more }));
host.close();
// Whoever waits for the disk is told that it is gone: without that not even the end of this process comes.
closeSync(device);
