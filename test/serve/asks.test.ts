import t from 'tap';
import { parseAsk } from '../../src/serve/asks.ts';
import type { Ask } from '../../src/serve/view.ts';

const known = ['containerd', 'kubelet'];
const targets = ['oncall'];

const good: readonly [Ask['type'], unknown, Ask][] = [
  [
    'pause',
    { component: 'kubelet', for: '30m', reason: 'upgrade' },
    { type: 'pause', component: 'kubelet', forMs: 1_800_000, text: 'upgrade' },
  ],
  [
    'pause',
    { for: '1s', reason: ' a\u001b[2J\nb ' },
    { type: 'pause', component: null, forMs: 1_000, text: 'a [2J b' },
  ],
  [
    'pause',
    { component: null, for: '7d', reason: 'x'.repeat(300) },
    { type: 'pause', component: null, forMs: 604_800_000, text: 'x'.repeat(200) },
  ],
  ['resume', {}, { type: 'resume', component: null }],
  ['resume', undefined, { type: 'resume', component: null }],
  ['resume', { component: 'kubelet' }, { type: 'resume', component: 'kubelet' }],
  ['restart', { component: 'containerd' }, { type: 'restart', component: 'containerd' }],
  ['reload', {}, { type: 'reload' }],
  ['reload', null, { type: 'reload' }],
  ['alert-test', {}, { type: 'alert-test', target: null }],
  ['alert-test', { target: 'oncall' }, { type: 'alert-test', target: 'oncall' }],
];

for (const [type, body, ask] of good) {
  t.test(`takes ${type} ${JSON.stringify(body)?.slice(0, 60)}`, async (t) => {
    t.same(parseAsk(type, body, known, targets), { ok: true, ask });
  });
}

const bad: readonly [Ask['type'], unknown, number, string][] = [
  ['pause', { reason: 'x' }, 400, 'for is "": write how long, from 1s to 7d, for example 30m'],
  ['pause', { for: '0s', reason: 'x' }, 400, 'for is "0s": write how long, from 1s to 7d, for example 30m'],
  ['pause', { for: '8d', reason: 'x' }, 400, 'for is "8d": write how long, from 1s to 7d, for example 30m'],
  ['pause', { for: '-5m', reason: 'x' }, 400, 'for is "-5m": write how long, from 1s to 7d, for example 30m'],
  ['pause', { for: '30m' }, 400, 'reason is missing: say why supervision is paused'],
  ['pause', { for: '30m', reason: ' \u0007 ' }, 400, 'reason is missing: say why supervision is paused'],
  ['pause', { for: 30, reason: 'x' }, 400, 'for is not a string'],
  ['restart', {}, 400, 'component is missing: name one of containerd, kubelet'],
  ['restart', { component: 'etcd' }, 404, 'unknown component "etcd": known are containerd, kubelet'],
  ['restart', { component: '__proto__' }, 404, 'unknown component "__proto__": known are containerd, kubelet'],
  ['restart', { component: ['kubelet'] }, 400, 'component is not a string'],
  ['restart', { component: 'kubelet', force: 'yes' }, 400, 'unknown field "force": restart takes component'],
  ['reload', { file: '/etc/passwd' }, 400, 'unknown field "file": reload takes none'],
  ['alert-test', { target: 'kubelet' }, 404, 'there is no target "kubelet": known are oncall'],
  ['resume', [], 400, 'the body is not a JSON object'],
  ['resume', 'kubelet', 400, 'the body is not a JSON object'],
  ['pause', JSON.parse('{"__proto__": "x"}'), 400, 'unknown field "__proto__": pause takes component, for, reason'],
];

for (const [type, body, status, message] of bad) {
  t.test(`refuses ${type} ${JSON.stringify(body)}`, async (t) => {
    t.same(parseAsk(type, body, known, targets), { ok: false, status, message });
  });
}
