import t from 'tap';
import { isOrphan, resolveAlerts } from '../../src/config/alerts.ts';
import { configOf, problemsOf } from './stage.ts';

t.test('an alert is an orphan when nothing that is configured would end it', async (t) => {
  const orphans = (yaml: string): string[] => {
    const keys = [
      'leader:mine',
      'leader:kube-scheduler',
      'snapshot:',
      'proof:',
      'incident:kubelet',
      'bus:',
      'backup:a',
    ];
    return keys.filter((key) => isOrphan(key, configOf(yaml)));
  };
  t.same(orphans(''), ['leader:mine', 'snapshot:', 'proof:']);
  t.same(orphans('discover: false'), ['leader:mine', 'leader:kube-scheduler', 'snapshot:', 'proof:']);
  t.same(orphans('leaders: { mine: {} }\nbackup: {}'), []);
});

t.test('a target has what it was not given', async (t) => {
  const settings = resolveAlerts(
    configOf(`
alerts:
  oncall: { alertmanager: { url: "http://alertmanager:9093" } }
  team: { webhook: { urlFrom: /etc/hook, token: "credential:team" }, severity: error, reasons: [unit.*, bus.lost], wait: 1m, repeat: 1d }
  mail: { mail: { server: "smtp://mail:25", from: a@b.c, to: [d@e.f] } }
  page: { command: [/bin/page, now] }
`),
  );
  t.same(settings, [
    {
      target: { name: 'oncall', least: 'warn', reasons: ['*'], waitMs: 10_000, repeatMs: 60_000 },
      place: { kind: 'alertmanager', url: 'http://alertmanager:9093', token: null, ca: null, repeatMs: 60_000 },
    },
    {
      target: { name: 'team', least: 'error', reasons: ['unit.*', 'bus.lost'], waitMs: 60_000, repeatMs: 86_400_000 },
      place: { kind: 'webhook', url: null, urlFrom: '/etc/hook', token: 'credential:team', ca: null },
    },
    {
      target: { name: 'mail', least: 'warn', reasons: ['*'], waitMs: 10_000, repeatMs: 14_400_000 },
      place: {
        kind: 'mail',
        server: 'smtp://mail:25',
        from: 'a@b.c',
        to: ['d@e.f'],
        user: null,
        password: null,
        ca: null,
      },
    },
    {
      target: { name: 'page', least: 'warn', reasons: ['*'], waitMs: 10_000, repeatMs: 14_400_000 },
      place: { kind: 'command', argv: ['/bin/page', 'now'] },
    },
  ]);
});

t.test('what contradicts itself is told, with its place', async (t) => {
  for (const [text, problem] of [
    ['alerts: { a: { severity: warn } }', 'found none, expected exactly one of alertmanager, webhook, mail, command'],
    [
      'alerts: { a: { command: [/bin/x], webhook: { url: "http://a/" } } }',
      'found webhook and command, expected exactly one of alertmanager, webhook, mail, command',
    ],
    ['alerts: { a: { webhook: {} } }', 'expected exactly one of url and urlFrom'],
    ['alerts: { a: { webhook: { url: "http://a/", urlFrom: /b } } }', 'expected exactly one of url and urlFrom'],
    ['alerts: { a: { mail: { server: "smtp://a", from: a@b, to: [c@d], user: u } } }', 'user and password go together'],
    ['alerts: { a: { command: [/bin/x], reasons: [unit.crash] } }', 'there is no reason "unit.crash"; did you mean'],
    ['alerts: { a: { command: [/bin/x], reasons: [units.*] } }', 'there is no reason "units.*"; did you mean unit.*?'],
    ['alerts: { a: { command: [page] } }', 'expected an absolute path as the first word'],
    [
      'alerts: { a: { webhook: { url: "http://a/", token: s3cret } } }',
      'expected an absolute path, or credential:NAME',
    ],
    ['alerts: { a: { mail: { server: "smtp://a", from: "a@b", to: ["c@d\\nBcc: e@f"] } } }', 'expected a mail address'],
    ['alerts: { a: { command: [/bin/x], repeat: 1s } }', 'expected a duration from 10s to 7d'],
  ] as const) {
    const [first, ...others] = problemsOf(text);
    t.match(first, problem, text);
    t.same(others, [], text);
  }
});
