/** nodemend.yaml(5), from the schema that `nodemend schema` prints. */
import { type ConfigRow, configTables } from '../config-rows.ts';
import { bold, chapter, entry, italic, page, paragraph, prose, section, type Title, verbatim } from './roff.ts';

function keyEntry([key, value, standard, meaning]: ConfigRow): string {
  const usual = standard === '' ? '' : `, by default ${standard}`;
  const takes = value === '' ? '' : `${prose(value)}${prose(usual)}.`;
  return entry(bold(key), `${prose(meaning)}${takes === '' ? '' : '.'}`, takes);
}

/** `example`: the annotated default. `others`: where whole files are. */
export function configurationPage(
  title: Omit<Title, 'name' | 'section'>,
  { example, others }: { readonly example: string; readonly others: readonly string[] },
): string {
  const { top, component, probe, leader, backup, alert, election } = configTables();
  const keys = (rows: readonly ConfigRow[]): string[] => rows.map(keyEntry);
  return page({ ...title, name: 'nodemend.yaml', section: 5 }, [
    chapter('NAME', 'nodemend.yaml \\- configuration of nodemend'),
    chapter('SYNOPSIS', italic('/etc/nodemend/nodemend.yaml')),
    chapter(
      'DESCRIPTION',
      prose('What nodemend supervises and how. Without the file it protects what it finds.'),
      paragraph(
        'Durations are written `500ms`, `5s`, `2m`, `1h`, `7d`, sizes `100B`, `20KiB`, `5MiB`, `2GiB`. Unknown keys are errors.',
      ),
      paragraph(
        '`nodemend check` lists every problem with its line; `systemctl reload nodemend` loads the file anew, and a bad one leaves the last good one in force.',
      ),
    ),
    chapter(
      'KEYS',
      ...keys(top),
      section('Below components.NAME', ...keys(component)),
      section('Below components.NAME.probes.NAME', ...keys(probe)),
      section('Below leaders.NAME', ...keys(leader)),
      section('Below backups.NAME', ...keys(backup)),
      section('Below elections.NAME', ...keys(election)),
      section('Below alerts.NAME', ...keys(alert)),
    ),
    chapter(
      'EXAMPLES',
      prose('The file that comes with the package:'),
      verbatim(example),
      paragraph('Whole files for one thing each:'),
      ...others.map((path) => `.br\n${italic(path)}`),
    ),
    chapter('SEE ALSO', `${bold('nodemend')}(8), ${bold('systemd.unit')}(5)`),
  ]);
}
