/** The command line as data, read from what `--help` is made of: for the README, the manual and the completions. */
import { createProgram } from '../commands.ts';

export type Program = ReturnType<typeof createProgram>;

export interface Word {
  readonly name: string;
  readonly required: boolean;
  /** Whether more than one may be given. */
  readonly variadic: boolean;
  readonly does: string;
  readonly usual: unknown;
  readonly choices: readonly string[];
}

export interface Flag {
  /** As `--help` has it: `--since <duration>`. */
  readonly flags: string;
  /** `--since`. */
  readonly long: string;
  /** What stands for its value: `duration`; null when it takes none. */
  readonly value: string | null;
  readonly mandatory: boolean;
  readonly does: string;
  readonly usual: unknown;
  readonly choices: readonly string[];
}

export interface ListedCommand {
  /** `etcd status`. */
  readonly path: string;
  readonly does: string;
  /** What follows it, as `--help` has it: `[options] [component]`. */
  readonly usage: string;
  readonly words: readonly Word[];
  readonly options: readonly Flag[];
}

/** The program as it is, with nobody to run a command or hear of it. */
export function describedProgram(): Program {
  const silent = { out: () => undefined, err: () => undefined, isTerminal: false, columns: 80, color: false };
  return createProgram(silent, () => undefined, '');
}

function listed(command: Program, path: string): ListedCommand {
  return {
    path,
    does: command.description(),
    usage: command.usage(),
    words: command.registeredArguments.map((word) => ({
      name: word.name(),
      required: word.required,
      variadic: word.variadic,
      does: word.description,
      usual: word.defaultValue as unknown,
      choices: word.argChoices ?? [],
    })),
    options: command.options.map((option) => ({
      flags: option.flags,
      long: option.long ?? option.flags,
      value: /<(.+)>/.exec(option.flags)?.[1] ?? null,
      mandatory: option.mandatory,
      does: option.description,
      usual: option.defaultValue as unknown,
      choices: option.argChoices ?? [],
    })),
  };
}

/** Every command that does something, those within a group by both their words. */
export function commandsOf(program: Program): readonly ListedCommand[] {
  return program.commands.flatMap((command) =>
    command.commands.length === 0
      ? [listed(command, command.name())]
      : command.commands.map((inner) => listed(inner, `${command.name()} ${inner.name()}`)),
  );
}

/** The commands that only have others below them, with what is said of them. */
export const groupsOf = (program: Program): readonly Program[] =>
  program.commands.filter(({ commands }) => commands.length > 0);
