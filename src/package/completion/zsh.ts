/** Completion for zsh, for the folder of functions that packages bring. */
import {
  commandsOf,
  describedProgram,
  type Flag,
  groupsOf,
  type ListedCommand,
  type Program,
  type Word,
} from '../command-list.ts';
import { type Candidates, candidatesOf } from './candidates.ts';

const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
/** In a specification of _arguments and _describe these have a meaning. */
const plain = (text: string): string => text.replace(/[[\]:\\]/g, '\\$&');

/** Of each command whose output is completed, the function that runs it. */
const functions: Readonly<Record<string, string>> = { component: '_nodemend_components', id: '_nodemend_incidents' };

function action(name: string, candidates: Candidates): string {
  switch (candidates.from) {
    case 'files':
      return '_files';
    case 'command':
      return functions[name] ?? ' ';
    case 'words':
      return `(${candidates.words.join(' ')})`;
    case 'nothing':
      return ' ';
  }
}

const flagSpec = ({ long, value, choices, does }: Flag): string =>
  quote(`${long}[${plain(does)}]${value === null ? '' : `:${value}:${action(value, candidatesOf(value, choices))}`}`);

const placeOf = ({ required, variadic }: Word, at: number): string =>
  variadic ? '*:' : `${at + 1}${required ? ':' : '::'}`;

const wordSpec = (word: Word, at: number): string => {
  const { name, choices } = word;
  return quote(`${placeOf(word, at)}${name}:${action(name, candidatesOf(name, choices))}`);
};

function argumentsOf({ words, options }: ListedCommand): string {
  return ['_arguments', ...options.map(flagSpec), quote('--help[how it is used]'), ...words.map(wordSpec)].join(' ');
}

const described = (commands: readonly { readonly name: string; readonly does: string }[]): string =>
  commands.map(({ name, does }) => quote(`${plain(name)}:${plain(does)}`)).join(' ');

/** A function that chooses a command and then lets that one go on. */
function chooser(name: string, group: Program, arms: readonly string[]): string {
  const commands = group.commands.map((command) => ({ name: command.name(), does: command.description() }));
  return `${name}() {
  local curcontext=$curcontext state line
  local -a commands=(${described(commands)})
  _arguments -C '--help[how it is used]' '1:command:->command' '*::argument:->argument'
  case $state in
    command) _describe -t commands command commands ;;
    argument)
      case $line[1] in
${arms.map((line) => `        ${line}`).join('\n')}
      esac
      ;;
  esac
}`;
}

export function zshCompletion(): string {
  const program = describedProgram();
  const groups = groupsOf(program);
  const arm = (path: string, does: string): string => `${path.split(' ').at(-1)}) ${does} ;;`;
  const single = commandsOf(program).filter(({ path }) => !path.includes(' '));
  const within = (group: Program): ListedCommand[] =>
    commandsOf(program).filter(({ path }) => path.startsWith(`${group.name()} `));
  return `#compdef nodemend
${Object.entries(functions)
  .map(([name, called]) => {
    const candidates = candidatesOf(name, []);
    const command = candidates.from === 'command' ? candidates.command : ':';
    return `${called}() {
  local -a found=(\${(f)"$(${command})"})
  compadd -a found
}`;
  })
  .join('\n')}
${groups
  .map((group) =>
    chooser(
      `_nodemend_${group.name()}`,
      group,
      within(group).map((command) => arm(command.path, argumentsOf(command))),
    ),
  )
  .join('\n')}
${chooser('_nodemend', program, [
  ...single.map((command) => arm(command.path, argumentsOf(command))),
  ...groups.map((group) => arm(group.name(), `_nodemend_${group.name()}`)),
])}
_nodemend "$@"
`;
}
