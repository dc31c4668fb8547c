import { hostname } from 'node:os';
import t from 'tap';
import { resolvePolicy } from '../../src/config/resolve.ts';
import { configOf, firstPolicy, problemsOf } from './stage.ts';

t.test('a component with nothing but a unit gets what is usual', async (t) => {
  t.same(firstPolicy('components: { edge: { unit: haproxy.service } }'), {
    name: 'edge',
    unit: 'haproxy.service',
    preset: null,
    critical: false,
    after: [],
    probes: {},
    hang: { failures: 3, of: 5, forMs: 15_000 },
    graceMs: 30_000,
    ladder: [{ remedy: 'restart' }, { remedy: 'kill' }],
    budget: { actions: 3, perMs: 900_000 },
    backoff: { firstMs: 1_000, factor: 2, maxMs: 300_000, jitter: 0.2 },
    hostsContainers: false,
    dumpsOnUsr1: false,
    startsWithPeers: false,
  });
});

t.test('every preset is complete in itself', async (t) => {
  const all = ['containerd', 'docker', 'crio', 'kubelet', 'kube-proxy', 'etcd'] as const;
  const { components } = resolvePolicy(configOf(''), all);
  t.same(
    components.map(({ name, unit, critical, after, hostsContainers, dumpsOnUsr1, probes }) => [
      name,
      unit,
      critical,
      after.join(),
      hostsContainers,
      dumpsOnUsr1,
      Object.entries(probes)
        .map(([probe, { role, everyMs, timeoutMs }]) => `${probe} ${role} ${everyMs} ${timeoutMs}`)
        .join(', '),
    ]),
    [
      [
        'containerd',
        'containerd.service',
        true,
        '',
        true,
        true,
        'version vote 5000 3000, metadata witness 5000 5000, process witness 5000 3000, shims report 60000 20000',
      ],
      [
        'docker',
        'docker.service',
        true,
        'containerd',
        true,
        true,
        'ping vote 5000 3000, version witness 5000 5000, process witness 5000 3000, inspect report 60000 10000',
      ],
      [
        'crio',
        'crio.service',
        true,
        '',
        false,
        false,
        'version vote 5000 3000, status witness 5000 5000, process witness 5000 3000',
      ],
      [
        'kubelet',
        'kubelet.service',
        true,
        'containerd,crio',
        false,
        false,
        'healthz vote 5000 3000, api witness 5000 5000, process witness 5000 3000',
      ],
      [
        'kube-proxy',
        'kube-proxy.service',
        false,
        '',
        false,
        false,
        'livez vote 5000 3000, metrics witness 5000 5000, process witness 5000 3000',
      ],
      [
        'etcd',
        'etcd.service',
        false,
        '',
        false,
        false,
        'serves vote 10000 5000, others witness 20000 20000, health report 10000 5000',
      ],
    ],
  );
});

t.test("the preset of etcd asks the node's own member, where the file does not say another", async (t) => {
  const here = { endpoints: ['https://127.0.0.1:2379'], ca: '/ca', cert: '/cert', key: null, certificates: [] };
  const text = 'components: { etcd: { preset: etcd, probes: { health: { etcd: { url: "http://127.0.0.1:1" } } } } }';
  const [etcd] = resolvePolicy(configOf(text), [], here).components;
  const own = { kind: 'etcd', url: 'https://127.0.0.1:2379', ca: '/ca', cert: '/cert', key: null };
  t.same(etcd?.probes['serves']?.target, { ...own, look: 'serves' });
  t.same(etcd?.probes['others']?.target, { ...own, look: 'others' });
  t.match(etcd?.probes['health']?.target, { url: 'http://127.0.0.1:1', ca: null });
  t.match(etcd, { hang: { failures: 3, of: 5, forMs: 180_000 }, graceMs: 300_000, startsWithPeers: true });
});

t.test('the file changes a preset key by key', async (t) => {
  const policy = firstPolicy(`
components:
  containerd:
    preset: containerd
    critical: false
    hang: { for: 1m }
    budget: { actions: 5 }
    backoff: { jitter: 0 }
    probes:
      version: { every: 10s, timeout: 8s }
      shims: { role: vote }
      port: { tcp: { port: 10010 }, role: report }
`);
  t.match(policy, {
    unit: 'containerd.service',
    critical: false,
    hang: { failures: 3, of: 5, forMs: 60_000 },
    budget: { actions: 5, perMs: 900_000 },
    backoff: { firstMs: 1_000, jitter: 0 },
    hostsContainers: true,
  });
  t.same(Object.keys(policy.probes), ['version', 'metadata', 'process', 'shims', 'port']);
  t.match(policy.probes['version'], {
    target: { kind: 'containerd', look: 'version' },
    role: 'vote',
    everyMs: 10_000,
    timeoutMs: 8_000,
  });
  t.match(policy.probes['shims'], { role: 'vote', everyMs: 60_000 });
  t.match(policy.probes['port'], { target: { kind: 'tcp', host: '127.0.0.1', port: 10_010 }, everyMs: 5_000 });
});

t.test('a probe of the preset that is made to look elsewhere looks there alone', async (t) => {
  for (const [kind, written] of [
    ['docker', 'docker: { look: version }'],
    ['unit', 'unit: {}'],
    ['exec', 'exec: [/bin/true]'],
    ['etcd', 'etcd: { url: "http://127.0.0.1:2379/health" }'],
  ] as const) {
    const { probes } = firstPolicy(
      `components: { c: { preset: containerd, probes: { version: { ${written}, every: 9s } } } }`,
    );
    t.match(probes['version'], { target: { kind }, role: 'vote', everyMs: 9_000, timeoutMs: 3_000 }, kind);
  }
});

t.test('every kind of probe gets its place', async (t) => {
  const { probes } = firstPolicy(`
components:
  all:
    unit: all.service
    probes:
      a: { http: { url: "https://127.0.0.1/", expect: [200, 204], ca: /ca.pem, socket: /s } }
      b: { tcp: { host: "::1", port: 1 } }
      c: { exec: [/bin/true, -x] }
      d: { cri: { socket: /cri } }
      e: { containerd: { look: metadata } }
      f: { docker: {} }
      g: { etcd: { url: "https://127.0.0.1:2379/health", ca: /ca, cert: /cert, key: /key } }
      h: { unit: {} }
`);
  t.same(
    Object.values(probes).map(({ target }) => target),
    [
      { kind: 'http', url: 'https://127.0.0.1/', socket: '/s', expect: [200, 204], ca: '/ca.pem', insecure: false },
      { kind: 'tcp', host: '::1', port: 1 },
      { kind: 'exec', argv: ['/bin/true', '-x'] },
      { kind: 'cri', socket: '/cri', look: 'version' },
      { kind: 'containerd', socket: '/run/containerd/containerd.sock', look: 'metadata' },
      { kind: 'docker', socket: '/run/docker.sock', look: 'ping' },
      { kind: 'etcd', url: 'https://127.0.0.1:2379/health', ca: '/ca', cert: '/cert', key: '/key', look: 'health' },
      { kind: 'unit' },
    ],
  );
});

t.test('a preset waits only for what is there', async (t) => {
  const after = (text: string, found: Parameters<typeof resolvePolicy>[1], name: string) =>
    resolvePolicy(configOf(text), found).components.find((one) => one.name === name)?.after;
  t.same(after('', ['kubelet'], 'kubelet'), []);
  t.same(after('', ['kubelet', 'containerd'], 'kubelet'), ['containerd']);
  t.same(after('', ['kubelet', 'containerd', 'crio'], 'kubelet'), ['containerd', 'crio']);
  t.same(
    after('components: { runtime: { preset: containerd } }', ['kubelet'], 'kubelet'),
    ['runtime'],
    'by its preset',
  );
  const two = 'components: { runtime: { preset: containerd, unit: other.service } }';
  t.same(after(two, ['kubelet', 'containerd'], 'kubelet'), ['runtime', 'containerd'], 'for both of two');
  t.same(after('components: { kubelet: { preset: kubelet, after: [] } }', ['containerd'], 'kubelet'), []);
  t.same(after('components: { a: { unit: a.service, after: [crio] } }', ['containerd'], 'a'), []);
});

t.test('a circle is found even where a preset closes it', async (t) => {
  t.same(problemsOf('components: { containerd: { preset: containerd, after: [kubelet] } }'), [
    '1:56: components.containerd.after: containerd waits for kubelet waits for containerd: nobody could begin',
  ]);
  t.same(
    problemsOf('components: { runtime: { preset: containerd, after: [docker] } }'),
    ['1:53: components.runtime.after: runtime waits for docker waits for runtime: nobody could begin'],
    'under another name too',
  );
  t.same(problemsOf('components: { k: { preset: kubelet }, c: { unit: c.service, preset: containerd, after: [k] } }'), [
    '1:88: components.c.after: k waits for c waits for k: nobody could begin',
  ]);
  t.same(problemsOf('{discover: false, components: {containerd: {preset: containerd, after: [kubelet]}}}'), [
    '1:72: components.containerd.after: there is no component "kubelet"',
  ]);
  t.same(problemsOf('components: { a: { unit: a.service, after: [a] } }'), [
    '1:44: components.a.after: a waits for a: nobody could begin',
  ]);
});

t.test('each remedy stands on the ladder once', async (t) => {
  t.same(problemsOf('components: { a: { unit: a.service, ladder: [restart, restart] } }'), [
    '1:45: components.a.ladder: restart is written twice; each remedy may stand there once',
  ]);
  const twice = 'components: { a: { unit: a.service, ladder: [{ exec: [/a] }, { exec: [/b] }] } }';
  t.same(problemsOf(twice), ['1:45: components.a.ladder: exec is written twice; each remedy may stand there once']);
});

t.test('what the file says of the node', async (t) => {
  t.equal(resolvePolicy(configOf(''), []).node, hostname());
  t.same(resolvePolicy(configOf('node: worker-7'), []).node, 'worker-7');
  t.same(resolvePolicy(configOf('readyz: { downAfter: 3s, failOpen: false }'), []).ready, {
    downAfterMs: 3_000,
    upAfterMs: 5_000,
    staleAfterMs: 60_000,
    failOpen: false,
  });
});

t.test('the components of the file come first, and its name for one wins', async (t) => {
  const { components } = resolvePolicy(
    configOf('components: { z: { unit: z.service }, kubelet: { preset: kubelet, grace: 1m } }'),
    ['containerd', 'kubelet'],
  );
  t.same(
    components.map(({ name, graceMs }) => [name, graceMs]),
    [
      ['z', 30_000],
      ['kubelet', 60_000],
      ['containerd', 30_000],
    ],
  );
});
