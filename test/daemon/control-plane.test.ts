/** The daemon beside a stand-in of a control plane: the election of a scheduler that renews and then does not, and two API servers. */
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { hostname } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { stringify } from 'yaml';
import type { NodeView } from '../../src/serve/view.ts';
import { openStandIn, type StandIn } from '../adapters/kubernetes/stand-in.ts';
import { eventually } from '../serve/raw.ts';
import { ask, createPlace, freePort, startDaemon } from './stage.ts';

const fixtures = join(import.meta.dirname, '../fixtures');
const metrics = readFileSync(join(fixtures, 'kubernetes-1.36/scheduler-metrics-excerpt.txt'), 'utf8');

/** Answers as a scheduler and as an API server do. */
async function serve(t: Test): Promise<string> {
  const read = (name: string) => readFileSync(join(fixtures, 'tls', name));
  const server = createServer({ key: read('server.key'), cert: read('server.pem') }, (request, response) => {
    response.end(request.url === '/metrics' ? metrics : 'ok');
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  t.teardown(() => server.close());
  return `https://127.0.0.1:${(server.address() as { port: number }).port}`;
}

/** A holder on this host that renews a Lease of one second, until it is frozen. */
function keepRenewing(t: Test, api: StandIn): { freeze(): void } {
  let renewals = 0;
  const renew = (): void => {
    renewals += 1;
    api.put({
      metadata: { name: 'kube-scheduler', namespace: 'kube-system' },
      spec: {
        holderIdentity: `${hostname()}_1`,
        leaseDurationSeconds: 1,
        leaseTransitions: 0,
        renewTime: String(renewals),
      },
    });
  };
  const timer = setInterval(renew, 100);
  t.teardown(() => clearInterval(timer));
  return { freeze: () => clearInterval(timer) };
}

t.test('a leader and API servers in status and metrics', async (t) => {
  const api = await openStandIn();
  t.teardown(() => api.close());
  const url = await serve(t);
  const place = await createPlace(t);
  const kubeconfig = join(place.folder, 'kubeconfig');
  const file = {
    'current-context': 'here',
    contexts: [{ name: 'here', context: { cluster: 'here', user: 'here' } }],
    clusters: [{ name: 'here', cluster: { server: api.url } }],
    users: [{ name: 'here', user: { token: 'admintoken' } }],
  };
  writeFileSync(kubeconfig, stringify(file));
  const away = `https://127.0.0.1:${await freePort()}`;
  place.configure(
    `discover: false\nleaders: { kube-scheduler: { kubeconfig: ${kubeconfig}, instances: ["${url}"], every: 1s } }\n` +
      `apiservers: { servers: ["${url}", "${away}"], insecure: true, every: 1s }`,
  );
  const renewing = keepRenewing(t, api);
  const daemon = startDaemon(t, place);
  const told = (verdict: string) => daemon.line((line) => line.type === 'leader.changed' && line['to'] === verdict);
  const seen = new Set<string>();
  await daemon.line((line) => {
    if (line['to'] === 'ok' || line.type === 'apiserver.rotation') seen.add(line.type ?? '');
    return seen.size === 2;
  });
  const look = async (): Promise<NodeView> => JSON.parse((await ask(place, 'status', '--json')).out) as NodeView;
  t.match((await look()).leaders, [
    { name: 'kube-scheduler', verdict: 'ok', holder: `${hostname()}_1`, instances: [{ url, state: String }] },
  ]);
  t.match((await look()).apiservers, [
    { server: url, state: 'ready', rotates: true, live: true, reason: 'apiserver.ready' },
    { server: away, state: 'unreachable', rotates: false, reason: 'apiserver.unreachable' },
  ]);
  const text = (await ask(place, 'status')).out;
  t.match(text, /^kube-scheduler +ok +\S+ +leader /m);
  t.match(text, new RegExp(`^${away} +unreachable +out `, 'm'));

  renewing.freeze();
  await told('wedged');
  const page = await (await fetch(place.url('/metrics'))).text();
  t.match(page, /^nodemend_leader_verdict\{lease="kube-scheduler",verdict="wedged"\} 1$/m);
  t.match(page, /^nodemend_leader_verdict\{lease="kube-scheduler",verdict="ok"\} 0$/m);
  t.match(page, /^nodemend_leader_instance\{lease="kube-scheduler",state="leader"\} 1$/m);
  t.match(page, new RegExp(`^nodemend_apiserver_in_rotation\\{server="${away}"\\} 0$`, 'm'));
  t.match(page, new RegExp(`^nodemend_apiserver_state\\{server="${url}",state="ready"\\} 1$`, 'm'));

  place.configure('discover: false');
  daemon.kill('SIGHUP');
  await eventually(() => api.asked.length > 0);
  await daemon.line((line) => line.type === 'node.changed' && line.reason === 'config.loaded');
  const after = await (await fetch(place.url('/metrics'))).text();
  t.notMatch(after, /nodemend_(leader|apiserver)_\w+\{/);
  daemon.kill('SIGTERM');
  t.match(await daemon.ended, { status: 0 });
});
