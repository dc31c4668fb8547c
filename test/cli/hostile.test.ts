/** Text from outside in every place where it is shown. */
import t from 'tap';
import { renderComponent } from '../../src/cli/show-component.ts';
import { renderIncident, renderIncidents } from '../../src/cli/show-incident.ts';
import { renderNode } from '../../src/cli/show-node.ts';
import { component, incident, node, notReady } from '../serve/stand-in.ts';

const look = { columns: 80, color: false };

t.test('text from outside cannot reach the terminal as a command', async (t) => {
  const evil = 'a\u001b]0;title\u0007\u001b[2J\r\nb\u202ec\u009b31m';
  const hostile = component('kubelet', {
    unit: evil,
    detail: evil,
    phase: 'unhealthy',
    reason: 'unit.crashed',
    invocationId: evil,
    probes: [
      {
        name: 'healthz',
        role: 'vote',
        verdict: 'unhealthy',
        reason: 'probe.timeout',
        detail: evil,
        ageMs: 1,
        durationMs: 1,
        recent: [],
      },
    ],
  });
  const view = node({ node: evil, components: [hostile], config: { ok: false, loadedWallMs: 1, detail: evil } });
  const texts = [
    renderNode(view, look),
    renderComponent(hostile, view, look),
    renderIncident(incident(evil, { component: evil, cause: evil, evidence: [evil] }), look),
    renderIncidents([incident(evil, { component: evil, cause: evil })], {}, look),
  ];
  for (const text of texts) t.notMatch(text, /[^\P{C}\n]/u);
});

t.test('no line is wider than the terminal, however long the words', async (t) => {
  const long = 'x'.repeat(300);
  const hostile = component(long, { unit: long, detail: long, phase: 'unhealthy', reason: 'unit.crashed' });
  const view = node({ node: long, components: [hostile], ready: { ...notReady, detail: long } });
  for (const text of [
    renderNode(view, look),
    renderIncidents([incident('incident-1a2b3c4d-11', { component: long, cause: long })], {}, look),
  ]) {
    t.same(
      text.split('\n').filter((line) => line.length > 80),
      [],
    );
  }
});
