/** nodemend(8), from what `--help` is made of. */
import { exitMeanings, exitStatus } from '../../cli/io.ts';
import { commandsOf, describedProgram, type Flag, type ListedCommand, type Word } from '../command-list.ts';
import { nodeFiles } from '../node-files.ts';
import { bold, chapter, entry, indented, italic, page, paragraph, prose, type Title } from './roff.ts';

function wordOf({ name, required, variadic }: Word): string {
  const word = `${italic(name)}${variadic ? ' ...' : ''}`;
  return required ? word : `[${word}]`;
}

function flagOf({ flags, long, value }: Flag): string {
  const names = bold(flags.replace(/ <.*/, ''));
  return value === null ? names : `${names === bold(long) ? names : bold(long)} ${italic(value)}`;
}

/** With the default that `--help` shows as well. */
const usually = (usual: unknown): string => (usual === undefined ? '' : ` (default: \`${String(usual)}\`)`);

function optionEntry(option: Flag): string {
  const choices = option.choices.length === 0 ? '' : ` (${option.choices.map((one) => `\`${one}\``).join(', ')})`;
  const must = option.mandatory ? '; must be given' : '';
  return entry(flagOf(option), prose(`${option.does}${must}${choices}${usually(option.usual)}`));
}

const wordEntry = (word: Word): string => entry(wordOf(word), prose(word.does + usually(word.usual)));

function commandEntry({ path, does, usage, words, options }: ListedCommand): string {
  const term = `${bold(path)} ${prose(usage)}`;
  const below = [...words.filter((word) => word.does !== '').map(wordEntry), ...options.map(optionEntry)];
  return entry(term, prose(does), indented(...below));
}

export function commandPage(title: Omit<Title, 'name' | 'section'>, description: readonly string[]): string {
  const program = describedProgram();
  const exits = Object.entries(exitStatus).map(([word, status]) =>
    entry(String(status), prose(exitMeanings[word as keyof typeof exitStatus])),
  );
  return page({ ...title, name: 'nodemend', section: 8 }, [
    chapter('NAME', 'nodemend \\- supervisor of the container runtime and the kubelet of a node'),
    chapter('SYNOPSIS', `${bold('nodemend')} ${italic('command')} [${italic('options')}]`),
    chapter('DESCRIPTION', prose(program.description()), ...description.map(paragraph)),
    chapter(
      'COMMANDS',
      prose('Each has `--help`. `--json` is for programs.'),
      ...commandsOf(program).map(commandEntry),
    ),
    chapter('EXIT STATUS', ...exits),
    chapter(
      'ENVIRONMENT',
      entry(bold('NO_COLOR'), prose('no colours, whatever the terminal; into a pipe there are none anyway')),
    ),
    chapter(
      'SIGNALS',
      prose('Of `nodemend run`, the daemon:'),
      entry(bold('SIGHUP'), prose('the configuration is loaded anew; a bad one leaves the last good one in force')),
      entry(
        `${bold('SIGTERM')}, ${bold('SIGINT')}`,
        prose('it lets go of what it leads and ends; what it supervises goes on'),
      ),
    ),
    chapter('FILES', ...Object.entries(nodeFiles).map(([path, is]) => entry(italic(path), prose(is)))),
    chapter('SEE ALSO', `${bold('nodemend.yaml')}(5), ${bold('systemd.service')}(5), ${bold('journalctl')}(1)`),
  ]);
}
