import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { chmod, mkdir, truncate, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { resolveAlerts } from '../../src/config/alerts.ts';
import { resolveBackups } from '../../src/config/backups.ts';
import { loadConfigFile, parseConfig } from '../../src/config/load.ts';
import { describeProblems } from '../../src/config/problem.ts';
import { resolvePolicy } from '../../src/config/resolve.ts';
import type { ComponentPolicy } from '../../src/core/mend/policy.ts';
import { configOf, problemsOf } from './stage.ts';

const top = resolve(import.meta.dirname, '../..');
const bad = join(top, 'test/fixtures/config');
const runs = process.env['NODEMEND_LONG'] === '1' ? 20_000 : 300;

t.test('an empty file is the default', async (t) => {
  const parsed = parseConfig('', 'F');
  t.match(parsed, {
    ok: true,
    config: {
      listen: '0.0.0.0:9745',
      socket: '/run/nodemend/nodemend.sock',
      discover: true,
      components: {},
      alerts: {},
    },
  });
});

t.test('what ships is valid, and the annotated file asks for nothing', async (t) => {
  const shipped = parseConfig(readFileSync(join(top, 'config/nodemend.yaml'), 'utf8'), 'F');
  t.same(shipped.ok && shipped.config, (parseConfig('', 'F') as { config: unknown }).config);
  for (const name of readdirSync(join(top, 'config/examples'))) {
    const parsed = parseConfig(readFileSync(join(top, 'config/examples', name), 'utf8'), name);
    t.ok(parsed.ok, parsed.ok ? name : describeProblems(parsed.problems));
    if (parsed.ok) t.ok(resolvePolicy(parsed.config, ['containerd']).components.length > 0);
  }
});

/** The annotated file with every setting in force: comments that are prose stay comments. */
function uncommented(): string {
  const text = readFileSync(join(top, 'config/nodemend.yaml'), 'utf8');
  return text.replace(/^# ( *[A-Za-z-]+:( .*)?)$/gm, '$1');
}

t.test('what the annotated file shows in comments is valid and says nothing but the defaults', async (t) => {
  const parsed = parseConfig(uncommented(), 'F');
  if (!parsed.ok) return void t.fail(describeProblems(parsed.problems));
  const { node, components, alerts, agentCheck, trackFile, leaders, apiservers, elections, backups, ...rest } =
    parsed.config;
  t.same(
    resolveBackups(backups),
    resolveBackups(configOf('backups: { database: { files: { path: "/srv/dumps/db-*.gz" } } }').backups),
  );
  t.same(elections, {}, 'nobody stands for anything unless asked to');
  const [oncall] = Object.values(alerts);
  t.same(
    resolveAlerts(configOf(`alerts: { oncall: { alertmanager: ${JSON.stringify(oncall?.alertmanager)} } }`)),
    resolveAlerts(parsed.config),
  );
  t.equal(node, 'worker-1', 'the one example among the values of the node');
  t.same([agentCheck, trackFile], [{ listen: '0.0.0.0:9746' }, '/var/lib/nodemend/keepalived'], 'off unless asked for');
  t.same(Object.keys(leaders), ['kube-scheduler']);
  t.equal(apiservers?.endpoints, true);
  t.same(rest, {
    listen: '0.0.0.0:9745',
    socket: '/run/nodemend/nodemend.sock',
    discover: true,
    readyz: { downAfter: '1s', upAfter: '5s', staleAfter: '60s', failOpen: true, drainFor: '3s' },
  });
  t.same(Object.keys(components), ['containerd', 'edge-proxy']);
  const policies = (text: string): readonly ComponentPolicy[] => {
    const plain = parseConfig(text, 'F');
    return plain.ok ? resolvePolicy(plain.config, []).components : [];
  };
  const [containerd, proxy] = policies(uncommented());
  const [preset, usual] = policies('{components: {containerd: {preset: containerd}, p: {unit: p.service}}}');
  t.same(containerd, preset);
  for (const key of ['hang', 'graceMs', 'ladder', 'budget', 'backoff'] as const)
    t.same(proxy?.[key], usual?.[key], key);
  t.match(proxy?.probes['stats'], { everyMs: 5_000, timeoutMs: 2_000, target: { kind: 'http', expect: [200] } });
});

t.test('every problem is told in one go, with its place, what was found and what is expected', async (t) => {
  for (const name of readdirSync(bad).filter((file) => file.endsWith('.yaml'))) {
    const expected = readFileSync(join(bad, name.replace('.yaml', '.txt')), 'utf8')
      .trim()
      .split('\n');
    t.same(problemsOf(readFileSync(join(bad, name), 'utf8')), expected, name);
  }
});

t.test('a file that cannot be read says why', async (t) => {
  const folder = t.testdir({ 'latin.yaml': Buffer.from([0x6e, 0xe4]), folder: {} });
  const message = async (file: string) => {
    const loaded = await loadConfigFile(file);
    return loaded.ok ? 'fine' : describeProblems(loaded.problems);
  };
  t.match(await message(join(folder, 'none.yaml')), /there is no such file/);
  t.match(await message(join(folder, 'latin.yaml')), /not UTF-8/);
  t.match(await message(join(folder, 'folder')), /cannot read it: it is a directory; name a regular file/);
  execFileSync('mkfifo', [join(folder, 'fifo')]);
  t.match(await message(join(folder, 'fifo')), /cannot read it: it is a FIFO; name a regular file/);
  t.match(await message('/dev/zero'), /cannot read it: it is a device; name a regular file/);
  await writeFile(join(folder, 'huge.yaml'), '');
  await truncate(join(folder, 'huge.yaml'), 2 ** 30);
  t.match(await message(join(folder, 'huge.yaml')), /it has 1073741824 bytes, expected at most 1048576/);
  await writeFile(join(folder, 'large.yaml'), 'a'.repeat(1_048_577));
  t.match(await message(join(folder, 'large.yaml')), /expected at most 1048576/);
  if (process.getuid?.() !== 0) {
    await mkdir(join(folder, 'closed'));
    await writeFile(join(folder, 'closed/a.yaml'), '');
    await chmod(join(folder, 'closed'), 0);
    t.match(await message(join(folder, 'closed/a.yaml')), /EACCES/);
    await chmod(join(folder, 'closed'), 0o700);
  }
});

t.test('an alias bomb is refused', async (t) => {
  const bomb = [
    'a: &a [x, x, x, x, x, x, x, x, x]',
    ...'bcdefgh'.split('').map((key, i) => `${key}: &${key} [${Array(9).fill(`*${'abcdefgh'[i]}`).join(', ')}]`),
  ];
  t.match(problemsOf(bomb.join('\n')), [/cannot expand the aliases/]);
});

t.test('no text makes it throw, and every problem is within the text', async (t) => {
  const word = fc.constantFrom(
    'components',
    'containerd',
    ':',
    ' ',
    '\n',
    '  ',
    '- ',
    '{',
    '}',
    '[',
    ']',
    '*a',
    '&a',
    '5s',
    '5',
    'null',
    'probes',
    'http',
    'url',
    '"',
    "'",
    '|',
    '#',
    '!!binary',
    '<<',
  );
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(word, { maxLength: 60 }).map((words) => words.join('')),
  );
  fc.assert(
    fc.property(text, (given) => {
      const parsed = parseConfig(given, 'F');
      const lines = given.split(/\r\n|\n|\r/).length;
      return (
        parsed.ok ||
        (parsed.problems.length > 0 &&
          parsed.problems.every(({ line, column }) => line >= 1 && line <= lines + 1 && column >= 1))
      );
    }),
    { numRuns: runs },
  );
  t.pass(`${runs} texts`);
});

t.test('any value under a key is told about or accepted, never thrown', async (t) => {
  const keys = fc.constantFrom('node', 'listen', 'socket', 'discover', 'readyz', 'components');
  fc.assert(
    fc.property(
      fc.dictionary(keys, fc.jsonValue()),
      (given) => typeof parseConfig(JSON.stringify(given), 'F').ok === 'boolean',
    ),
    { numRuns: runs },
  );
  t.pass(`${runs} values`);
});
