/** The command line: words to functions, functions to exit statuses. The only place that ends the process. */
import { CommanderError } from 'commander';
import packageJson from '../package.json' with { type: 'json' };
import { exitStatus } from './cli/io.ts';
import { createTerminal } from './cli/terminal.ts';
import { createProgram } from './commands.ts';

const io = createTerminal(process);

async function main(argv: readonly string[]): Promise<number> {
  const [, , word, ...command] = argv;
  // Between `elect` and its command: nothing that an operator runs, so the command line does not know it.
  if (word === 'elect-guard') return (await import('./adapters/led/guard.ts')).guardCommand(command);
  let status: number = exitStatus.fine;
  const keep = (ended: number): void => {
    status = ended;
  };
  const program = createProgram(io, keep, packageJson.version);
  try {
    await program.parseAsync(argv);
    return status;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitStatus.fine : exitStatus.usage;
    throw error;
  }
}

process.exitCode = await main(process.argv);
// What still holds the process open (a stuck look, a half-open connection) must not keep a stopped daemon alive.
process.exit();
