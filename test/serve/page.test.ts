import t from 'tap';
import { reasons } from '../../src/core/reason.ts';
import { createHttp } from '../../src/serve/http.ts';
import { createMetrics } from '../../src/serve/metrics.ts';
import { renderPage } from '../../src/serve/page/page.ts';
import type { ElectionView, Told } from '../../src/serve/view.ts';
import { away, cluster, member } from '../core/etcd/stage.ts';
import { etcdView } from './etcd-stand-in.ts';
import { backup, component, createStandIn, incident, leader, node, notReady, server } from './stand-in.ts';

const hung = component('kubelet', {
  phase: 'mending',
  reason: 'restart.hung',
  sinceMs: 995_000,
  budget: { remaining: 2, of: 3, perMs: 900_000 },
  incident: { id: 'incident-1', reason: 'probe.timeout', sinceMs: 970_000 },
  ladder: ['restart', 'kill', 'reboot'],
});

/** What a person reads: the markup taken out, spaces drawn together. */
const words = (page: string): string =>
  page
    .replace(/<(style|script)>.*?<\/\1>/gs, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ');

t.test('what is from outside is escaped', async (t) => {
  const detail = '<script>alert(1)</script>\u001b[31m\u202eevil';
  const view = node({
    ready: { ...notReady, detail },
    components: [component('kubelet', { phase: 'unhealthy', detail, unit: '"><img src=x>' })],
    backups: [backup({ detail, item: '<img src=x>' })],
  });
  const page = renderPage(view, [incident('one', { cause: '<b>cause</b>' })]);
  t.match(words(page), `${reasons['component.healthy'].meaning} (&lt;script`, 'with the space before it');
  t.equal(page.match(/<script/g)?.length, 1);
  t.notMatch(page, /<img|<b>|\p{Cf}/u);
  t.notOk(page.includes('\u001b'));
  t.match(page, '&lt;script&gt;alert(1)&lt;/script&gt;');
});

t.test('the headline says whether the node may take traffic, and if not, why', async (t) => {
  t.match(words(renderPage(node(), [])), 'worker-1 is ready It may take traffic, for 16m 20s: node.ready.');
  const page = words(renderPage(node({ ready: notReady, pause: { untilMs: 1_060_000, text: 'new disk' } }), []));
  t.match(page, 'worker-1 is not ready It should take no traffic, for 1m 40s: node.not-ready, kubelet.');
  t.match(page, 'supervision is paused for another 1m (new disk)');
  t.match(words(renderPage(node({ stopping: true }), [])), 'worker-1 is stopping It should take no traffic');
});

t.test('backups of others have a card each, and no heading where none is checked', async (t) => {
  t.notMatch(words(renderPage(node(), [])), /Backups/);
  const late = backup({ name: 'cluster', item: 'schedule/daily', verdict: 'stale', reason: 'freshness.stale' });
  const view = node({ backups: [backup(), { ...late, detail: 'the last completed is 40 h old', goodWallMs: null }] });
  t.match(
    words(renderPage(view, [])),
    'Backups database fresh for 10m /srv/dumps/db-1.gz is 3 h old age 2h 46m of at most 1d 2h ' +
      'cluster/schedule/daily stale for 10m the newest good backup is older than it may be freshness.stale ' +
      'the last completed is 40 h old age not known of at most 1d 2h',
  );
});

t.test('a card tells the phase, the last looks, who restarted it and what is left of the budget', async (t) => {
  const recent = [
    { verdict: 'healthy', durationMs: 3 },
    { verdict: 'unhealthy', durationMs: 10_000 },
  ] as const;
  const healthz = { name: 'healthz', role: 'vote', verdict: 'unhealthy', reason: 'probe.timeout', detail: '' } as const;
  const probes = [{ ...healthz, ageMs: 1_200, durationMs: 10_000, recent }];
  const restarts = { nodemend: 2, systemd: 1, other: 0 };
  const page = renderPage(node({ components: [{ ...hung, probes, restarts }] }), []);
  t.match(
    words(page),
    'kubelet kubelet.service, critical mending for 5.0s restarted because its probes agree that it hangs restart.hung ' +
      'healthz unhealthy 10s probe.timeout restarts 2 by nodemend, 1 by systemd budget left 2 of 3 in 15m',
  );
  t.match(page, 'aria-label="last looks: healthy in 3ms, unhealthy in 10s"');
});

t.test('an incident under way shows its ladder and what comes next, with the time that is left', async (t) => {
  const shown = (changes: Partial<typeof hung>): string =>
    words(renderPage(node({ components: [{ ...hung, ...changes }] }), []));
  const deed = { remedy: 'kill', stage: 'preparing', sinceMs: 998_000, untilMs: 1_014_000 } as const;
  t.match(
    shown({ deed }),
    'Under way kubelet: no reply within the deadline for 30s probe.timeout restart kill reboot kill 2 of 3: evidence is gathered',
  );
  t.match(shown({ deed: { ...deed, stage: 'acting' } }), 'kill 1 of 3: under way for 2.0s');
  t.match(shown({ deed: { ...deed, stage: 'verifying' } }), 'kill 1 of 3: done 2.0s ago, to be verified within 14 s');
  const waiting = shown({ deed: null, deferred: 'restart.backoff', notBeforeMs: 1_013_500 });
  t.match(waiting, 'action 2 of 3 in 14 s : the next action waits for its back-off delay');
  const page = renderPage(node({ components: [{ ...hung, deed }] }), []);
  t.match(page, '<li class="now" aria-current="step">kill</li>');
  t.notMatch(words(renderPage(node(), [])), 'Under way');
});

t.test('an incident opens to its cause, its story and its evidence', async (t) => {
  const transitions: Told[] = [
    {
      wallMs: 1_699_999_990_400,
      transition: {
        type: 'action.begun',
        component: 'kubelet',
        incident: 'one',
        action: 'a',
        remedy: 'kill',
        reason: 'restart.hung',
      },
    },
  ];
  const told = {
    cause: 'probe.timeout',
    openedWallMs: 1_699_999_990_000,
    closedWallMs: 1_699_999_998_000,
    durationMs: 8_000,
    recovered: true,
    transitions,
    evidence: ['kubelet-one.tar'],
  };
  const page = words(renderPage(node(), [incident('one', told)]));
  t.match(
    page,
    '10s ago, kubelet , recovered after 8.0s probe.timeout no reply within the deadline +400ms kill begun: restart.hung Evidence: kubelet-one.tar',
  );
});

t.test('a day full of incidents stays below 60 KiB', async (t) => {
  const transition = { type: 'node.changed', reason: 'node.pressure', detail: 'x'.repeat(120) } as const;
  const transitions = Array.from({ length: 100 }, () => ({ wallMs: 1_699_999_990_000, transition }));
  const many = Array.from({ length: 200 }, (_, index) => incident(`incident-cafe-${index}`, { transitions }));
  const page = renderPage(
    node({ components: ['containerd', 'docker', 'kubelet', 'etcd'].map((name) => component(name)) }),
    many,
  );
  t.ok(page.length < 60 * 1024, `${page.length} bytes`);
  t.match(words(page), '190 more: nodemend history');
  t.match(words(page), '80 earlier: nodemend history --incident incident-cafe-0');
});

t.test('paused components are listed with what is left of their pause', async (t) => {
  const paused = component('kubelet', { phase: 'paused', pause: { untilMs: 1_120_000, text: 'new kernel' } });
  t.match(words(renderPage(node({ components: [paused] }), [])), 'Pauses kubelet: for another 2m, new kernel');
});

const election: ElectionView = {
  name: 'vip',
  identity: 'worker-1_a',
  lock: 'file',
  role: 'standby',
  reason: 'election.standby',
  detail: '',
  sinceMs: 1,
  leading: false,
  leader: 'worker-2_b',
  token: 7,
  leaderSinceWallMs: null,
  heardWallMs: 1_699_999_999_000,
  stale: null,
};

t.test('leaders and API servers are shown where there are any', async (t) => {
  const none = renderPage(node(), []);
  t.notMatch(none, /<h2>(Leaders|API servers|etcd)/);
  const view = node({
    elections: [
      election,
      { ...election, name: 'lost', leader: '', token: null, heardWallMs: null, stale: 'election.stale' },
    ],
    leaders: [
      leader(),
      leader({ name: 'stuck', verdict: 'wedged', reason: 'leader.wedged', here: null, silentMs: null }),
    ],
    apiservers: [server(), server({ state: 'failing', rotates: false, reason: 'apiserver.failing', detail: '<b>' })],
  });
  const page = renderPage(view, []);
  t.match(
    words(page),
    'Leaders vip worker-2_b leads this node standby token 7 heard 1.0s ago lost not known who leads ' +
      `${reasons['election.stale'].meaning} this node standby heard never ` +
      'kube-scheduler a_1 leads this node leader renewed 18s ago ' +
      `stuck a_1 leads ${reasons['leader.wedged'].meaning} renewed not seen ` +
      'API servers https://10.0.0.1:6443 ready rotation in https://10.0.0.1:6443 failing',
  );
  t.match(words(page), 'rotation out');
  t.notMatch(page, '<b>');
});

t.test('an etcd cluster is shown with what is the matter, and its backups', async (t) => {
  const wallMs = Date.parse('2026-11-24T12:00:00Z');
  const page = words(renderPage(node({ wallMs, etcd: etcdView }), []));
  t.match(page, 'etcd Cluster 1 of 1 voters take part , stands 0 more losses m1 leader , 3.5.16');
  t.match(page, `m1: ${reasons['etcd.slow-disk'].meaning} ;`);
  t.match(page, `Backups 1 good snapshot ${reasons['backup.unproven'].meaning} backup.unproven newest`);
  const poor = cluster([member(1), away(2), away(3)]);
  const lost = words(renderPage(node({ etcd: { ...etcdView, cluster: poor, findings: [], backup: null } }), []));
  t.match(lost, '1 of 3 voters take part , quorum is lost m1 leader , 3.5.16 m2 no answer m3 no answer');
  t.notMatch(lost, 'Backups');
  t.match(words(renderPage(node({ etcd: { ...etcdView, cluster: null } }), [])), 'It has not been looked at yet.');
});

t.test('its style sheet and its script are let in by their hashes, and nothing else is', async (t) => {
  const http = createHttp(createStandIn(), createMetrics());
  t.teardown(() => http.close());
  const reply = await http.app.inject('/');
  t.equal(reply.headers['content-type'], 'text/html; charset=utf-8');
  t.match(
    String(reply.headers['content-security-policy']),
    /^default-src 'none'; style-src 'sha256-[^']+='; script-src 'sha256-[^']+='; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'$/,
  );
  t.notMatch(reply.body, / style=| on[a-z]+=|<link|https?:/);
});

t.test('what is kept of the page is dropped when the node or its incidents change', async (t) => {
  const source = createStandIn();
  const http = createHttp(source, createMetrics());
  t.teardown(() => http.close());
  const get = async (): Promise<string> => words((await http.app.inject('/')).body);
  t.match(await get(), 'worker-1 is ready');
  source.show({ ready: notReady });
  t.match(await get(), 'worker-1 is not ready');
  source.show({ components: [component('kubelet', { phase: 'mending', reason: 'restart.hung' })] });
  t.match(await get(), 'mending for');
  source.setIncidents([incident('one')]);
  source.tell({ wallMs: 1, transition: { type: 'node.changed', reason: 'node.ready', detail: '' } });
  t.match(await get(), 'Incidents of the last day kubelet');
});
