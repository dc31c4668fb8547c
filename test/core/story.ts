/** Random stories of a small node: what may happen to it, as values that fast-check can shrink, and how each is played in the world. */
import fc from 'fast-check';
import type { ComponentPolicy } from '../../src/core/mend/policy.ts';
import { createWorld, denied, good, initializing, policy, refused, sick, silent, type World } from './world.ts';

export const names = ['containerd', 'docker', 'kubelet', 'proxy', 'plain'] as const;
const name = fc.constantFrom(...names);
const anyone = fc.constantFrom(...names, null);

/** Each kind of happening, with what it is about. */
const kinds = {
  crash: fc.record({ who: name, result: fc.constantFrom('signal', 'oom-kill', 'watchdog', 'core-dump') }),
  exit: fc.record({ who: name }),
  freeze: fc.record({ who: name }),
  sicken: fc.record({ who: name, as: fc.constantFrom(sick, silent, refused, null) }),
  flicker: fc.record({ who: name, as: fc.constantFrom([sick, sick, good], [silent, good], [denied, sick, sick]) }),
  starts: fc.record({
    who: name,
    how: fc.constantFrom('well', 'badly', 'badly', 'never'),
    ms: fc.constantFrom(0, 50, 5_000, 60_000),
  }),
  answer: fc.record({
    who: name,
    probe: fc.constantFrom('vote', 'witness'),
    as: fc.constantFrom(good, sick, silent, refused, denied, initializing),
  }),
  stop: fc.record({ who: name }),
  /** A stop of which systemd tells the end alone. */
  stopAtOnce: fc.record({ who: name }),
  start: fc.record({ who: name }),
  restart: fc.record({ who: name }),
  reload: fc.record({ who: name, ms: fc.constantFrom(1_000, 80_000) }),
  file: fc.record({
    who: name,
    changes: fc.constantFrom(
      { unitFileState: 'masked' },
      { unitFileState: 'disabled' },
      { unitFileState: 'enabled' },
      { loadState: 'not-found' },
      { loadState: 'loaded' },
      { freezerState: 'frozen' },
      { freezerState: 'running' },
      { conditionResult: false },
      { conditionResult: true },
    ),
  }),
  ask: fc.record({ who: name }),
  pause: fc.record({ whom: anyone, forMs: fc.constantFrom(1_000, 60_000, 600_000) }),
  resume: fc.record({ whom: anyone }),
  upgrade: fc.record({ by: fc.constantFrom('dpkg', null) }),
  pressure: fc.record({ of: fc.constantFrom(0, 0.3, 1) }),
  suspend: fc.record({ ms: fc.constantFrom(1_000, 3_600_000) }),
  shutdown: fc.record({ on: fc.boolean() }),
  bus: fc.record({ on: fc.boolean() }),
  stall: fc.record({ ms: fc.constantFrom(100, 3_000, 40_000) }),
  kill: fc.record({ downMs: fc.constantFrom(0, 100, 10_000), boots: fc.constantFrom(false, false, false, true) }),
  dieAtAction: fc.record({ when: fc.constantFrom('before' as const, 'after' as const) }),
  store: fc.record({ health: fc.constantFrom('ok' as const, 'unwritable' as const) }),
  deaf: fc.record({ on: fc.boolean() }),
} as const;

type Kinds = typeof kinds;
export type Kind = keyof Kinds;
type Of<K extends Kind> = Kinds[K] extends fc.Arbitrary<infer Told> ? Told : never;
type Happening = { readonly [K in Kind]: Of<K> & { readonly kind: K } }[Kind];

export interface Beat {
  readonly happening: Happening;
  /** How long nothing else happens afterwards. */
  readonly thenMs: number;
}

export interface Story {
  readonly ladder: ComponentPolicy['ladder'];
  readonly beats: readonly Beat[];
}

const players: { readonly [K in Kind]: (world: World, told: Of<K>) => void } = {
  crash: (world, { who, result }) => world.unit(who).crash(result),
  exit: (world, { who }) => world.unit(who).exit(),
  freeze: (world, { who }) => world.unit(who).freeze(),
  sicken: (world, { who, as }) => {
    for (const probe of ['vote', 'witness']) world.answer(`${who}/${probe}`, as);
  },
  flicker: (world, { who, as }) => {
    world.answer(`${who}/vote`, as);
    world.answer(`${who}/witness`, sick);
  },
  starts: (world, { who, how, ms }) => Object.assign(world.unit(who).program, { starts: how, startMs: ms }),
  answer: (world, { who, probe, as }) => world.answer(`${who}/${probe}`, as),
  stop: (world, { who }) => world.stop(who),
  stopAtOnce: (world, { who }) => {
    const { mainPid, activeEnterAtMs } = world.unit(who).get();
    const at = { activeExitAtMs: activeEnterAtMs, execMainExitAtMs: world.nowMs(), inactiveEnterAtMs: world.nowMs() };
    if (mainPid !== 0) world.unit(who).set({ activeState: 'inactive', subState: 'dead', mainPid: 0, job: 0, ...at });
  },
  start: (world, { who }) => world.unit(who).start(),
  restart: (world, { who }) => world.unit(who).restart(),
  reload: (world, { who, ms }) => world.unit(who).reload(ms),
  file: (world, { who, changes }) => world.unit(who).set(changes),
  ask: (world, { who }) => world.send({ type: 'restart.asked', component: who }),
  pause: (world, { whom, forMs }) => world.send({ type: 'pause.asked', component: whom, forMs, text: 'work' }),
  resume: (world, { whom }) => world.send({ type: 'resume.asked', component: whom }),
  upgrade: (world, { by }) => world.host({ packageManager: by }),
  pressure: (world, { of }) => world.host({ pressure: of }),
  suspend: (world, { ms }) => world.suspend(ms),
  shutdown: (world, { on }) => world.send({ type: on ? 'shutdown.announced' : 'shutdown.canceled' }),
  bus: (world, { on }) => (on ? world.findBus() : world.loseBus()),
  stall: (world, { ms }) => world.stall(ms),
  kill: (world, { downMs, boots }) => {
    world.killAgent();
    world.advance(downMs);
    world.startAgent(boots ? { bootId: `boot-${world.nowMs()}` } : {});
  },
  dieAtAction: (world, { when }) => world.killAgentAtAction(when),
  store: (world, { health }) => world.send({ type: 'store.changed', health, detail: '' }),
  deaf: (world, { on }) => world.perform(on ? 'mute' : 'well'),
};

function play<K extends Kind>(world: World, happening: Of<K> & { readonly kind: K }): void {
  players[happening.kind](world, happening);
}

const ladders: readonly ComponentPolicy['ladder'][] = [
  [{ remedy: 'restart' }, { remedy: 'kill' }],
  [{ remedy: 'restart' }, { remedy: 'kill' }, { remedy: 'reboot' }],
  [{ remedy: 'restart' }, { remedy: 'exec', argv: ['/usr/bin/mend'], timeoutMs: 5_000 }, { remedy: 'kill' }],
];

/** What calls for a repair; the rest gets in its way. */
export const faults: readonly Kind[] = ['crash', 'exit', 'freeze', 'sicken', 'flicker', 'starts'];
const others = (Object.keys(kinds) as Kind[]).filter((kind) => !faults.includes(kind));

/** Stories of up to `most` happenings, each with a few kinds of its own: where everything happens, little comes of anything. */
export function stories(
  most: number,
  among: readonly Kind[] = others,
  always: readonly Kind[] = faults,
): fc.Arbitrary<Story> {
  const of = (kind: Kind) => kinds[kind].map((told) => ({ kind, ...told }) as Happening);
  return fc.subarray([...among], { minLength: 1, maxLength: Math.min(4, among.length) }).chain((some) => {
    const happening = fc.oneof(
      { weight: 2, arbitrary: fc.oneof(...[...always, ...some].map(of)) },
      { weight: 1, arbitrary: fc.oneof(...some.map(of)) },
    );
    const beat = fc.record({ happening, thenMs: fc.constantFrom(0, 1, 20, 1_000, 6_000, 40_000, 40_000, 300_000) });
    return fc.record({ ladder: fc.constantFrom(...ladders), beats: fc.array(beat, { minLength: 1, maxLength: most }) });
  });
}

/** A node with both runtimes, a kubelet, a proxy that systemd does not restart, and something plain without any probe. */
function newNode(ladder: ComponentPolicy['ladder']): World {
  return createWorld(
    [
      policy('containerd', { ladder }),
      policy('docker', { ladder, after: ['containerd'] }),
      policy('kubelet', { after: ['containerd'] }),
      policy('proxy', { ladder, critical: false, budget: { actions: 2, perMs: 600_000 } }),
      policy('plain', { ladder, critical: false, after: ['containerd'], probes: {} }),
    ],
    {
      units: {
        containerd: { timeoutStartMs: null },
        docker: { stopsWith: ['containerd.service'], restart: 'on-failure', restartMs: 2_000, timeoutStartMs: null },
        kubelet: { restartMs: 10_000, startLimitBurst: 0 },
        proxy: { restart: 'no' },
        plain: { restart: 'no' },
      },
    },
  );
}

/** Plays the story and gives the world as it has become; an agent that died in it comes back half a second later. */
export function tell({ ladder, beats }: Story): World {
  const world = newNode(ladder);
  world.advance(40_000);
  for (const { happening, thenMs } of beats) {
    if (!world.isAgentUp()) {
      world.advance(500);
      world.startAgent();
    }
    play(world, happening);
    world.advance(thenMs);
  }
  return world;
}

/** Every fault ends: what is masked or paused is so no longer, programs start well, everything answers. A frozen process stays so. */
export function endFaults(world: World): void {
  world.killAgentAtAction(null);
  if (!world.isAgentUp()) world.startAgent();
  world.perform('well');
  world.host({ packageManager: null, pressure: 0 });
  for (const who of names) {
    for (const probe of ['vote', 'witness']) world.answer(`${who}/${probe}`, null);
    Object.assign(world.unit(who).program, { starts: 'well', startMs: 50 });
    const whole = { loadState: 'loaded', unitFileState: 'enabled', freezerState: 'running', conditionResult: true };
    world.unit(who).set(whole);
    world.send({ type: 'resume.asked', component: who });
  }
  world.send({ type: 'resume.asked', component: null });
  world.send({ type: 'shutdown.canceled' });
  world.send({ type: 'store.changed', health: 'ok', detail: '' });
  world.findBus();
}
