/** The words that the catalogue is written in. */
import type { Argv, Expectation, Failure, Needs, Never, Property, Step, UnitName } from './failure.ts';

export const containerd = 'containerd.service';
export const docker = 'docker.service';
export const kubelet = 'kubelet.service';
export const etcd = 'etcd.service';
export const runtimes = [containerd, docker, kubelet] as const;
export const everything = [containerd, docker, kubelet, etcd] as const;

export const run = (...argv: Argv): Step => ({ kind: 'run', argv });
export const attempt = (...argv: Argv): Step => ({ kind: 'run', argv, mayFail: true });
export const stand = (seconds: number): Step => ({ kind: 'stand', ms: seconds * 1_000 });
export const count: Step = { kind: 'count' };
export const until = (unit: string, property: Property, is: string, seconds = 30): Step => ({
  kind: 'until',
  unit,
  property,
  is,
  withinMs: seconds * 1_000,
});

export type Signal = 'KILL' | 'TERM' | 'SEGV' | 'ABRT' | 'STOP' | 'CONT' | 'HUP' | 'USR1' | 'USR2';

/** Sent by systemd to the main process, through systemctl's private socket and not the bus. */
export const signalArgv = (signal: Signal, ...units: readonly string[]): Argv => [
  'systemctl',
  'kill',
  '--kill-whom=main',
  `--signal=${signal}`,
  ...units,
];
export const signal = (name: Signal, ...units: readonly string[]): Step => run(...signalArgv(name, ...units));
export const systemctl = (...words: readonly string[]): Step => run('systemctl', ...words);

/** A script with its words as arguments, for what takes more than one program. */
export const scriptArgv = (script: string, ...words: readonly string[]): Argv => [
  'sh',
  '-c',
  script,
  'drill',
  ...words,
];
export const script = (text: string, ...words: readonly string[]): Step => run(...scriptArgv(text, ...words));

/** Something that goes on in the background until it is stopped, as a unit of its own that ends by itself after some minutes. */
export const background = (name: string, ...argv: Argv): Step =>
  run(
    ...['systemd-run', '--quiet', '--collect', '--property=RuntimeMaxSec=300', `--unit=nodemend-drill-${name}`],
    ...argv,
  );
export const stopBackground = (name: string): Argv => ['systemctl', 'stop', `nodemend-drill-${name}.service`];

const writing = 'mkdir -p "$(dirname "$2")" && printf %s "$1" > "$2"';
export const write = (path: string, text: string): Step => script(writing, text, path);
export const writeArgv = (path: string, text: string): Argv => scriptArgv(writing, text, path);
/** The file is put aside, and `restore` brings it back; where there was none there is none afterwards. */
export const putAside = (path: string): Step =>
  script('if [ -e "$1" ] && [ ! -e "$1.drill" ]; then cp -a "$1" "$1.drill"; fi', path);
export const restore = (path: string): Argv =>
  scriptArgv('if [ -e "$1.drill" ]; then mv -f "$1.drill" "$1"; else rm -f "$1"; fi', path);

const dropInPath = (unit: string): string => `/run/systemd/system/${unit}.d/90-nodemend-drill.conf`;
/** A setting of a unit until the next boot. */
export const dropIn = (unit: string, text: string): readonly Step[] => [
  write(dropInPath(unit), text),
  systemctl('daemon-reload'),
];
export const removeDropIn = (unit: string): readonly Argv[] => [
  ['rm', '-f', dropInPath(unit)],
  ['systemctl', 'daemon-reload'],
];

export const mended = (unit: UnitName, by: 'nodemend' | 'anyone' = 'nodemend'): Expectation => ({
  kind: 'mended',
  unit,
  by,
});
export const leftAlone = (seconds: number): Expectation => ({ kind: 'left-alone', forMs: seconds * 1_000 });
export const returns: Expectation = { kind: 'returns' };
export const reported = (component: string, phase: string): Expectation => ({ kind: 'reported', component, phase });

export const restarted = (...units: readonly UnitName[]): Never => ({ kind: 'restarted', units });
export const killed = (...units: readonly UnitName[]): Never => ({ kind: 'killed', units });
export const startsOver = (moreThan: number): Never => ({ kind: 'starts', moreThan });
export const down: Never = { kind: 'down' };
/** All but these. */
export const others = (...units: readonly UnitName[]): Never =>
  restarted(...everything.filter((unit) => !units.includes(unit)));

/** What has to be said of a failure; the rest has usual values. */
export type Short = Omit<Failure, 'category' | 'needs' | 'witness' | 'heal' | 'never'> & {
  readonly needs?: Partial<Needs>;
  readonly witness?: string;
  readonly heal?: readonly Argv[];
  readonly never?: readonly Never[];
};

const usualWitness =
  'systemctl show of each unit (MainPID, InvocationID, ActiveState), and calls seen by busctl monitor';

/** What is not said is the usual: no tools beyond systemd's, nothing but what is expected, nothing to heal. */
export const failuresOf = (category: Failure['category'], list: readonly Short[]): readonly Failure[] =>
  list.map(({ needs = {}, witness = usualWitness, heal = [], never = [], ...rest }) => ({
    ...rest,
    category,
    needs: { units: needs.units ?? [], tools: needs.tools ?? [], files: needs.files ?? [] },
    witness,
    heal,
    never: [...never, ...(rest.expect.some(({ kind }) => kind === 'rebooted') ? [] : [down])],
  }));
