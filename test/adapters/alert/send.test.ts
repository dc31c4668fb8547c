/** Messages as they arrive at real servers, and at servers that are down, refuse, hang or answer nonsense. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { createSender } from '../../../src/adapters/alert/send.ts';
import { runCommand } from '../../../src/adapters/exec/run.ts';
import type { Alert } from '../../../src/core/alert/state.ts';
import type { AlertMessage, AlertPlace } from '../../../src/ports.ts';
import { skipWithoutDebian } from '../../programs.ts';
import {
  freePort,
  startAlertmanager,
  startGuardedMailServer,
  startHook,
  startMailServer,
  startServer,
} from './servers.ts';

const now = Date.now();
const fixture = (name: string): string => join(import.meta.dirname, '../../fixtures/tls', name);

const exhausted: Alert = {
  key: 'exhausted:kubelet',
  component: 'kubelet',
  reason: 'restart.budget-spent',
  detail: 'unit.crashed\u001b[2J\r\nBcc: everybody@example.org <b>bold</b>',
  sinceWallMs: now - 60_000,
  endedWallMs: null,
  endAtMs: null,
  always: true,
};

const message = (alerts: readonly Alert[], changes: Partial<AlertMessage> = {}): AlertMessage => ({
  node: 'worker-1',
  notice: { id: 7, alerts },
  lost: 0,
  test: false,
  ...changes,
});

const sender = (timeoutMs = 15_000) => createSender({ run: runCommand, wallMs: () => now, timeoutMs });
const send = sender();

const hook = (changes: Partial<Extract<AlertPlace, { kind: 'webhook' }>>): AlertPlace => ({
  kind: 'webhook',
  url: null,
  urlFrom: null,
  token: null,
  ca: null,
  ...changes,
});

const post = (server: string, changes: Partial<Extract<AlertPlace, { kind: 'mail' }>> = {}): AlertPlace => ({
  kind: 'mail',
  server,
  from: 'nodemend@worker-1.example',
  to: ['oncall@example.org', 'second@example.org'],
  user: null,
  password: null,
  ca: null,
  ...changes,
});

t.test(
  'Alertmanager takes an alert, knows it again, and knows when it is over',
  { skip: skipWithoutDebian('prometheus-alertmanager') },
  async (t) => {
    const real = await startAlertmanager(t);
    const place: AlertPlace = { kind: 'alertmanager', url: `${real.url}/`, token: null, ca: null, repeatMs: 60_000 };
    t.same(await send(place, message([exhausted])), { ok: true, final: false, detail: '' });
    t.same(await send(place, message([exhausted], { lost: 3 })), { ok: true, final: false, detail: '' });
    const [alert, ...others] = await real.alerts();
    t.same(others, [], 'told twice it is one');
    t.same(alert?.labels, {
      alertname: 'NodemendExhausted',
      node: 'worker-1',
      component: 'kubelet',
      reason: 'restart.budget-spent',
      severity: 'critical',
    });
    t.equal(alert?.annotations['runbook'], 'nodemend explain restart.budget-spent');
    t.match(alert?.annotations['summary'], /^kubelet on worker-1: the budget of actions is spent/);
    t.equal(alert?.annotations['lost'], '3 earlier messages were lost, because too many waited');
    t.equal(alert?.endsAt, new Date(now + 300_000).toISOString());
    await send(place, message([{ ...exhausted, endedWallMs: now - 1_000 }]));
    t.same(await real.alerts(), [], 'what is over is not shown any more');
    const test = await send(place, message([], { test: true }));
    t.same(test, { ok: true, final: false, detail: '' });
    t.match(await real.alerts(), [{ labels: { alertname: 'NodemendTest', node: 'worker-1' } }]);
  },
);

t.test(
  'a mail arrives, with nothing in it that could be taken for a header',
  { skip: skipWithoutDebian('python3-aiosmtpd') },
  async (t) => {
    const server = await startMailServer(t);
    const second = { ...exhausted, key: 'bus:', component: null, reason: 'bus.lost', detail: '' } as const;
    t.same(await send(post(server.url), message([exhausted, second], { lost: 2 })), {
      ok: true,
      final: false,
      detail: '',
    });
    const [mail = '', ...others] = server.mails();
    t.same(others, []);
    const [head = '', ...body] = mail.split('\n\n');
    const text = body.join('\n\n').replace(/=\n/g, '').replaceAll('=3D', '=');
    t.match(head, /^From: nodemend@worker-1\.example$/m);
    t.match(head, /^To: oncall@example\.org, second@example\.org$/m);
    t.match(head.replace(/\n /g, ' '), /^Subject: \[nodemend\] kubelet on worker-1: the budget of actions is spent/m);
    t.match(head, /^Auto-Submitted: auto-generated$/m);
    t.notMatch(head, /^Bcc:/im);
    t.match(text, /^ {2}reason {4}restart\.budget-spent$/m);
    t.match(text, /^ {2}you {7}mend the cause/m);
    t.match(text, /^worker-1: the system bus cannot be reached/m);
    t.match(text, /^2 earlier messages were lost, because too many waited\.$/m);
    t.notMatch(mail, '\u001b');
  },
);

t.test(
  'a password is never sent over a line that others can read',
  { skip: skipWithoutDebian('python3-aiosmtpd') },
  async (t) => {
    const server = await startMailServer(t);
    const password = join(t.testdir({ password: 'hunter2\n' }), 'password');
    const result = await send(post(server.url, { user: 'nodemend', password }), message([exhausted]));
    t.match(result, { ok: false, final: false, detail: /STARTTLS/i });
    t.notMatch(result.detail, 'hunter2');
    t.same(server.mails(), []);
  },
);

for (const how of ['starttls', 'smtps'] as const) {
  t.test(
    `a mail is sent after a log-in over TLS: ${how}`,
    { skip: skipWithoutDebian('python3-aiosmtpd') },
    async (t) => {
      const server = await startGuardedMailServer(t, how);
      const folder = t.testdir({ right: 'hunter2\n', wrong: 'hunter3' });
      const ca = fixture('ca.pem');
      const logIn = { user: 'nodemend', password: join(folder, 'right'), ca };
      t.same(await send(post(server.url, logIn), message([exhausted])), { ok: true, final: false, detail: '' });
      t.equal(server.mails().length, 1);
      const wrong = await send(post(server.url, { ...logIn, password: join(folder, 'wrong') }), message([exhausted]));
      t.match(wrong, { ok: false, final: false, detail: /535/ }, 'a password may be put right');
      t.notMatch(wrong.detail, 'hunter');
      const stranger = await send(post(server.url, { ...logIn, ca: fixture('other-ca.pem') }), message([exhausted]));
      t.match(stranger, { ok: false, final: false, detail: /certificate/ });
      t.equal(server.mails().length, 1, 'nothing else arrived');
    },
  );
}

t.test('a webhook gets a document, with its token', async (t) => {
  const server = await startHook(t);
  const token = join(t.testdir({ token: ' s3cret-t0ken \n' }), 'token');
  const over = { ...exhausted, endedWallMs: now };
  t.same(await send(hook({ url: `${server.url}/hook?a=b`, token }), message([exhausted, over])), {
    ok: true,
    final: false,
    detail: '',
  });
  const [{ path, headers, body } = { path: '', headers: {}, body: '{}' }] = server.received;
  t.equal(path, '/hook?a=b');
  t.equal(headers['authorization'], 'Bearer s3cret-t0ken');
  t.equal(headers['content-type'], 'application/json');
  t.match(JSON.parse(body), {
    version: 1,
    node: 'worker-1',
    id: 7,
    test: false,
    status: 'firing',
    lost: 0,
    text: /^kubelet on worker-1: the budget of actions is spent.*, and 1 more$/,
    alerts: [
      {
        kind: 'exhausted',
        component: 'kubelet',
        reason: 'restart.budget-spent',
        severity: 'error',
        status: 'firing',
        ended: null,
        detail: 'unit.crashed [2J Bcc: everybody@example.org <b>bold</b>',
      },
      { status: 'resolved', summary: /^over: kubelet on worker-1/, ended: new Date(now).toISOString() },
    ],
  });
});

t.test('a command gets the message in its environment', async (t) => {
  const folder = t.testdir({});
  const keep = `printf '%s\\n%s' "$NODEMEND_TEXT" "$NODEMEND_NOTICE" > ${folder}/kept; env > ${folder}/env`;
  const result = await send({ kind: 'command', argv: ['/bin/sh', '-c', keep] }, message([exhausted]));
  t.same(result, { ok: true, final: false, detail: '' });
  const { readFileSync } = await import('node:fs');
  const [text, document] = readFileSync(join(folder, 'kept'), 'utf8').split('\n');
  t.match(text, /^kubelet on worker-1: the budget/);
  t.equal(JSON.parse(document ?? '').alerts[0].component, 'kubelet');
  const failed = await send({ kind: 'command', argv: ['/bin/sh', '-c', 'echo no >&2; exit 3'] }, message([exhausted]));
  t.same(failed, { ok: false, final: false, detail: '/bin/sh: exit status 3 no' });
  const missing = await send({ kind: 'command', argv: ['/nowhere/page'] }, message([exhausted]));
  t.match(missing, { ok: false, final: false, detail: /^\/nowhere\/page: ENOENT/ });
  const slow = await sender(50)({ kind: 'command', argv: ['/bin/sleep', '60'] }, message([exhausted]));
  t.match(slow, { ok: false, final: false });
});

t.test('a target that is down, refuses, hangs or answers nonsense: kept for another try', async (t) => {
  const gone = await freePort();
  const silent = await startServer(t, () => {});
  const nonsense = await startServer(t, (socket) => void socket.end('\u0000\u0001 what is this\r\n\r\n'));
  const endless = await startServer(t, (socket) => {
    socket.write('HTTP/1.1 500 No\r\n\r\n');
    const push = () => {
      while (!socket.destroyed && socket.write('x'.repeat(65_536)));
    };
    socket.on('drain', push);
    push();
  });
  const quick = sender(300);
  const places = (port: number): AlertPlace[] => [
    hook({ url: `http://127.0.0.1:${port}/` }),
    { kind: 'alertmanager', url: `http://127.0.0.1:${port}`, token: null, ca: null, repeatMs: 60_000 },
    post(`smtp://127.0.0.1:${port}`),
    post(`smtps://127.0.0.1:${port}`),
  ];
  for (const [what, port] of Object.entries({ gone, silent, nonsense, endless })) {
    for (const place of places(port)) {
      const result = await quick(place, message([exhausted]));
      t.match(result, { ok: false, final: false, detail: /./ }, `${what} ${place.kind}`);
      t.ok(result.detail.length <= 200, `${what} ${place.kind}: ${result.detail}`);
    }
  }
});

t.test('what a target says decides whether it is tried again', async (t) => {
  const server = await startHook(t);
  for (const [status, final] of [
    [400, true],
    [404, true],
    [413, true],
    [401, false],
    [429, false],
    [500, false],
    [503, false],
    [302, false],
  ] as const) {
    server.answer(status, 'no \u001b[2J thanks');
    const result = await send(hook({ url: server.url }), message([exhausted]));
    t.match(result, { ok: false, final }, String(status));
    t.match(result.detail, /^\d+ .*: no {1,2}\[2J thanks$/, 'its words are told, cleaned');
  }
});

t.test('secrets that are missing, empty or renewed; none is ever told', async (t) => {
  const folder = t.testdir({ url: '', token: 'first' });
  const [urlFrom, token] = [join(folder, 'url'), join(folder, 'token')];
  const place = hook({ urlFrom, token });
  t.match(await send(place, message([exhausted])), { ok: false, final: false, detail: /the address in .* is empty/ });
  const server = await startHook(t);
  server.answer(404, 'no such hook: /s3cret-path, first');
  writeFileSync(urlFrom, `${server.url}/s3cret-path\n`);
  const refused = await send(place, message([exhausted]));
  t.notMatch(refused.detail, 'first', 'a token that is sent back');
  const gone = await freePort();
  writeFileSync(urlFrom, `http://127.0.0.1:${gone}/s3cret-path`);
  t.notMatch((await send(place, message([exhausted]))).detail, 's3cret');
  writeFileSync(urlFrom, 'not a URL, s3cret');
  t.same(await send(place, message([exhausted])), { ok: false, final: false, detail: 'what urlFrom names is no URL' });
  server.answer(200, '');
  writeFileSync(urlFrom, `${server.url}/x`);
  writeFileSync(token, 'second');
  t.match(await send(place, message([exhausted])), { ok: true });
  t.same(
    server.received.map(({ headers }) => headers['authorization']),
    ['Bearer first', 'Bearer second'],
  );
  rmSync(token);
  t.match(await send(place, message([exhausted])), {
    ok: false,
    final: false,
    detail: `cannot read the token from ${token}: ENOENT`,
  });
});

t.test('a credential of systemd', async (t) => {
  const folder = t.testdir({ 'hook-token': 'from-systemd' });
  const server = await startHook(t);
  const place = hook({ url: server.url, token: 'credential:hook-token' });
  const without = await send(place, message([exhausted]));
  t.match(without, { ok: false, detail: /LoadCredential=hook-token:/ });
  process.env['CREDENTIALS_DIRECTORY'] = folder;
  t.teardown(() => Reflect.deleteProperty(process.env, 'CREDENTIALS_DIRECTORY'));
  t.match(await send(place, message([exhausted])), { ok: true });
  t.equal(server.received[0]?.headers['authorization'], 'Bearer from-systemd');
});
