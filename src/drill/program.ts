/** The drill's command line: words to functions, functions to exit statuses. */
import { exitStatus } from '../cli/io.ts';
import { catalogue, pairs } from './catalogue/all.ts';
import { readWords, usage } from './command-line.ts';
import { healLeft } from './heal.ts';
import { renderList } from './list.ts';
import { runDrill } from './run.ts';
import type { World } from './world.ts';

export async function drill(argv: readonly string[], world: World): Promise<number> {
  const read = readWords(argv);
  if (!read.ok) {
    world.io.err(`${read.problems.join('\n')}\n--help tells what is known\n`);
    return exitStatus.usage;
  }
  const { words } = read;
  switch (words.command) {
    case 'help':
      world.io.out(usage);
      return exitStatus.fine;
    case 'list':
      world.io.out(renderList([...catalogue, ...pairs], words.json));
      return exitStatus.fine;
    case 'heal':
      return healLeft(words.report, words.whenAlone, world);
    case 'run':
      return runDrill(words, world);
  }
}
