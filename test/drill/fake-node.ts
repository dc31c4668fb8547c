/** A small node that is not there: units with runs, a witness's file, nodemend's status, and a clock that goes on only when it is waited for. */
import type { DrillClock } from '../../src/drill/clock.ts';
import type { Argv, UnitName } from '../../src/drill/failure.ts';
import type { Ran, Target } from '../../src/drill/target.ts';

export const units = ['containerd.service', 'docker.service', 'kubelet.service', 'nodemend.service'] as const;

interface FakeUnit {
  active: boolean;
  run: number;
  sinceMs: number;
  /** Comes back at this time; null when nobody brings it back. */
  backAtMs: number | null;
}

export interface FakeOptions {
  /** Milliseconds from a kill to the new run; null: nobody mends. */
  readonly mendsAfterMs?: number | null;
  /** Restarts this one, too, whenever it mends. */
  readonly alsoRestarts?: UnitName;
  readonly remaining?: number;
  readonly answers?: boolean;
  readonly phase?: string;
  /** Programs that are not there. */
  readonly without?: readonly string[];
  /** Called before each command. */
  readonly onRun?: (argv: Argv) => void;
  readonly disposable?: boolean;
}

export interface FakeNode {
  readonly target: Target;
  readonly clock: DrillClock;
  /** Every command that was not a look, in order, as one line. */
  readonly commands: string[];
}

const wallMs = 1_795_541_000_000;
const stamp = (ms: number): string => {
  const [day, time = ''] = new Date(ms).toISOString().split('T');
  return `Tue ${day} ${time.replace('Z', '000')} UTC`;
};

export function createFakeNode(options: FakeOptions = {}): FakeNode {
  const { mendsAfterMs = 100, remaining = 1_000, answers = true, phase = 'healthy', without = [] } = options;
  let elapsedMs = 0;
  let deeds = '';
  const commands: string[] = [];
  const state = new Map<string, FakeUnit>(
    units.map((unit) => [unit, { active: true, run: 1, sinceMs: 0, backAtMs: null }]),
  );

  function renew(unit: FakeUnit): void {
    Object.assign(unit, { active: true, run: unit.run + 1, sinceMs: elapsedMs, backAtMs: null });
  }

  function pass(ms: number): void {
    elapsedMs += ms;
    for (const [name, unit] of state) {
      if (unit.backAtMs === null || elapsedMs < unit.backAtMs) continue;
      deeds += `${JSON.stringify({
        ...{ type: 'method_call', sender: ':1.9', member: 'RestartUnit' },
        ...{ payload: { data: [name, 'replace'] }, 'timestamp-realtime': (wallMs + unit.backAtMs) * 1_000 },
      })}\n`;
      renew(unit);
      const other = state.get(options.alsoRestarts ?? '');
      if (other !== undefined) renew(other);
    }
  }

  function show(name: string): string {
    const unit = state.get(name);
    const isUp = unit?.active === true;
    return [
      ...[`Id=${name}`, `ActiveState=${isUp ? 'active' : 'failed'}`, `SubState=${isUp ? 'running' : 'failed'}`],
      ...[`MainPID=${isUp ? unit.run * 100 : 0}`, `InvocationID=run${unit?.run}`, 'NRestarts=0', 'Result=success'],
      `ActiveEnterTimestamp=${stamp(wallMs + (unit?.sinceMs ?? 0))}`,
    ].join('\n');
  }

  const status = (): string => {
    const supervised = units.filter((unit) => unit !== 'nodemend.service');
    const components = supervised.map((unit) => ({
      ...{ name: unit.replace('.service', ''), unit, phase, reason: 'component.healthy', mainPid: 100 },
      budget: { remaining, of: 1_000 },
    }));
    const ready = { ready: true, reason: 'node.ready' };
    return JSON.stringify({ version: '1.2.3', commit: 'abc', busConnected: true, ready, upgrading: null, components });
  };

  function kill(names: readonly string[]): Ran {
    for (const name of names) {
      const unit = state.get(name);
      if (unit !== undefined) unit.active = false;
      if (unit !== undefined && mendsAfterMs !== null) unit.backAtMs = elapsedMs + mendsAfterMs;
    }
    return { status: 0, stdout: '', stderr: '' };
  }

  function answer(argv: Argv): Ran {
    const line = argv.join(' ');
    const say = (stdout: string, code = 0): Ran => ({ status: code, stdout, stderr: '' });
    if (line === 'date +%s%3N') return say(`${wallMs + elapsedMs}\n`);
    if (line.includes('random/boot_id')) {
      return say(`boot1\n${wallMs + elapsedMs}\n${argv.slice(4).map(show).join('\n\n')}\n`);
    }
    if (line.includes('nodemend status --json')) return answers ? say(status()) : say('', 3);
    if (line === 'cat /run/nodemend-drill-witness.json') return say(deeds);
    if (line.includes('command -v')) return say('', without.includes(argv[3] ?? '') ? 1 : 0);
    if (line === 'id -u') return say('0\n');
    if (line === 'busctl list --json=short' || line.endsWith('busctl list --json=short')) return say('[]');
    if (argv[0] === 'truncate') {
      deeds = '';
      return say('');
    }
    if (argv[0] === 'timeout') return say('');
    commands.push(line);
    if (line.startsWith('systemctl kill --kill-whom=main --signal=KILL')) return kill(argv.slice(4));
    if (argv[0] === 'false') return { status: 1, stdout: '', stderr: 'it is false' };
    return say('');
  }

  return {
    commands,
    clock: {
      nowMs: () => elapsedMs,
      wait: async (ms) => pass(ms),
    },
    target: {
      name: options.disposable === false ? 'local' : 'lab',
      disposable: options.disposable ?? true,
      run: async (argv) => {
        options.onRun?.(argv);
        pass(5);
        return answer(argv);
      },
      close: async () => {
        commands.push('closed');
      },
    },
  };
}
