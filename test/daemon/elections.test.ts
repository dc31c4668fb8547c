/** Elections in real daemons: two that share a lock in a file, a hand-over, a killed leader, a reload, and what they answer meanwhile. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { eventually } from '../serve/raw.ts';
import { ask, createPlace, type Daemon, freePort, type Place, startDaemon } from './stage.ts';

const durations = 'leaseDuration: 3s, renewDeadline: 2s, retryPeriod: 100ms';

interface Node {
  readonly place: Place;
  readonly sidecar: number;
  start(): Daemon;
  configure(election?: string): void;
}

/** Daemons of one host with one lock; what their commands do is in one file, in the order in which they did it. */
async function createStage(t: Test) {
  const { folder } = await createPlace(t);
  const told = join(folder, 'told');
  const lines = (): string[] => (existsSync(told) ? readFileSync(told, 'utf8').trim().split('\n') : []);
  const say = (what: string): string =>
    `[/bin/sh, -c, "echo ${what} $NODEMEND_IDENTITY $NODEMEND_FENCING_TOKEN >> ${told}"]`;

  async function node(identity: string): Promise<Node> {
    const place = await createPlace(t);
    const sidecar = await freePort();
    const lock = `lock: { file: { path: ${folder}/lock.db } }, identity: ${identity}, ${durations}`;
    const commands = `onElected: ${say('elected')}, onLost: ${say('lost')}`;
    const configure = (more = commands): void =>
      place.configure(
        `discover: false\nelections: { boss: { ${lock}, listen: "127.0.0.1:${sidecar}"${more === '' ? '' : `, ${more}`} } }`,
      );
    configure();
    return { place, sidecar, configure, start: () => startDaemon(t, place) };
  }
  return { node, lines };
}

const get = async (url: string): Promise<{ status: number; body: string }> => {
  const response = await fetch(url);
  return { status: response.status, body: await response.text() };
};

const became =
  (role: string) =>
  (line: { readonly [field: string]: unknown }): boolean =>
    line['election'] === 'boss' && line['to'] === role;

const isWon = became('leading');

t.test('one leads and the other knows; a clean end hands over at once, with a higher token', async (t) => {
  const { node, lines } = await createStage(t);
  const [a, b] = [await node('a'), await node('b')];
  const first = a.start();
  const { token } = (await first.line(isWon)) as unknown as { token: number };
  const second = b.start();
  await second.line((line) => line['election'] === 'boss' && line.reason === 'election.standby');

  await t.test('each says who leads, to programs, load balancers, old clients, Prometheus and people', async (t) => {
    for (const [{ place, sidecar }, leads] of [
      [a, true],
      [b, false],
    ] as const) {
      const leader = await get(place.url('/leader/boss'));
      t.equal(leader.status, 200);
      t.match(JSON.parse(leader.body), { name: 'a', leader: leads, token });
      t.equal((await get(place.url('/lb/leader/boss'))).status, leads ? 200 : 503);
      t.match(JSON.parse((await get(`http://127.0.0.1:${sidecar}/`)).body), { name: 'a', last_update: /^20/ });
      const metrics = (await get(place.url('/metrics'))).body;
      t.match(metrics, new RegExp(`^nodemend_election_leader\\{election="boss"\\} ${leads ? 1 : 0}$`, 'm'));
      t.match(metrics, new RegExp(`^nodemend_election_fencing_token\\{election="boss"\\} ${token}$`, 'm'));
      const shown = await ask(place, 'leader', 'boss', '--json');
      t.equal(shown.status, 0);
      t.match(JSON.parse(shown.out), { elections: [{ name: 'boss', leader: 'a', leading: leads }] });
    }
  });

  await t.test('the leader ends well', async (t) => {
    first.kill('SIGTERM');
    const won = (await second.line(isWon)) as unknown as { token: number };
    t.ok(won.token > token);
    t.match(await first.ended, { status: 0 });
    await eventually(() => lines().length === 3);
    t.same(lines(), [`elected a ${token}`, `lost a ${token}`, `elected b ${won.token}`], 'one after the other');
    t.match(JSON.parse((await get(b.place.url('/leader/boss'))).body), { name: 'b', leader: true, token: won.token });
  });
});

t.test('of a leader that is killed the term is brought to its end by the next start', async (t) => {
  const { node, lines } = await createStage(t);
  const a = await node('a');
  const first = a.start();
  const { token } = (await first.line(isWon)) as unknown as { token: number };
  await eventually(() => lines().length === 1);
  first.kill('SIGKILL');
  await first.ended;
  const next = a.start();
  await next.line((line) => line.reason === 'election.interrupted');
  const { token: higher } = (await next.line(isWon)) as unknown as { token: number };
  t.ok(higher > token);
  await eventually(() => lines().length === 3);
  t.same(lines(), [`elected a ${token}`, `lost a ${token}`, `elected a ${higher}`]);
});

t.test(
  'a reload that changes an election ends its term in order; one that takes it away lets go of the lock',
  async (t) => {
    const { node, lines } = await createStage(t);
    const [a, b] = [await node('a'), await node('b')];
    const first = a.start();
    const { token } = (await first.line(isWon)) as unknown as { token: number };
    await eventually(() => lines().length === 1);

    a.configure('campaign: false');
    first.kill('SIGHUP');
    await first.line(became('resigning'));
    await first.line((line) => line['election'] === 'boss' && line.reason === 'election.watching');
    t.same(lines(), [`elected a ${token}`, `lost a ${token}`], 'what was changed is the end of the old term');
    const second = b.start();
    await second.line(isWon);
    await first.line((line) => line['election'] === 'boss' && line['leader'] === 'b');
    t.equal((await get(a.place.url('/lb/leader/boss'))).status, 503, 'who only looks never leads');

    b.place.configure('discover: false');
    second.kill('SIGHUP');
    await second.line(became('resigning'));
    await first.line((line) => line['election'] === 'boss' && line['leader'] === '');
    await eventually(() => lines().at(-1)?.startsWith('lost b') === true);
    t.equal((await get(b.place.url('/leader/boss'))).status, 404);
  },
);

t.test('a lock that cannot be used is told, answered with 503, and never led', async (t) => {
  const { node } = await createStage(t);
  const a = await node('a');
  a.place.configure(
    `discover: false\nelections: { boss: { lock: { file: { path: ${a.place.folder}/none/lock.db } }, ${durations} } }`,
  );
  const daemon = a.start();
  const { detail } = await daemon.line((line) => line.reason === 'election.misconfigured');
  t.match(detail, /none\/lock\.db: unable to open database file/);
  t.match(await get(a.place.url('/leader/boss')), { status: 503, body: /election\.misconfigured/ });
  t.match(await get(a.place.url('/livez')), { status: 200 }, 'and is no reason for the daemon to be unwell');
  t.match(await ask(a.place, 'leader'), { status: 1, out: /the lock cannot be used as it is configured/ });
});

t.test('durations that cannot work are refused at the start', async (t) => {
  const { node } = await createStage(t);
  const a = await node('a');
  a.place.configure('discover: false\nelections: { boss: { leaseDuration: 10s } }');
  t.match(await a.start().ended, {
    status: 2,
    err: /leaseDuration must be longer than renewDeadline; found leaseDuration 10s/,
  });
});
