/** A shell on a terminal of its own, for what people type. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'tap';
import { waitFor } from '../lab/harness/wait.ts';

const patienceMs = 30_000;
const prompt = 'typehere ';

/** What stands for nodemend: tells what the completion asks for, and keeps what else it is called with. */
export const standIn = (folder: string, status: string, history: string): string => `#!/bin/sh
case "$*" in
  status) cat <<'END'
${status}END
;;
  'history --since 30d') cat <<'END'
${history}END
;;
  *) printf '%s\\n' "$*" >> '${join(folder, 'calls')}' ;;
esac
`;

export interface Shell {
  /** Types a line, tabs and all, and Enter; resolves to what nodemend was then called with. */
  call(line: string): Promise<string>;
}

/** `begin`: what is typed first. The folder is the first on PATH. */
export async function openShell(t: Test, folder: string, command: string, begin: string): Promise<Shell> {
  const env = { PATH: `${folder}:${process.env['PATH']}`, HOME: folder, TERM: 'dumb', INPUTRC: '/dev/null' };
  const child = spawn('script', ['-qfec', command, '/dev/null'], { env, cwd: folder });
  t.teardown(() => void child.kill('SIGKILL'));
  let shown = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    shown += text;
  });
  const calls = (): string[] => {
    const file = join(folder, 'calls');
    return existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : [];
  };
  child.stdin.write(`${begin}; PS1=type'here '\n`);
  await waitFor(async () => shown.includes(prompt), patienceMs, 'the prompt of the shell');
  return {
    call: async (line) => {
      const before = calls().length;
      child.stdin.write(`${line}\n`);
      await waitFor(async () => calls().length > before, patienceMs, `a call after ${JSON.stringify(line)}: ${shown}`);
      return calls()[before] ?? '';
    },
  };
}
