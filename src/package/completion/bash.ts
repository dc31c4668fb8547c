/** Completion for bash, for the folder that bash-completion reads; needs nothing of it. */
import { commandsOf, describedProgram, groupsOf, type ListedCommand } from '../command-list.ts';
import { type Candidates, candidatesOf } from './candidates.ts';

const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

function reply(candidates: Candidates): string {
  switch (candidates.from) {
    case 'files':
      return 'compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- "$word")';
    case 'command':
      return `mapfile -t COMPREPLY < <(compgen -W "$(${candidates.command})" -- "$word")`;
    case 'words':
      return `mapfile -t COMPREPLY < <(compgen -W ${quote(candidates.words.join(' '))} -- "$word")`;
    case 'nothing':
      return ':';
  }
}

const arm = (pattern: string, does: string): string => `    ${quote(pattern)}) ${does} ;;`;
const offer = (words: readonly string[]): string => reply({ from: 'words', words });

function valueArms({ path, options }: ListedCommand): string[] {
  return options.flatMap(({ long, value, choices }) =>
    value === null ? [] : [arm(`${path} ${long}`, `${reply(candidatesOf(value, choices))}; return`)],
  );
}

function wordArms({ path, words }: ListedCommand): string[] {
  return words.map(({ name, choices }) => arm(path, reply(candidatesOf(name, choices))));
}

export function bashCompletion(): string {
  const program = describedProgram();
  const groups = groupsOf(program);
  const commands = commandsOf(program);
  const names = program.commands.map((command) => command.name());
  return `# bash completion for nodemend
_nodemend() {
  local word=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD - 1]} command=\${COMP_WORDS[1]} first=2
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    case $word in
      -*) ${offer(['--help', '--version'])} ;;
      *) ${offer([...names, 'help'])} ;;
    esac
    return
  fi
  case $command in
    ${groups.map((group) => group.name()).join(' | ')}) command="$command \${COMP_WORDS[2]}" first=3 ;;
  esac
  if [ "$COMP_CWORD" -lt "$first" ]; then
    case \${COMP_WORDS[1]} in
${groups.map((group) => `  ${arm(group.name(), offer(group.commands.map((inner) => inner.name())))}`).join('\n')}
    esac
    return
  fi
  case "$command $previous" in
${commands.flatMap(valueArms).join('\n')}
  esac
  case "$word" in
    -*)
      case $command in
${commands.map(({ path, options }) => `    ${arm(path, offer([...options.map(({ long }) => long), '--help']))}`).join('\n')}
      esac
      return
      ;;
  esac
  case $command in
${[...commands.flatMap(wordArms), arm('help', offer(names))].join('\n')}
  esac
}
complete -F _nodemend nodemend
`;
}
