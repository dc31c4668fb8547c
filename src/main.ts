/** The command line: words to functions, functions to exit statuses. The only place that ends the process. */
import { Command, CommanderError } from 'commander';
import packageJson from '../package.json' with { type: 'json' };
import { exitStatus } from './cli/io.ts';
import { createTerminal } from './cli/terminal.ts';
import { addCommands } from './commands.ts';

const io = createTerminal(process);

async function main(argv: readonly string[]): Promise<number> {
  let status: number = exitStatus.fine;
  const program = new Command('nodemend')
    .description('Brings the container runtime and the kubelet of this node back after a crash or a hang.')
    .version(packageJson.version)
    .exitOverride()
    .configureOutput({ writeOut: io.out, writeErr: io.err })
    .addHelpText(
      'after',
      '\nExit status: 0 fine, 1 the answer is no, 2 wrong usage or configuration, 3 the\ndaemon cannot be reached.',
    )
    .showHelpAfterError('--help tells what is known');
  addCommands(program, io, (ended) => {
    status = ended;
  });
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
