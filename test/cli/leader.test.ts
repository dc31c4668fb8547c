import t from 'tap';
import { leader } from '../../src/cli/leader.ts';
import { election } from '../serve/stand-in.ts';
import { record } from './recorder.ts';
import { setUp, somewhere } from './stage.ts';

const leading = election('boss');
const following = election('nightly', {
  role: 'standby',
  reason: 'election.standby',
  leading: false,
  leader: 'b_2',
  token: 9,
  leaderSinceWallMs: null,
});
const nobody = { leading: false, leader: '', token: null, leaderSinceWallMs: null } as const;

t.test('who leads, where, since when, with which token, and how fresh that is', async (t) => {
  const { source, socket, io } = await setUp(t);
  source.show({ elections: [leading, following] });
  t.equal(await leader({ socket }, io), 0);
  const [head, first, second] = io.said.out.split('\n');
  t.match(head, /^ELECTION +LEADER +HERE +SINCE +TOKEN +HEARD +REASON$/);
  t.match(first, /^boss +a_1 +leading +10s ago +7 +1\.0s ago +election\.won$/);
  t.match(second, /^nightly +b_2 +standby +- +9 +1\.0s ago +election\.standby$/);
});

t.test('one of them, for programs and for people', async (t) => {
  const { source, socket, io } = await setUp(t);
  source.show({ elections: [leading, following] });
  t.equal(await leader({ socket, election: 'nightly', json: true }, io), 0);
  t.same(JSON.parse(io.said.out), { elections: [following] });
  const other = record();
  t.equal(await leader({ socket, election: 'boss' }, other), 0);
  t.notMatch(other.said.out, 'nightly');
});

t.test('what is not known, and that nobody leads, is the answer no, and explained', async (t) => {
  const { source, socket, io } = await setUp(t);
  const stale = election('boss', {
    ...nobody,
    role: 'standby',
    reason: 'election.unreachable',
    detail: 'connection refused\u001b[31m',
    stale: 'election.stale',
  });
  const free = election('nightly', { ...nobody, role: 'watching', reason: 'election.watching', heardWallMs: null });
  source.show({ elections: [stale, free] });
  t.equal(await leader({ socket }, io), 1);
  t.match(io.said.out, /^boss +not known +standby +- +- +1\.0s ago +election\.stale$/m);
  t.match(io.said.out, /^nightly +nobody +watching +- +- +- +election\.watching$/m);
  t.match(io.said.out, /^boss: the lock has not answered .*\(connection refused \[31m\)$/m, 'and cleaned');
  t.match(io.said.out, /^nightly: this node only looks who leads/m);
  t.equal(await leader({ socket, json: true }, record()), 1);
});

t.test('a holder that is no name is shown and cannot move the cursor', async (t) => {
  const { source, socket, io } = await setUp(t);
  source.show({ elections: [election('boss', { leader: 'x\u001b[2J\ny' })] });
  await leader({ socket }, io);
  t.notMatch(io.said.out, '\u001b');
  t.equal(io.said.out.trim().split('\n').length, 2);
});

t.test('no election, an unknown one, and no daemon', async (t) => {
  const { source, socket, io } = await setUp(t);
  t.equal(await leader({ socket }, io), 0);
  t.equal(io.said.out, 'no election is configured\n');
  source.show({ elections: [leading] });
  t.equal(await leader({ socket, election: 'bos' }, io), 2);
  t.equal(io.said.err, 'unknown election "bos": known are boss\n');
  t.equal(await leader({ socket: somewhere(t) }, record()), 3);
});
