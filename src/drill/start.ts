/** The world of a drill that a person or a CI job starts. The lab is there only in a checkout, which brings it along. */
import { createInterface } from 'node:readline/promises';
import { createTerminal } from '../cli/terminal.ts';
import { realClock } from './clock.ts';
import { startGuard } from './guard.ts';
import { drill } from './program.ts';
import { openLocal } from './target/local.ts';
import { openSsh } from './target/ssh.ts';
import type { Target } from './target.ts';

async function confirm(question: string): Promise<boolean> {
  if (process.stdin.isTTY !== true) return false;
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await lines.question(`${question} Write yes: `);
  lines.close();
  return answer.trim() === 'yes';
}

/** The first signal ends the drill in order, healing the node; a second one leaves that to the guard. */
function untilInterrupted(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => controller.abort());
  return controller.signal;
}

function untilAlone(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  process.stdin.resume();
  process.stdin.once('end', resolve);
  return promise;
}

/** Resolves to the exit status. `program`: the file that Node was started with. */
export function startDrill(argv: readonly string[], program: string, openLab: (() => Promise<Target>) | null) {
  return drill(argv, {
    io: createTerminal(process),
    clock: realClock,
    now: () => new Date().toISOString(),
    signal: untilInterrupted(),
    open: async (name) => {
      if (name === 'local') return openLocal();
      if (name.startsWith('ssh:')) return openSsh(name.slice('ssh:'.length));
      if (openLab === null)
        throw new Error('the lab is there in a checkout only: npm run drill -- run ... --target lab');
      return openLab();
    },
    confirm,
    guard: (report) => startGuard(program, report),
    alone: untilAlone,
  });
}
