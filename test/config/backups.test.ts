import t from 'tap';
import { resolveBackups } from '../../src/config/backups.ts';
import { parseConfig } from '../../src/config/load.ts';
import { describeProblems } from '../../src/config/problem.ts';
import { sizeBytes } from '../../src/config/size.ts';

const problemsOf = (yaml: string): string => {
  const parsed = parseConfig(yaml, 'F');
  return parsed.ok ? '' : describeProblems(parsed.problems);
};

function policiesOf(yaml: string) {
  const parsed = parseConfig(yaml, 'F');
  if (!parsed.ok) throw new Error(describeProblems(parsed.problems));
  return resolveBackups(parsed.config.backups);
}

t.test('each kind, with what is left out', async (t) => {
  t.same(policiesOf('backups: { a: { files: { path: /srv/a-*.gz } } }'), [
    {
      name: 'a',
      target: { kind: 'files', path: '/srv/a-*.gz', minBytes: 1, maxAgeMs: 93_600_000 },
      everyMs: 300_000,
      timeoutMs: 30_000,
    },
  ]);
  t.match(policiesOf('backups: { a: { velero: {} }, b: { command: [/bin/x, y], every: 1h, timeout: 1m } }'), [
    { name: 'a', target: { kind: 'velero', namespace: 'velero', kubeconfig: '/etc/kubernetes/admin.conf' } },
    { name: 'b', target: { kind: 'command', argv: ['/bin/x', 'y'] }, everyMs: 3_600_000, timeoutMs: 60_000 },
  ]);
  t.match(policiesOf('backups: { a: { files: { path: /a, minSize: 20MiB, maxAge: 7d } } }'), [
    { target: { minBytes: 20_971_520, maxAgeMs: 604_800_000 } },
  ]);
  t.same(policiesOf(''), []);
});

t.test('sizes', async (t) => {
  for (const [text, bytes] of Object.entries({ '7B': 7, '1KiB': 1_024, '2GiB': 2_147_483_648, '1TiB': 2 ** 40 }))
    t.equal(sizeBytes(text), bytes, text);
});

t.test('what is wrong is said with its line', async (t) => {
  const at = (check: string): string => problemsOf(`backups:\n  a:\n    ${check}\n`);
  const cases: readonly (readonly [string, string | RegExp])[] = [
    ['every: 1h', 'F:3:5: backups.a: found none, expected exactly one of files, command, velero'],
    [
      '{ command: [/bin/x], velero: {} }',
      /backups\.a: found command and velero, expected exactly one of files, command, velero/,
    ],
    ['files: {}', /backups\.a\.files/],
    ['files: { path: dumps/x }', /expected an absolute path/],
    ['files: { path: "/srv/**/x" }', /expected no other wildcards than \* and \? within one name/],
    ['files: { path: "/srv/{a,b}" }', /expected no other wildcards/],
    ['files: { path: "/srv/[ab]" }', /expected no other wildcards/],
    ['files: { path: /srv/dumps/ }', /expected a path that ends with the name of a file/],
    ['files: { path: /srv/../x }', /expected a path that ends with the name of a file, without \. and \.\./],
    ['files: { path: /x, minSize: 20 }', /minSize/],
    ['files: { path: /x, minSize: 20MB }', /expected a size such as 100B, 20KiB, 5MiB or 2GiB/],
    ['files: { path: /x, maxAge: 1s }', /expected a duration from 1m to 400d/],
    ['{ command: [check] }', /expected an absolute path as the first word; there is no shell/],
    ['{ velero: { kubeconfig: conf } }', /expected an absolute path/],
    ['{ velero: {}, every: 10s }', /timeout 30s is longer than every 10s; a look must end before the next begins/],
    ['{ velero: {}, evry: 1m }', /evry/],
  ];
  for (const [check, message] of cases) t.match(at(check), message, check);
});
