/** The daemon and backups that others make: files that are missing and come, and Velero in a stand-in of the API. It is killed in between. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { stringify } from 'yaml';
import { openStandIn } from '../adapters/kubernetes/stand-in.ts';
import { ask, createPlace, type Line, startDaemon } from './stage.ts';

const became =
  (check: string, to: string) =>
  (line: Line): boolean =>
    line.type === 'freshness.changed' && line['check'] === check && line['to'] === to;

const ago = (ms: number): string => new Date(Date.now() - ms).toISOString();

t.test('what is not fresh is told, shown and remembered, until it is, by whichever agent', async (t) => {
  const api = await openStandIn();
  t.teardown(() => api.close());
  const hour = 3_600_000;
  const metadata = { name: 'daily-1', labels: { 'velero.io/schedule-name': 'daily' } };
  const status = { phase: 'PartiallyFailed', startTimestamp: ago(2 * hour), completionTimestamp: ago(hour) };
  const schedule = { metadata: { name: 'daily', creationTimestamp: ago(5 * hour) }, spec: { schedule: '0 1 * * *' } };
  api.serve('velero.io', 'schedules', [schedule]);
  api.serve('velero.io', 'backups', [{ metadata, status }]);
  api.serve('velero.io', 'backupstoragelocations', [{ metadata: { name: 's3' }, status: { phase: 'Available' } }]);

  const place = await createPlace(t);
  const kubeconfig = join(place.folder, 'kubeconfig');
  const contexts = [{ name: 'here', context: { cluster: 'here', user: 'here' } }];
  const clusters = [{ name: 'here', cluster: { server: api.url } }];
  const users = [{ name: 'here', user: { token: 'admintoken' } }];
  writeFileSync(kubeconfig, stringify({ 'current-context': 'here', contexts, clusters, users }));
  const dumps = join(place.folder, 'dumps');
  place.configure(
    `discover: false\nbackups: { dumps: { files: { path: "${dumps}/db-*.gz", maxAge: 1h } }, ` +
      `cluster: { velero: { kubeconfig: ${kubeconfig} } }, own: { command: [/bin/sh, -c, "exit 0"] } }`,
  );

  const first = startDaemon(t, place);
  const awaited = [became('dumps', 'missing'), became('cluster', 'partial'), became('own', 'fresh')];
  await first.line((line) => {
    const at = awaited.findIndex((fits) => fits(line));
    if (at >= 0) awaited.splice(at, 1);
    return awaited.length === 0;
  });
  const text = (await ask(place, 'status')).out;
  t.match(text, /^dumps +missing +\S+ +- +1h +no file matches /m);
  t.match(text, /^cluster\/schedule\/daily +partial +\S+ +- +1d 12h /m);
  t.match(text.replace(/\s+/g, ' '), 'lacks something (daily-1 ended PartiallyFailed)');
  t.match(text, /^cluster\/location\/s3 +fresh /m);
  t.match(text, /^own +fresh /m);
  const page = await (await fetch(place.url('/metrics'))).text();
  t.match(page, /^nodemend_backup_verdict\{backup="dumps",item="",verdict="missing"\} 1$/m);
  t.match(page, /^nodemend_backup_verdict\{backup="cluster",item="schedule\/daily",verdict="partial"\} 1$/m);
  t.match(page, /^nodemend_backup_age_limit_seconds\{backup="cluster",item="schedule\/daily"\} 129600$/m);
  t.match((await ask(place, 'history')).out, /backup\/dumps +freshness\.missing +open /);

  first.kill('SIGKILL');
  await first.ended;
  mkdirSync(dumps);
  writeFileSync(join(dumps, 'db-1.gz'), 'a dump');
  const second = startDaemon(t, place);
  t.match(await second.line(became('dumps', 'fresh')), { from: 'missing', item: '' });
  const history = (await ask(place, 'history')).out;
  t.match(history, /backup\/dumps +freshness\.missing +mended /);
  t.match(history, /backup\/cluster\/s\S+ +freshness\.partial +open /, 'told once, by the first agent');
  t.equal((await ask(place, 'history', 'backup/dumps')).status, 0);
  t.equal(history.match(/backup\/cluster/g)?.length, 1);

  second.kill('SIGTERM');
  t.match(await second.ended, { status: 0 });
});
