/**
 * The README says what the code says. Its tables stand between markers and are made from the code (test/readme/): run this file with
 * NODEMEND_REWRITE=1 to make them anew, and look at what changed.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import t from 'tap';
import { parse } from 'yaml';
import { parseConfig } from '../src/config/load.ts';
import { reasons } from '../src/core/reason.ts';
import { createControl } from '../src/serve/control.ts';
import { createHttp } from '../src/serve/http.ts';
import { createMetrics } from '../src/serve/metrics.ts';
import { generateAll } from './readme/generated.ts';
import { testsOfRules } from './readme/rules.ts';
import { createStandIn } from './serve/stand-in.ts';

const top = resolve(import.meta.dirname, '..');
const file = resolve(top, 'README.md');
const rewrite = process.env['NODEMEND_REWRITE'] === '1';
const marked = /<!-- generated: ([a-z-]+) -->\n([\s\S]*?)<!-- end -->/g;

const text = rewrite ? rewritten(readFileSync(file, 'utf8')) : readFileSync(file, 'utf8');
const isThere = (path: string): boolean => existsSync(resolve(top, path));

function rewritten(before: string): string {
  const parts = generateAll();
  const after = before.replace(marked, (whole, name: string) =>
    parts[name] === undefined ? whole : `<!-- generated: ${name} -->\n${parts[name]}\n<!-- end -->`,
  );
  writeFileSync(file, after);
  return after;
}

/** The section under a heading, without the heading. */
function section(heading: string): string {
  const after = text.split(`\n## ${heading}\n`)[1];
  if (after === undefined) throw new Error(`the README has no section "${heading}"`);
  return after.split('\n## ')[0] ?? '';
}

/** The words in backquotes in the first column of a section's tables. */
function firstColumn(heading: string): string[] {
  const cells = [...section(heading).matchAll(/^\| (.*?) \|/gm)].map((match) => match[1] ?? '');
  return cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? ''));
}

t.test('every table that is made from the code is what the code makes of it now', async (t) => {
  const parts = generateAll();
  const found = [...text.matchAll(marked)].map(([, name = '', body = '']) => ({ name, body }));
  t.same(found.map(({ name }) => name).toSorted(), Object.keys(parts).toSorted(), 'each is there, once');
  for (const { name, body } of found) {
    t.equal(body, `${parts[name]}\n`, `${name}: NODEMEND_REWRITE=1 npx tap run test/readme.test.ts makes it anew`);
  }
});

/** Paths of a server from the tree that fastify prints: four characters to a level. */
function pathsOf(tree: string): string[] {
  const above: string[] = [];
  return [...tree.matchAll(/^(.*?[└├]── )(\S+) \(([A-Z, ]+)\)$/gm)].map(([, indent = '', name = '', methods = '']) => {
    const level = indent.length / 4 - 1;
    const path = `${above[level - 1] ?? ''}/${name}`.replace(/\/{2,}/g, '/').replace(/:name$/, 'NAME');
    above[level] = path;
    return methods.startsWith('POST') ? `POST ${path}` : path;
  });
}

t.test('every reason that is explained can be given', async (t) => {
  const source = readdirSync(resolve(top, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !/^core\/reasons?[./]/.test(name))
    .map((name) => readFileSync(resolve(top, 'src', name), 'utf8'))
    .join('\n');
  t.same(
    Object.keys(reasons).filter((reason) => !source.includes(`'${reason}'`)),
    [],
  );
});

t.test('the endpoints are those of the servers', async (t) => {
  const [http, control] = [
    createHttp(createStandIn(), createMetrics()),
    createControl(createStandIn(), createMetrics()),
  ];
  t.teardown(() => Promise.all([http.close(), control.close()]));
  await Promise.all([http.app.ready(), control.app.ready()]);
  const trees = [http, control].map(({ app }) => pathsOf(app.printRoutes({ commonPrefix: false })));
  const [reading = [], all = []] = trees;
  t.ok(reading.includes('/readyz/NAME'));
  const told = firstColumn('Endpoints');
  t.same(told.toSorted(), all.toSorted());
  t.same(
    told.filter((path) => !path.startsWith('POST')).toSorted(),
    reading.toSorted(),
    'what changes something is on the control socket alone',
  );
});

t.test('the dependencies are those of the package, with a reason each', async (t) => {
  const { dependencies } = JSON.parse(readFileSync(resolve(top, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  const rows = [...section('Dependencies').matchAll(/^\| `(.+?)` \| (.+?) \| (.+?) \|$/gm)];
  t.same(rows.map(([, name]) => name).toSorted(), Object.keys(dependencies).toSorted());
});

t.test('each rule is shown by a test that is named after it', async (t) => {
  const tests = testsOfRules();
  t.same([...tests.keys()], ['S1', 'S2', 'S3', 'S4', 'S5', 'S6', 'S7', 'S8', 'S9', 'S10', 'S11', 'S12', 'S13', 'S14']);
  for (const [rule, files] of tests) t.not(files.length, 0, rule);
});

t.test('every file that is named exists, and every link leads somewhere', async (t) => {
  const named = [...text.matchAll(/`((?:src|test|config|systemd|\.ci)(?:\/[\w.*-]+)*\/?)`/g)].map(
    ([, path = '']) => path,
  );
  t.ok(named.length > 20, `${named.length} paths are named`);
  for (const path of named) t.ok(isThere(path), path);
  const commands = [...text.matchAll(/^ {4}.*?((?:test|src)\/\S+\.ts)/gm)].map(([, path = '']) => path);
  for (const path of commands) t.ok(isThere(path), path);
  const headings = [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
  for (const [, link = ''] of text.matchAll(/\]\(([^)]+)\)/g)) {
    if (link.startsWith('#')) t.ok(headings.includes(link.slice(1)), link);
    else if (!/^https?:/.test(link)) t.ok(isThere(link), link);
  }
});

t.test('the configuration files that come with it are mentioned, and every example is accepted', async (t) => {
  t.match(text, '`config/nodemend.yaml`');
  for (const name of readdirSync(resolve(top, 'config/examples'))) t.match(text, `(config/examples/${name})`);
  const examples = [...text.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(([, yaml = '']) => yaml);
  t.ok(examples.length > 0);
  for (const yaml of examples) t.match(parseConfig(yaml, 'README.md'), { ok: true, problems: undefined });
});

t.test('packages are named with the version that is made', async (t) => {
  const { version } = JSON.parse(readFileSync(resolve(top, 'package.json'), 'utf8')) as { version: string };
  const named = [...text.matchAll(/nodemend_(\d[\d.]*)_amd64/g)].map(([, given]) => given);
  t.same([...new Set(named)], [version]);
});

t.test('the playbook is YAML', async (t) => {
  const [block = ''] = /^ {4}- hosts: nodes\n(?: {4}.*\n)+/m.exec(text) ?? [];
  const [play] = parse(block) as { tasks: Record<string, { validate?: string }>[] }[];
  t.match(play?.tasks[2]?.['ansible.builtin.copy'], {
    dest: '/etc/nodemend/nodemend.yaml',
    validate: 'nodemend check %s',
  });
});

t.test('the scripts that are named exist', async (t) => {
  const { scripts } = JSON.parse(readFileSync(resolve(top, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const named = [...text.matchAll(/npm run ([\w:]+)/g)].map(([, name = '']) => name);
  for (const name of new Set(named)) t.ok(scripts[name] !== undefined, name);
});
