import t from 'tap';
import { judge, liveChecks, readyChecks, singleChecks } from '../../src/serve/verdict.ts';
import type { NodeView } from '../../src/serve/view.ts';
import { component, node, notReady } from './stand-in.ts';

function readyz(view: NodeView, ...names: string[]): string {
  const excluded = new Set(names);
  return judge('readyz', readyChecks(view, excluded), excluded).lines;
}

const hung = component('kubelet', { phase: 'mending', reason: 'probe.timeout', verdict: 'unhealthy' });
const proxy = component('edge-proxy', { phase: 'exhausted', reason: 'restart.budget-spent', critical: false });

const cases: readonly { name: string; view: NodeView; exclude?: string[]; lines: string }[] = [
  {
    name: 'all is well',
    view: node(),
    lines: '[+]shutdown ok\n[+]node ok\n[+]containerd ok\n[+]kubelet ok\nreadyz check passed\n',
  },
  {
    name: 'a critical component fails',
    view: node({ ready: notReady, components: [component('containerd'), hung] }),
    lines: '[+]shutdown ok\n[+]node ok\n[+]containerd ok\n[-]kubelet failed: probe.timeout\nreadyz check failed\n',
  },
  {
    name: 'a component that fails is not counted yet',
    view: node({ components: [component('containerd'), hung] }),
    lines: '[+]shutdown ok\n[+]node ok\n[+]containerd ok\n[+]kubelet ok: mending, probe.timeout\nreadyz check passed\n',
  },
  {
    name: 'all components are back and the node is not yet',
    view: node({ ready: notReady }),
    lines: '[+]shutdown ok\n[-]node failed: node.not-ready\n[+]containerd ok\n[+]kubelet ok\nreadyz check failed\n',
  },
  {
    name: 'a component that is not critical never counts',
    view: node({ components: [component('containerd'), proxy] }),
    lines:
      '[+]shutdown ok\n[+]node ok\n[+]containerd ok\n' +
      '[+]edge-proxy ok: exhausted, restart.budget-spent, not critical\nreadyz check passed\n',
  },
  {
    name: 'a component that an operator stopped is not a failure',
    view: node({ components: [component('kubelet', { phase: 'stopped', reason: 'unit.stopped' })] }),
    lines: '[+]shutdown ok\n[+]node ok\n[+]kubelet ok: stopped, unit.stopped\nreadyz check passed\n',
  },
  {
    name: 'the failing component is left out',
    view: node({ ready: notReady, components: [component('containerd'), hung] }),
    exclude: ['kubelet'],
    lines: '[+]shutdown ok\n[+]node ok\n[+]containerd ok\n[+]kubelet excluded: ok\nreadyz check passed\n',
  },
  {
    name: 'another one than the failing component is left out',
    view: node({ ready: notReady, components: [component('containerd'), hung] }),
    exclude: ['containerd'],
    lines:
      '[+]shutdown ok\n[+]node ok\n[+]containerd excluded: ok\n[-]kubelet failed: probe.timeout\nreadyz check failed\n',
  },
  {
    name: 'leaving something out never makes a ready node unready',
    view: node({ components: [component('containerd'), hung] }),
    exclude: ['containerd'],
    lines:
      '[+]shutdown ok\n[+]node ok\n[+]containerd excluded: ok\n[+]kubelet ok: mending, probe.timeout\nreadyz check passed\n',
  },
  {
    name: 'an unknown name changes nothing and is named, on one line',
    view: node({ ready: notReady }),
    exclude: ['no\nsuch'],
    lines:
      '[+]shutdown ok\n[-]node failed: node.not-ready\n[+]containerd ok\n[+]kubelet ok\n' +
      'warn: some health checks cannot be excluded: no matches for "no\\nsuch"\nreadyz check failed\n',
  },
  {
    name: 'the agent is blind and fails closed, whatever is left out',
    view: node({ ready: { ...notReady, reason: 'node.blind' } }),
    exclude: ['kubelet'],
    lines:
      '[+]shutdown ok\n[-]node failed: node.blind\n[+]containerd ok\n[+]kubelet excluded: ok\nreadyz check failed\n',
  },
  {
    name: 'the only unseen component is left out',
    view: node({
      ready: { ...notReady, reason: 'node.unseen' },
      components: [component('containerd'), component('kubelet', { phase: 'unknown' })],
    }),
    exclude: ['kubelet'],
    lines: '[+]shutdown ok\n[+]node ok\n[+]containerd ok\n[+]kubelet excluded: ok\nreadyz check passed\n',
  },
  {
    name: 'the agent is stopping',
    view: node({ stopping: true }),
    exclude: ['shutdown'],
    lines:
      '[-]shutdown failed: shutting-down\n[+]node ok\n[+]containerd ok\n[+]kubelet ok\n' +
      'warn: some health checks cannot be excluded: no matches for "shutdown"\nreadyz check failed\n',
  },
];

for (const { name, view, exclude = [], lines } of cases) {
  t.test(`readyz: ${name}`, async (t) => {
    t.equal(readyz(view, ...exclude), lines);
    t.equal(
      /^\[-\]/m.test(lines),
      lines.endsWith('failed\n'),
      'a failed answer has a failed line, a passed one has none',
    );
  });
}

t.test('livez says whether the loop turns and nothing else', async (t) => {
  t.equal(judge('livez', liveChecks(true), new Set()).lines, '[+]ping ok\n[+]loop ok\nlivez check passed\n');
  t.equal(
    judge('livez', liveChecks(false), new Set(['loop'])).lines,
    '[+]ping ok\n[-]loop failed: not-turning\n' +
      'warn: some health checks cannot be excluded: no matches for "loop"\nlivez check failed\n',
  );
});

t.test('one component by its phase, critical or not', async (t) => {
  const view = node({ components: [component('containerd'), proxy] });
  const lines = (name: string) => judge('readyz', singleChecks(view, name) ?? [], new Set()).lines;
  t.equal(lines('containerd'), '[+]shutdown ok\n[+]containerd ok\nreadyz check passed\n');
  t.equal(lines('edge-proxy'), '[+]shutdown ok\n[-]edge-proxy failed: restart.budget-spent\nreadyz check failed\n');
  t.equal(singleChecks(view, 'etcd'), null);
});
