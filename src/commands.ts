/** Every command's words and options. What a command needs is loaded only when it is the one that runs. */
import { Command, Option } from 'commander';
import type { Io } from './cli/io.ts';
import { addEtcd } from './commands/etcd.ts';
import { type Ended, jsonOption, socketOption, type Words } from './commands/options.ts';

/** Ends `--watch` on Ctrl-C. */
function untilInterrupted(): AbortSignal {
  const controller = new AbortController();
  process.once('SIGINT', () => controller.abort());
  return controller.signal;
}

type ReportFormat = 'markdown' | 'html' | 'json';

function addLocal(program: Command, io: Io, ended: Ended): void {
  program
    .command('run')
    .description('the daemon, in the foreground')
    .option('--config <file>', 'configuration (default: /etc/nodemend/nodemend.yaml, which may be missing)')
    .action(async ({ config = null }: { config?: string | null }) =>
      ended(await (await import('./daemon.ts')).run({ config }, io)),
    );
  program
    .command('check')
    .description('check a configuration; lists every problem with its line')
    .argument('[file]', 'configuration (default: /etc/nodemend/nodemend.yaml)')
    .addOption(jsonOption())
    .action(async (file: string | undefined, options: { json?: boolean }) =>
      ended(await (await import('./cli/check.ts')).check({ ...options, file: file ?? null }, io)),
    );
  program
    .command('discover')
    .description('what is on this node and the configuration that would be used')
    .option('--config <file>', 'configuration (default: /etc/nodemend/nodemend.yaml, which may be missing)')
    .addOption(jsonOption())
    .action(async ({ config = null, ...options }: { config?: string | null; json?: boolean }) => {
      const { discoverHere } = await import('./discover-here.ts');
      ended(await discoverHere({ ...options, config }, io));
    });
  program
    .command('simulate')
    .description('what would be done in a scenario, in virtual time: prints the timeline and touches nothing')
    .argument('<file>', 'scenario')
    .addOption(jsonOption())
    .action(async (file: string, options: { json?: boolean }) =>
      ended(await (await import('./cli/simulate.ts')).simulate({ ...options, file }, io)),
    );
  program
    .command('explain')
    .description('what a reason code means, what nodemend does about it, what you should do; without one the list')
    .argument('[reason]')
    .addOption(jsonOption())
    .action(async (reason: string | undefined, options: { json?: boolean }) =>
      ended((await import('./cli/explain.ts')).explain({ ...options, reason: reason ?? null }, io)),
    );
  program
    .command('lint')
    .description("check a control plane's manifests and configurations; lists every finding with its line")
    .argument('[dir]', 'folder or file', '/etc/kubernetes/manifests')
    .addOption(jsonOption())
    .addOption(new Option('--sarif', 'print SARIF, for CI').conflicts('json'))
    .action(async (path: string, options: { json?: boolean; sarif?: boolean }) =>
      ended(await (await import('./cli/lint.ts')).lint({ ...options, path }, io)),
    );
  program
    .command('schema')
    .description('print the JSON Schema of the configuration')
    .action(async () => ended(await (await import('./cli/schema.ts')).schema({}, io)));
}

function addShowing(program: Command, io: Io, ended: Ended): void {
  program
    .command('status')
    .description('the node and its components')
    .argument('[component]')
    .option('--watch', 'go on showing it, on the whole screen, until q or Ctrl-C')
    .addOption(jsonOption())
    .addOption(socketOption())
    .action(async (component: string | undefined, options: Words & { watch?: boolean }) => {
      const signal = untilInterrupted();
      ended(
        await (await import('./cli/status.ts')).status(
          { ...options, ...(component === undefined ? {} : { component }), signal },
          io,
        ),
      );
    });
  program
    .command('leader')
    .description('who leads, since when, with which token, and how fresh that is')
    .argument('[name]', 'election; default: all')
    .addOption(jsonOption())
    .addOption(socketOption())
    .action(async (election: string | undefined, options: Words) =>
      ended(await (await import('./cli/leader.ts')).leader({ ...options, election }, io)),
    );
  program
    .command('history')
    .description('incidents, with actions and evidence')
    .argument('[component]')
    .option('--since <duration>', 'how far back, for example 24h', '24h')
    .option('--incident <id>', 'one incident with its timeline')
    .addOption(jsonOption())
    .addOption(socketOption())
    .action(async (component: string | undefined, options: Words & { since: string; incident?: string }) =>
      ended(
        await (await import('./cli/history.ts')).history(
          { ...options, ...(component === undefined ? {} : { component }) },
          io,
        ),
      ),
    );
}

function addReport(program: Command, io: Io, ended: Ended): void {
  program
    .command('report')
    .description('availability, incidents, times and restarts of a period, compared with the one before')
    .argument('[file...]', 'JSON reports of nodes to merge; default: this node')
    .option('--since <duration>', 'how far back, for example 30d; files have their own', '30d')
    .addOption(
      new Option('--format <format>', 'how it is written').choices(['markdown', 'html', 'json']).default('markdown'),
    )
    .addOption(jsonOption())
    .addOption(socketOption())
    .action(async (files: string[], { json, format, ...options }: Words & { since: string; format: ReportFormat }) =>
      ended(await (await import('./cli/report.ts')).report({ ...options, files, format: json ? 'json' : format }, io)),
    );
}

function addAsking(program: Command, io: Io, ended: Ended): void {
  program
    .command('pause')
    .description('hands off, for maintenance')
    .argument('[component]', 'default: the whole node')
    .requiredOption('--for <duration>', 'for how long, for example 30m')
    .requiredOption('--reason <text>', 'why')
    .addOption(jsonOption())
    .addOption(socketOption())
    .action(async (component: string | undefined, options: Words & { for: string; reason: string }) =>
      ended(
        await (await import('./cli/pause.ts')).pause(
          { ...options, ...(component === undefined ? {} : { component }) },
          io,
        ),
      ),
    );
  program
    .command('resume')
    .description('end a pause')
    .argument('[component]', 'default: the whole node')
    .addOption(jsonOption())
    .addOption(socketOption())
    .action(async (component: string | undefined, options: Words) =>
      ended(
        await (await import('./cli/resume.ts')).resume(
          { ...options, ...(component === undefined ? {} : { component }) },
          io,
        ),
      ),
    );
  program
    .command('restart')
    .description('restart a component through the same machinery: intent, evidence, verification')
    .argument('<component>')
    .addOption(jsonOption())
    .addOption(socketOption())
    .action(async (component: string, options: Words) =>
      ended(await (await import('./cli/restart.ts')).restart({ ...options, component }, io)),
    );
}

function addElect(program: Command, io: Io, ended: Ended): void {
  program
    .command('elect')
    .description('run a command only while this one leads an election of the configuration; needs no daemon')
    .usage('[options] <name> -- <command...>')
    .argument('<name>', 'election, as under elections of the configuration')
    .argument('<command...>', 'program and its arguments; no shell')
    .option('--config <file>', 'configuration (default: /etc/nodemend/nodemend.yaml)')
    .action(async (election: string, argv: readonly string[], { config = null }: { config?: string | null }) => {
      ended(await (await import('./elect.ts')).elect({ election, argv, config }, io));
    });
}

function addAlert(program: Command, io: Io, ended: Ended): void {
  const alert = program.command('alert').description('who is told of trouble');
  alert
    .command('test')
    .description('send a test message to a target of alerts, and tell whether it arrived')
    .argument('[target]', 'default: all of them')
    .addOption(jsonOption())
    .addOption(socketOption())
    .action(async (target: string | undefined, options: Words) =>
      ended(await (await import('./cli/alert-test.ts')).alertTest({ ...options, target: target ?? null }, io)),
    );
}

/** `ended` gets the exit status of the command that ran. */
export function createProgram(io: Io, ended: Ended, version: string): Command {
  const program = new Command('nodemend')
    .description('Brings the container runtime and the kubelet of this node back after a crash or a hang.')
    .version(version)
    .exitOverride()
    .configureOutput({ writeOut: io.out, writeErr: io.err })
    .addHelpText(
      'after',
      '\nExit status: 0 fine, 1 the answer is no, 2 wrong usage or configuration, 3 the\ndaemon cannot be reached.',
    )
    .showHelpAfterError('--help tells what is known');
  addLocal(program, io, ended);
  addShowing(program, io, ended);
  addReport(program, io, ended);
  addAsking(program, io, ended);
  addElect(program, io, ended);
  addEtcd(program, io, ended);
  addAlert(program, io, ended);
  return program;
}
