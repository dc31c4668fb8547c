/** From a scenario, which people write, to the story and the units of the virtual node. Pure. */
import { parseDuration } from '../config/duration.ts';
import type { Scenario } from '../config/scenario.ts';
import type { TimedEvent } from '../config/scenario-events.ts';
import { unitMeant } from '../config/scenario-names.ts';
import type { UnitFile, Verb } from '../config/scenario-schema.ts';
import type { UnitSettings } from '../core/mend/unit.ts';
import type { Happening } from './happening.ts';
import type { ServiceFacts } from './systemd/facts.ts';
import { usualUnit } from './usual-units.ts';

type EventOf<V extends Verb> = Extract<TimedEvent, { verb: V }>;
type Meant = (name: string) => string;

/** Checked before: what has to last has a length, and every name means a unit. */
const lasting = ({ forMs }: { readonly forMs: number | null }): number => forMs ?? 0;
const spanOf = (text: string): number => parseDuration(text) ?? 0;

function systemctl({ given }: EventOf<'systemctl'>, meant: Meant): Happening {
  const [verb = '', name = ''] = given.systemctl.split(' ');
  if (verb === 'reboot') return { what: 'reboot' };
  return { what: 'systemctl', verb: verb as 'start', unit: meant(name) };
}

function nodemend(event: EventOf<'nodemend'>): Happening {
  const [verb, component = null] = event.given.nodemend.split(' ');
  if (verb === 'pause') return { what: 'pause', component, forMs: lasting(event) };
  if (verb === 'resume' || component === null) return { what: 'resume', component };
  return { what: 'ask-restart', component };
}

const busWords = { lost: 'lose-bus', hung: 'hang-bus', denied: 'deny-bus' } as const;

const happenings: { readonly [V in Verb]: (event: EventOf<V>, meant: Meant) => Happening } = {
  crash: ({ given }, meant) => ({ what: 'crash', unit: meant(given.crash) }),
  exit: ({ given }, meant) => ({ what: 'exit', unit: meant(given.exit) }),
  oom: ({ given }, meant) => ({ what: 'oom', unit: meant(given.oom) }),
  freeze: ({ given, forMs }, meant) => ({ what: 'freeze', unit: meant(given.freeze), forMs }),
  hang: ({ given }, meant) => ({ what: 'deadlock', unit: meant(given.hang) }),
  sicken: ({ given, forMs }, meant) =>
    forMs === null
      ? { what: 'sicken', unit: meant(given.sicken) }
      : { what: 'stay-sick', unit: meant(given.sicken), forMs },
  deleteSocket: ({ given }, meant) => ({ what: 'lose-socket', unit: meant(given.deleteSocket) }),
  slowDown: (event, meant) => ({
    what: 'slow-down',
    unit: meant(event.given.slowDown),
    byMs: spanOf(event.given.by),
    forMs: lasting(event),
  }),
  crashLoop: (event, meant) => ({
    what: 'crash-again',
    unit: meant(event.given.crashLoop),
    everyMs: spanOf(event.given.after),
    forMs: lasting(event),
  }),
  failToStart: (event, meant) => ({
    what: 'fail-to-start',
    unit: meant(event.given.failToStart),
    forMs: lasting(event),
  }),
  hangAtStart: (event, meant) => ({
    what: 'hang-at-start',
    unit: meant(event.given.hangAtStart),
    forMs: lasting(event),
  }),
  startSlowly: (event, meant) => ({
    what: 'start-slowly',
    unit: meant(event.given.startSlowly),
    takesMs: spanOf(event.given.takes),
    forMs: lasting(event),
  }),
  unkillable: (event, meant) => ({
    what: 'become-unkillable',
    unit: meant(event.given.unkillable),
    forMs: lasting(event),
  }),
  hide: (event, meant) => ({ what: 'hide', unit: meant(event.given.hide), forMs: lasting(event) }),
  systemctl,
  nodemend,
  upgrade: (event, meant) => ({ what: 'upgrade', forMs: lasting(event), restarts: event.given.upgrade.map(meant) }),
  pressure: (event) => ({
    what: 'strain',
    pressure: event.given.pressure,
    slowLooksMs: spanOf(event.given.slows ?? '0ms'),
    forMs: lasting(event),
  }),
  power: () => ({ what: 'lose-power' }),
  suspend: ({ given }) => ({ what: 'suspend', forMs: spanOf(given.suspend) }),
  clock: ({ given }) => ({
    what: 'step-clock',
    byMs: (given.clock.startsWith('-') ? -1 : 1) * spanOf(given.clock.slice(1)),
  }),
  disk: (event) => ({ what: 'fill-disk', forMs: lasting(event) }),
  state: ({ given }) => ({ what: 'spoil-state', how: given.state }),
  agent: (event) =>
    event.given.agent === 'killed' ? { what: 'kill-agent' } : { what: 'halt-agent', forMs: lasting(event) },
  bus: (event) => ({ what: busWords[event.given.bus], forMs: lasting(event) }),
};

/** What befalls the virtual node when this event comes. */
export function happeningOf(event: TimedEvent, { names }: Scenario): Happening {
  const meant: Meant = (name) => unitMeant(name, names) ?? name;
  const of = happenings[event.verb] as (event: TimedEvent, meant: Meant) => Happening;
  return of(event, meant);
}

function settingsOf(file: UnitFile, stopsWith: readonly string[] | null): Partial<UnitSettings> {
  const given = {
    restart: file.Restart,
    restartMs: file.RestartSec,
    startLimitBurst: file.StartLimitBurst,
    startLimitIntervalMs: file.StartLimitIntervalSec,
    killMode: file.KillMode,
    watchdogMs: file.WatchdogSec,
    timeoutStartMs: file.TimeoutStartSec,
    timeoutStopMs: file.TimeoutStopSec,
    stopsWith: stopsWith ?? undefined,
  };
  const entries = Object.entries(given).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    entries.map(([key, value]) => [key, key.endsWith('Ms') ? spanOf(String(value)) : value]),
  ) as Partial<UnitSettings>;
}

/** A unit as its package installs it, but for what the scenario changes. */
export function serviceOf(name: string, file: UnitFile): ServiceFacts {
  const usual = usualUnit(name);
  const { After: after = usual.after, Requires: requires = usual.requires, BindsTo: bindsTo = usual.bindsTo } = file;
  const isTied = file.Requires !== undefined || file.BindsTo !== undefined;
  return usualUnit(name, {
    settings: { ...usual.settings, ...settingsOf(file, isTied ? [...new Set([...requires, ...bindsTo])] : null) },
    program: file.startsIn === undefined ? usual.program : { ...usual.program, readyAfterMs: spanOf(file.startsIn) },
    after,
    requires: [...new Set([...requires, ...bindsTo])],
    bindsTo,
  });
}
