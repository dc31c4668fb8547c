import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { lint } from '../../src/cli/lint.ts';
import { catalogue } from '../../src/lint/catalogue.ts';
import { lintTexts } from '../../src/lint/lint.ts';
import { record } from '../cli/recorder.ts';

const fixtures = resolve(import.meta.dirname, '../fixtures/manifests');
const runs = process.env['NODEMEND_LONG'] === '1' ? 5_000 : 150;

const textsOf = (folder: string) =>
  readdirSync(join(fixtures, folder)).map((file) => ({
    file,
    text: readFileSync(join(fixtures, folder, file), 'utf8'),
  }));

/** The reasons, with the line of each. */
const reasonsOf = (text: string): string[] =>
  lintTexts([{ file: 'F', text }]).map(({ line, column, reason }) => `${line}:${column} ${reason}`);

/** A pod of a program that has all its probes. */
const pod = (...words: string[]): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p' },
    spec: { containers: [{ command: words, livenessProbe: {}, readinessProbe: {}, startupProbe: {} }] },
  });
const only = (...words: string[]): string[] => reasonsOf(pod(...words)).map((line) => line.split(' ')[1] ?? '');

t.test('what kubeadm writes has no finding', async (t) => {
  t.same(lintTexts(textsOf('good')), []);
});

t.test('what people make of it has all of these, each at its place', async (t) => {
  const findings = lintTexts(textsOf('bad'));
  const told = findings.map(
    ({ file, line, column, severity, reason }) => `${file}:${line}:${column} ${severity} ${reason}`,
  );
  t.equal(`${told.join('\n')}\n`, readFileSync(join(fixtures, 'bad.txt'), 'utf8'));
  const unseen = Object.keys(catalogue).filter((reason) => !findings.some((finding) => finding.reason === reason));
  t.same(unseen, ['file.unreadable', 'etcd.one-member'], 'the others stand there at least once');
});

t.test("durations keep client-go's rules, with the defaults for what is not written", async (t) => {
  const elect = (lease: string, renew: string, retry: string) =>
    only(
      'kube-scheduler',
      ...[lease && `--leader-elect-lease-duration=${lease}`, renew && `--leader-elect-renew-deadline=${renew}`],
      retry && `--leader-elect-retry-period=${retry}`,
    );
  t.same(elect('15s', '10s', '2s'), []);
  t.same(elect('16s', '15.5s', '12s'), []);
  t.same(elect('10s', '', ''), ['leader-election.order'], 'the default deadline is 10s');
  t.same(elect('', '15s', ''), ['leader-election.order']);
  t.same(elect('', '', '9s'), ['leader-election.order'], '1.2 times 9s is more than 10s');
  t.same(elect('', '', '8s'), []);
  t.same(elect('', '', '0'), ['leader-election.order']);
  t.same(elect('1m', '40s', ''), []);
  t.same(elect('61s', '40s', ''), ['leader-election.slow']);
  t.same(elect('', '4999ms', ''), ['leader-election.hasty']);
  t.same(elect('15', '10s', '2s'), ['leader-election.duration']);
  t.same(elect('-15s', '10s', '2s'), ['leader-election.duration']);
});

t.test('leader election is off in any way to write that', async (t) => {
  for (const word of ['--leader-elect=false', '-leader-elect=F', '--leader-elect=0'])
    t.same(only('/usr/bin/kube-scheduler', word), ['leader-election.off'], word);
  for (const word of ['--leader-elect', '--leader-elect=true', '--leader-elect=1'])
    t.same(only('kube-scheduler', word), [], word);
  t.same(only('sh', '-c', 'exec kube-scheduler --leader-elect=false 2>&1'), ['leader-election.off']);
  t.same(only('kube-scheduler', '--leader-elect=false', '--leader-elect=true'), [], 'the last one holds');
  t.same(only('some-controller', '--leader-elect=false'), [], 'programs that are not known are left alone');
  const generic =
    'apiVersion: kubecontrollermanager.config.k8s.io/v1alpha1\nkind: KubeControllerManagerConfiguration\n';
  t.same(reasonsOf(`${generic}generic:\n  leaderElection: { leaderElect: false }\n`), ['4:34 leader-election.off']);
});

t.test('etcd: the number of members, and who may reach it', async (t) => {
  const servers = (urls: string) =>
    only('kube-apiserver', `--etcd-servers=${urls}`, '--etcd-cafile=a', '--etcd-certfile=b', '--etcd-keyfile=c');
  t.same(servers('https://127.0.0.1:2379'), [], 'the member of this machine');
  t.same(servers('https://etcd.example:2379'), [], 'a name may stand for several');
  t.same(servers('https://10.0.0.1:2379'), ['etcd.one-endpoint']);
  t.same(servers('https://[fd00::1]:2379'), ['etcd.one-endpoint']);
  t.same(servers('https://a:2379,https://b:2379,https://c:2379'), []);
  t.same(servers('https://a:2379,https://b:2379,https://c:2379,https://d:2379'), ['etcd.even']);
  t.same(servers('http://127.0.0.1:2379'), ['etcd.plain']);
  const etcd = (...words: string[]) => only('etcd', '--client-cert-auth', '--peer-client-cert-auth', ...words);
  t.same(etcd('--initial-cluster=a=https://a:2380'), ['etcd.one-member']);
  t.same(etcd('--initial-cluster=a=https://a:2380,b=https://b:2380'), ['etcd.even']);
  t.same(
    etcd('--initial-cluster=a=https://a:2380,b=https://b:2380', '--initial-cluster-state=existing'),
    [],
    'the second that joined knows two, however many there are now',
  );
  t.same(etcd('--listen-metrics-urls=http://127.0.0.1:2381'), []);
  t.same(only('etcd', '--client-cert-auth=false', '--peer-client-cert-auth'), ['etcd.no-client-certificate']);
});

t.test('a flag that was removed later than the image is made is only warned of', async (t) => {
  const withImage = (image: string) =>
    reasonsOf(pod('kube-scheduler', '--port=0').replace('"command"', `"image":"${image}","command"`))[0];
  t.match(withImage('registry.k8s.io/kube-scheduler:v1.23.17'), / flag\.deprecated$/);
  t.match(withImage('registry.k8s.io/kube-scheduler:v1.24.0'), / flag\.removed$/);
  t.match(withImage('registry.example:5000/kube-scheduler'), / flag\.removed$/, 'a port is no version');
});

t.test('it never throws, whatever the text', async (t) => {
  const whole = [...textsOf('good'), ...textsOf('bad')].map(({ text }) => text);
  const damaged = fc
    .tuple(fc.constantFrom(...whole), fc.array(fc.tuple(fc.nat(4_000), fc.nat(30), fc.string({ maxLength: 8 }))))
    .map(([text, cuts]) =>
      cuts.reduce((now, [at, length, by]) => now.slice(0, at) + by + now.slice(at + length), text),
    );
  fc.assert(
    fc.property(fc.oneof(damaged, fc.string(), fc.json()), (text) => {
      for (const { line, column, message } of lintTexts([{ file: 'F', text }]))
        if (!(line >= 1 && column >= 1 && message !== '')) throw new Error(`${line}:${column} ${message}`);
    }),
    { numRuns: runs },
  );
  for (const text of ['', '---\n---\n', '- 1', 'null', '{}', '\0', '&a [*a]', `${'['.repeat(5_000)}`])
    t.ok(lintTexts([{ file: 'F', text }]).length > 0, JSON.stringify(text.slice(0, 20)));
  t.same(
    reasonsOf('{apiVersion: v1, kind: Pod, spec: {containers: [null, 1, {command: [kube-scheduler, null, {}]}]}}')
      .length,
    2,
  );
});

t.test('a note does not change the answer; a warning does', async (t) => {
  const io = record();
  t.equal(await lint({ path: join(fixtures, 'good') }, io), 0);
  t.equal(io.said.out, 'nothing to say of 4 files\n');
  const bad = record();
  t.equal(await lint({ path: join(fixtures, 'bad/cloud.yaml') }, bad), 1);
  t.equal(
    bad.said.out,
    `${join(fixtures, 'bad/cloud.yaml')}:11:17: warning: cloud-controller-manager with replicas: 1: there is one instance and no other to take over ` +
      '[instances.single]\n    run at least two, on different machines\n0 errors, 1 warnings and 0 notes in 1 files\n',
  );
});

t.test('as JSON, and as SARIF', async (t) => {
  const path = join(fixtures, 'bad/cloud.yaml');
  const json = record();
  t.equal(await lint({ path, json: true }, json), 1);
  t.match(JSON.parse(json.said.out), {
    ok: false,
    files: 1,
    findings: [{ file: path, line: 11, column: 17, severity: 'warning', reason: 'instances.single', mend: String }],
  });
  const sarif = record();
  t.equal(await lint({ path, sarif: true }, sarif), 1);
  const report = JSON.parse(sarif.said.out);
  t.match(report, {
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'nodemend' } },
        results: [
          {
            ruleId: 'instances.single',
            level: 'warning',
            locations: [
              {
                physicalLocation: {
                  artifactLocation: { uri: `file://${path}` },
                  region: { startLine: 11, startColumn: 17 },
                },
              },
            ],
          },
        ],
      },
    ],
  });
  const [{ tool, results }] = report.runs;
  t.equal(tool.driver.rules[results[0].ruleIndex].id, 'instances.single');
  t.equal(tool.driver.rules.length, Object.keys(catalogue).length);
});
