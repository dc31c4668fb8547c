import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import t, { type Test } from 'tap';
import { report } from '../../src/cli/report.ts';
import { createControl } from '../../src/serve/control.ts';
import { createMetrics } from '../../src/serve/metrics.ts';
import { nodeRecord } from '../report/stage.ts';
import { createStandIn, incident } from '../serve/stand-in.ts';
import { record } from './recorder.ts';

const usual = { socket: '/nowhere', files: [], since: '30d', format: 'markdown' } as const;

function write(t: Test, content: Readonly<Record<string, unknown>>): string[] {
  const folder = t.testdir();
  return Object.entries(content).map(([name, value]) => {
    const path = join(folder, name);
    writeFileSync(path, typeof value === 'string' ? value : JSON.stringify(value));
    return path;
  });
}

t.test('the report of this node is what its daemon knows', async (t) => {
  const source = createStandIn();
  source.setIncidents([incident('incident-1')]);
  const control = createControl(source, createMetrics());
  // A socket's path may have 107 bytes, which those of a test's own folder exceed in a deep checkout.
  const folder = mkdtempSync(join(tmpdir(), 'report-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const socket = join(folder, 'socket');
  await control.listen(socket);
  t.teardown(() => control.close());
  const io = record();
  t.equal(await report({ ...usual, socket }, io), 0);
  t.match(io.said.out, /^# worker-1: 99\.999 % available, 1 incident, 2023-10-15 22:13 UTC to 2023-11-14 22:13 UTC/);
  const dayMs = 86_400_000;
  t.same(source.queries, [1_700_000_000_000 - 60 * dayMs], 'and of the period before');

  const json = record();
  t.equal(await report({ ...usual, socket, since: '2023-11-01', format: 'json' }, json), 0);
  t.match(JSON.parse(json.said.out), { records: [{ node: 'worker-1', sinceWallMs: Date.UTC(2023, 10, 1) }] });
  for (const since of ['soon', '2099-01-01']) {
    const wrong = record();
    t.equal(await report({ ...usual, socket, since }, wrong), 2, since);
    t.match(wrong.said.err, `since is "${since}": write a duration such as 24h or an ISO time`);
  }
  t.equal(await report(usual, record()), 3, 'without a daemon');
});

t.test('files of several nodes are merged', async (t) => {
  const files = write(t, { a: nodeRecord(), b: { records: [nodeRecord({ node: 'worker-2' })] } });
  const io = record();
  t.equal(await report({ ...usual, files, format: 'html' }, io), 0);
  t.match(io.said.out, '<h1>2 nodes: 100 % available');
});

t.test('a file that cannot be used is named, with what to do', async (t) => {
  const [twice = '', again = '', text = ''] = write(t, { a: nodeRecord(), b: nodeRecord(), c: 'hello' });
  const folder = join(dirname(text), 'folder');
  mkdirSync(folder);
  const cases: readonly (readonly [files: readonly string[], says: RegExp])[] = [
    [[twice, again], /node "worker-1" is in ".*" and in ".*": give one of them/],
    [[text], /cannot use ".*c": it is no JSON: .*; write it with nodemend report --format json/],
    [[folder], /it is no file/],
    [['/dev/zero'], /it is no file/],
    [['/nowhere/at-all'], /cannot use "\/nowhere\/at-all": ENOENT/],
  ];
  for (const [files, says] of cases) {
    const io = record();
    t.equal(await report({ ...usual, files }, io), 2);
    t.match(io.said.err, says);
    t.equal(io.said.out, '');
  }
});
