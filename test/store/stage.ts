/** A store in a folder of its own, states to put in it, and a store in a process of its own that can be killed, bound by modes or by limits. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Test } from 'tap';
import type { Event } from '../../src/core/event.ts';
import { initialComponent } from '../../src/core/mend/state.ts';
import { initialState, type State } from '../../src/core/state.ts';
import type { Transition } from '../../src/core/transition.ts';
import type { ClosableStore } from '../../src/store/keeper.ts';
import { openStore } from '../../src/store/store.ts';
import { policy } from '../core/world.ts';

/** A state in which both kinds of rows say which one it is. */
export function stateNumber(serial: number, names: readonly string[] = ['containerd']): State {
  const initial = initialState();
  const components = names.map((name) => {
    const restarts = { nodemend: serial, systemd: 0, other: 0 };
    return [name, { ...initialComponent(policy(name), 1), restarts }] as const;
  });
  return {
    ...initial,
    node: { ...initial.node, bootId: 'b00t', serial, lastStepAtMs: serial },
    components: Object.fromEntries(components),
  };
}

/** The number of a state that came back; both rows must agree on it. */
export function numberOf(state: unknown): number | null {
  if (state === null) return null;
  const { node, components } = state as State;
  const counts = Object.values(components).map((component) => component.restarts.nodemend);
  if (counts.some((count) => count !== node.serial))
    throw new Error(`rows of different saves: ${node.serial}, ${counts}`);
  return node.serial;
}

export const opened = (incident: string, component = 'containerd'): Transition => ({
  type: 'incident.opened',
  component,
  incident,
  reason: 'unit.crashed',
  detail: '',
  sinceMs: 1,
});

export interface Stage {
  readonly store: ClosableStore;
  readonly events: Event[];
}

export function openIn(t: Test, directory: string): Stage {
  const events: Event[] = [];
  const store = openStore(directory, (event) => events.push(event));
  t.teardown(() => store.close());
  return { store, events };
}

export interface Told {
  readonly [what: string]: unknown;
}

export interface Writer {
  readonly child: ChildProcessWithoutNullStreams;
  /** Says a word and resolves to the answer. */
  say(word: string): Promise<Told>;
  /** The lines as they come. */
  lines(): AsyncIterator<string>;
  end(): Promise<void>;
}

const program = join(import.meta.dirname, 'writer.ts');

/** Starts writer.ts on a directory; as nobody it is bound by file modes even where the test is not. */
export function startWriter(t: Test, directory: string, { asNobody = false } = {}): Writer {
  // Without the environment that tap gives to every child: its hooks write files that nobody may not write, and end on signals that Node ignores.
  const env = ['-i', ...(asNobody ? ['AS_NOBODY=1'] : [])];
  const child = spawn('env', [...env, process.execPath, program, directory], { stdio: ['pipe', 'pipe', 'pipe'] });
  let problem = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    problem += text;
  });
  const reader = createInterface({ input: child.stdout });
  const lines = reader[Symbol.asyncIterator]();
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const end = async () => {
    child.kill('SIGKILL');
    await exited;
  };
  t.teardown(end);
  return {
    child,
    lines: () => lines,
    say: async (word) => {
      child.stdin.write(`${word}\n`);
      const { value, done } = await lines.next();
      if (done === true) throw new Error(`the writer ended at ${word}: ${problem}`);
      return JSON.parse(value) as Told;
    },
    end,
  };
}
