/** How each happening befalls the virtual node: one entry per word. What lasts a while ends by itself; `heal` ends all of it at once. */
import type { Agent } from './agent.ts';
import { noBusAilments } from './bus.ts';
import type { Happening, What } from './happening.ts';
import type { Machine } from './machine.ts';
import type { JobType } from './systemd/jobs.ts';
import { noUnitAilments, type UnitAilments } from './systemd/program.ts';

export interface Stage {
  readonly machine: Machine;
  readonly agent: Agent;
}

type Befall<Word extends What> = (stage: Stage, happening: Extract<Happening, { what: Word }>) => void;

/** Sets something for a while; a later one of the same kind is not cut short by the end of an earlier one. */
function forAWhile<T extends object, K extends keyof T>(
  { machine }: Stage,
  where: T,
  key: K,
  value: T[K],
  usual: T[K],
  ms: number,
  then: () => void = () => undefined,
): void {
  where[key] = value;
  const untilMs = machine.agenda.nowMs() + ms;
  const ends = endings(where);
  ends.set(key, untilMs);
  machine.agenda.after(ms, () => {
    if (ends.get(key) !== untilMs) return;
    where[key] = usual;
    then();
  });
}

const known = new WeakMap<object, Map<PropertyKey, number>>();

function endings(where: object): Map<PropertyKey, number> {
  const found = known.get(where) ?? new Map<PropertyKey, number>();
  known.set(where, found);
  return found;
}

function ail<K extends keyof UnitAilments>(
  stage: Stage,
  unit: string,
  key: K,
  value: UnitAilments[K],
  forMs: number,
): void {
  const { ailments } = installedOf(stage, unit);
  forAWhile(stage, ailments, key, value, noUnitAilments()[key], forMs);
}

function installedOf({ machine }: Stage, unit: string) {
  const found = machine.installed.find(({ facts }) => facts.name === unit);
  if (found === undefined) throw new Error(`there is no unit ${unit}`);
  return found;
}

const processOf = ({ machine }: Stage, unit: string) => machine.pidOne().service(unit)?.process() ?? null;

function freeze(stage: Stage, unit: string, forMs: number | null): void {
  const service = stage.machine.pidOne().service(unit);
  service?.halt(true);
  const { invocationId } = stage.machine.pidOne().read(unit);
  if (forMs === null) return;
  stage.machine.agenda.after(forMs, () => {
    const same = stage.machine.pidOne().read(unit).invocationId === invocationId;
    if (same && stage.machine.isUp()) service?.halt(false);
  });
}

function upgrade(stage: Stage, happening: Extract<Happening, { what: 'upgrade' }>): void {
  const { machine } = stage;
  const { forMs, restarts } = happening;
  forAWhile(stage, machine.host, 'packageManager', 'dpkg', null, forMs);
  for (const unit of restarts) {
    machine.agenda.after(forMs * 0.3, () => ask(stage, 'stop', unit));
    machine.agenda.after(forMs * 0.7, () => ask(stage, 'start', unit));
  }
}

/** `systemctl start, stop, restart`, by a person or a package's script. */
function ask({ machine }: Stage, verb: JobType, unit: string): void {
  if (!machine.isUp()) return;
  const { job } = machine.pidOne().read(unit);
  const asked = machine.pidOne().ask(verb, unit);
  if ('job' in asked) machine.watcher.asked?.(verb, unit, asked.job === job);
}

function systemctl(stage: Stage, { verb, unit }: Extract<Happening, { what: 'systemctl' }>): void {
  const pidOne = stage.machine.pidOne();
  if (verb === 'start' || verb === 'stop' || verb === 'restart') ask(stage, verb, unit);
  else if (verb === 'reset-failed') pidOne.resetFailed(unit);
  else if (verb === 'freeze' || verb === 'thaw') pidOne.service(unit)?.freeze(verb === 'freeze');
  else pidOne.changeFile(unit, verb);
}

const befalls: { readonly [Word in What]: Befall<Word> } = {
  crash: ({ machine }, { unit }) => machine.pidOne().kill(unit, 'signal'),
  exit: ({ machine }, { unit }) => machine.pidOne().kill(unit, 'success'),
  oom: ({ machine }, { unit }) => machine.pidOne().kill(unit, 'oom-kill'),
  freeze: (stage, { unit, forMs }) => freeze(stage, unit, forMs),
  deadlock: (stage, { unit }) => void Object.assign(processOf(stage, unit) ?? {}, { deadlocked: true }),
  sicken: (stage, { unit }) => void Object.assign(processOf(stage, unit) ?? {}, { sick: true }),
  'lose-socket': (stage, { unit }) => void Object.assign(processOf(stage, unit) ?? {}, { socketGone: true }),
  'stay-sick': (stage, { unit, forMs }) => ail(stage, unit, 'sick', true, forMs),
  'fail-to-start': (stage, { unit, forMs }) => ail(stage, unit, 'startFails', true, forMs),
  'hang-at-start': (stage, { unit, forMs }) => ail(stage, unit, 'startHangs', true, forMs),
  'become-unkillable': (stage, { unit, forMs }) => {
    ail(stage, unit, 'unkillable', true, forMs);
  },
  hide: (stage, { unit, forMs }) => ail(stage, unit, 'unseeable', true, forMs),
  'crash-again': (stage, { unit, everyMs, forMs }) => {
    ail(stage, unit, 'crashesAfterMs', everyMs, forMs);
    stage.machine.pidOne().kill(unit, 'signal');
  },
  'start-slowly': (stage, { unit, takesMs, forMs }) => ail(stage, unit, 'startTakesMs', takesMs, forMs),
  'initialize-long': (stage, { unit, takesMs, forMs }) => ail(stage, unit, 'initializesMs', takesMs, forMs),
  'slow-down': (stage, { unit, byMs, forMs }) => ail(stage, unit, 'slowByMs', byMs, forMs),

  systemctl,
  pause: ({ agent }, { component, forMs }) => agent.ask({ type: 'pause', component, forMs, text: 'maintenance' }),
  resume: ({ agent }, { component }) => agent.ask({ type: 'resume', component }),
  'ask-restart': ({ agent }, { component }) => agent.ask({ type: 'restart', component }),
  'reload-badly': ({ agent }) =>
    agent.tell({ type: 'config.rejected', detail: 'nodemend.yaml:3:1: there is no key x here' }),

  upgrade,
  strain: (stage, { pressure, slowLooksMs, forMs }) => {
    const { host } = stage.machine;
    forAWhile(stage, host, 'pressure', pressure, 0, forMs);
    // The averages of PSI follow with a delay, so that the looks are slow a little later than the pressure is seen.
    stage.machine.agenda.after(Math.min(12_000, forMs / 2), () =>
      forAWhile(stage, host, 'slowLooksMs', slowLooksMs, 0, forMs / 2),
    );
  },
  reboot: ({ machine }) => machine.rebootAsked(),
  'cancel-shutdown': ({ machine }) => machine.cancelShutdown(),
  'lose-power': ({ machine }) => machine.losePower(),
  suspend: ({ machine }, { forMs }) => machine.suspend(forMs),
  'step-clock': ({ machine }, { byMs }) => machine.stepClock(byMs),
  'fill-disk': (stage, { forMs }) => forAWhile(stage, stage.machine.disk, 'full', true, false, forMs),
  'refuse-reboot': (stage, { forMs }) => {
    const { machine } = stage;
    forAWhile(stage, machine.host, 'rebootStuck', true, false, forMs, machine.freeReboot);
  },
  'slow-disk': (stage, { syncMs, forMs }) => forAWhile(stage, stage.machine.disk, 'syncMs', syncMs, 3, forMs),
  'spoil-state': ({ machine }, { how }) => {
    machine.disk.spoiled = how;
  },

  'kill-agent': ({ agent }) => agent.kill(),
  'halt-agent': ({ agent }, { forMs }) => agent.halt(forMs),
  'lag-agent': (stage, { byMs, forMs }) => forAWhile(stage, stage.machine.host, 'lagMs', byMs, 0, forMs),
  'lose-bus': (stage, { forMs }) => ailBus(stage, 'gone', true, forMs),
  'hang-bus': (stage, { forMs }) => ailBus(stage, 'hung', true, forMs),
  'deny-bus': (stage, { forMs }) => ailBus(stage, 'denies', true, forMs),
  'lose-signals': (stage, { share, forMs }) => ailBus(stage, 'loses', share, forMs),
  'slow-bus': (stage, { lagMs, forMs }) => ailBus(stage, 'lagMs', lagMs, forMs),
};

function ailBus<K extends keyof Machine['busAilments']>(
  stage: Stage,
  key: K,
  value: Machine['busAilments'][K],
  forMs: number,
): void {
  forAWhile(stage, stage.machine.busAilments, key, value, noBusAilments()[key], forMs, stage.agent.busChanged);
  stage.agent.busChanged();
}

/** While the machine is off only its power and its clocks are left for anything to befall. */
const whenOff: ReadonlySet<What> = new Set<What>(['suspend', 'step-clock', 'spoil-state', 'fill-disk', 'slow-disk']);

export function befall<Word extends What>(stage: Stage, happening: Extract<Happening, { what: Word }>): void {
  if (!stage.machine.isUp() && !whenOff.has(happening.what)) return;
  const perform = befalls[happening.what] as Befall<Word>;
  perform(stage, happening);
}

/** The faults stop: what they have done stays done, and nothing does it again. */
export function heal({ machine, agent }: Stage): void {
  for (const { ailments } of machine.installed) Object.assign(ailments, noUnitAilments());
  Object.assign(machine.busAilments, noBusAilments());
  Object.assign(machine.host, { pressure: 0, packageManager: null, slowLooksMs: 0, lagMs: 0, rebootStuck: false });
  Object.assign(machine.disk, { full: false, syncMs: 3 });
  machine.freeReboot();
  agent.busChanged();
}
