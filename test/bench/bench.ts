/**
 * The benchmark, run by `npm run bench`: boots one lab node, installs the package as it stands in the tree, and measures each row beside its
 * peer there. The table goes to standard output, progress to standard error. Exit status 0 when every figure was taken, whether or not it met its target,
 * 1 when something went wrong, 2 for wrong usage.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { installKubelet } from '../lab/harness/kubelet.ts';
import { createLab } from '../lab/harness/lab.ts';
import { labUnavailable } from '../lab/harness/requirements.ts';
import { type Figure, figureOf } from './figure.ts';
import { crash } from './rows/crash.ts';
import { elections } from './rows/elections.ts';
import { etcd } from './rows/etcd.ts';
import { hang } from './rows/hang.ts';
import { http } from './rows/http.ts';
import { idle } from './rows/idle.ts';
import { restartSetting } from './rows/restart-setting.ts';
import { start } from './rows/start.ts';
import { createStage, type Row } from './stage.ts';
import { renderTable } from './table.ts';

const rows: readonly Row[] = [crash, restartSetting, hang, idle, http, start, elections, etcd];

const help = `Usage: npm run bench -- [--only ROW]... [--quick] [--json FILE]

Boots one real node (Linux, root), installs nodemend on it and measures it beside its peers; a run takes about 40 minutes.
The machine should have nothing else to do.

  --only ROW   this row alone; may be given several times
  --quick      few rounds, to see that it runs; its figures mean little
  --json FILE  write the figures with every single value to FILE
  --help       this text

Rows:
${rows.map(({ name, title }) => `  ${name.padEnd(16)} ${title}`).join('\n')}
`;

const say = (text: string): void => void process.stderr.write(`bench: ${text}\n`);

function readOptions(argv: string[]) {
  const { values } = parseArgs({
    args: argv,
    options: {
      help: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: [] },
      quick: { type: 'boolean', default: false },
      json: { type: 'string' },
    },
  });
  const unknown = values.only.find((name) => !rows.some((row) => row.name === name));
  if (unknown !== undefined) {
    throw new Error(`there is no row "${unknown}"; the rows are ${rows.map(({ name }) => name).join(', ')}`);
  }
  const chosen = rows.filter(({ name }) => values.only.length === 0 || values.only.includes(name));
  return { ...values, chosen };
}

interface Measured {
  readonly figures: readonly Figure[];
  readonly failed: boolean;
}

/** A row that fails is told of and costs the others nothing. */
async function measure(chosen: readonly Row[], quick: boolean): Promise<Measured> {
  const lab = await createLab();
  try {
    say('booting a node');
    const node = await lab.node('bench');
    await installKubelet(node);
    const stage = await createStage(node, quick);
    const figures: Figure[] = [];
    let failed = false;
    for (const row of chosen) {
      say(`${row.name}: ${row.title}`);
      try {
        const measurements = await row.run({ ...stage, say: (text) => say(`${row.name}: ${text}`) });
        figures.push(...measurements.map((measurement) => figureOf(row.name, measurement)));
      } catch (error) {
        failed = true;
        say(`${row.name}: could not be measured: ${(error as Error).message}`);
      }
    }
    return { figures, failed };
  } finally {
    await lab.close();
  }
}

async function main(argv: string[]): Promise<number> {
  let options: ReturnType<typeof readOptions>;
  try {
    options = readOptions(argv);
  } catch (error) {
    process.stderr.write(`bench: ${(error as Error).message}\n\n${help}`);
    return 2;
  }
  if (options.help) {
    process.stdout.write(help);
    return 0;
  }
  const why = labUnavailable();
  if (why !== null) {
    say(`cannot run: ${why}`);
    return 1;
  }
  const { figures, failed } = await measure(options.chosen, options.quick);
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(figures, null, 1)}\n`);
  const titles = new Map(options.chosen.map(({ name, title }) => [name, title]));
  process.stdout.write(renderTable(figures, titles));
  return failed ? 1 : 0;
}

process.exitCode = await main(process.argv.slice(2));
