/** Looks at a node's daemons as the service does: the adapters themselves, on the node, with the rights that the service's unit leaves them. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { Observation } from '../../../src/core/mend/observation.ts';
import type { ProbeTarget } from '../../../src/core/mend/policy.ts';
import type { LabNode } from './node.ts';
import { LAB_CACHE, REPOSITORY } from './places.ts';

const PROGRAM = '/opt/lab/look.js';

export interface Wish {
  readonly target: ProbeTarget;
  readonly timeoutMs: number;
  /** The main process, for a look at a unit. */
  readonly pid: number;
}

export interface Errand {
  readonly wishes: Readonly<Record<string, Wish>>;
  /** Processes that are asked for their goroutines. */
  readonly dumps: Readonly<Record<string, number>>;
}

export interface Told {
  readonly seen: Readonly<Record<string, Observation>>;
  readonly dumped: Readonly<Record<string, string>>;
}

/** What the unit file says from the user to the end of the section: rights, sandbox, system calls. */
function sandbox(): string[] {
  const unit = readFileSync(join(REPOSITORY, 'systemd/nodemend.service'), 'utf8');
  const part = /^User=root$[\s\S]*?(?=^\[Install\])/m.exec(unit)?.[0] ?? '';
  // The group comes with the package.
  const settings = part.split('\n').filter((line) => /^\w+=/.test(line) && !line.startsWith('Group='));
  if (settings.length < 10) throw new Error('systemd/nodemend.service does not say what the service may do');
  return settings.map((setting) => `--property=${setting}`);
}

async function copyProgram(node: LabNode): Promise<void> {
  const folder = mkdtempSync(join(LAB_CACHE, 'looker-'));
  try {
    await build({
      entryPoints: [join(REPOSITORY, 'test/lab/harness/look-program.ts')],
      outfile: join(folder, 'look.js'),
      bundle: true,
      format: 'esm',
      platform: 'node',
      target: 'node24',
      logLevel: 'warning',
      banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
    });
    node.write(PROGRAM, readFileSync(join(folder, 'look.js')));
    node.write('/opt/lab/package.json', '{"type":"module"}');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export type Looker = (errand: Errand) => Promise<Told>;

/** Resolves to a function that runs one errand on the node. */
export async function createLooker(node: LabNode): Promise<Looker> {
  await copyProgram(node);
  const run = ['systemd-run', '--quiet', '--wait', '--pipe', '--collect', ...sandbox(), '/opt/lab/node', PROGRAM];
  return async (errand) => JSON.parse(await node.ok([...run, JSON.stringify(errand)], { timeoutMs: 60_000 })) as Told;
}
