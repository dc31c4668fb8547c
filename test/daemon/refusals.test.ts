import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { createProgram } from '../../src/commands.ts';
import { record } from '../cli/recorder.ts';
import { waitFor } from '../lab/harness/wait.ts';
import { ask, createPlace, runCli, says, startDaemon } from './stage.ts';

t.test('an unusable configuration: exit 2 with every problem, and nothing was begun', async (t) => {
  const place = await createPlace(t);
  writeFileSync(place.file, 'lissten: 1\ndiscover: maybe\n');
  const { status, err, out } = await runCli(place, 'run', '--config', place.file);
  t.equal(status, 2);
  t.equal(out, '');
  t.equal(
    err,
    `${place.file}:1:1: lissten: there is no key "lissten" here; did you mean listen?
${place.file}:2:11: discover: found "maybe", expected true or false
`,
  );
});

t.test('with a last good one it comes back all the same, and says what is wrong', async (t) => {
  const place = await createPlace(t);
  place.configure('discover: false');
  const first = startDaemon(t, place);
  await first.line(says('store.fresh'));
  await first.line(says('config.loaded'));
  first.kill('SIGTERM');
  await first.ended;
  writeFileSync(place.file, 'discover: maybe');
  const second = startDaemon(t, place);
  t.match(await second.line(says('config.rejected')), { detail: /discover: found "maybe"/ });
  // It listens a little later.
  const isAlive = async (): Promise<boolean> => (await fetch(place.url('/livez'))).status === 200;
  await waitFor(isAlive, 30_000, 'the daemon to answer');
});

t.test('a daemon that is not there: exit 3 and what to do', async (t) => {
  const place = await createPlace(t);
  t.match(await runCli(place, 'status', '--socket', place.socket), {
    status: 3,
    out: '',
    err: `cannot reach the daemon on ${place.socket}: there is no such socket: is the daemon running? see systemctl status nodemend\n`,
  });
});

t.test('a bus that is not there: discover says so, exit 3', async (t) => {
  const place = await createPlace(t);
  place.configure('');
  t.match(await runCli(place, 'discover', '--config', place.file), {
    status: 3,
    err: 'cannot reach systemd over the system bus; run this as root on the node itself\n',
  });
});

t.test('without HOME, without a state directory it may write to, it mends in memory and says so', async (t) => {
  const place = await createPlace(t);
  place.configure('discover: false');
  writeFileSync(join(place.folder, 'file'), '');
  const env = { STATE_DIRECTORY: join(place.folder, 'file/state'), DBUS_SYSTEM_BUS_ADDRESS: 'unix:path=/nowhere' };
  const daemon = startDaemon(t, { ...place, env });
  t.match(await daemon.line(says('store.unwritable')), { level: 50 });
  await daemon.line(says('config.loaded'));
  const status = await ask(place, 'status');
  t.match(status.out, /the store is unwritable: budgets are conservative, no reboots/);
  daemon.kill('SIGTERM');
  t.match(await daemon.ended, { status: 0 });
});

t.test('a control socket that cannot be made costs the operators, not the node', async (t) => {
  const place = await createPlace(t);
  writeFileSync(place.file, `discover: false\nlisten: 127.0.0.1:${place.port}\nsocket: ${place.folder}/none/a.sock\n`);
  const daemon = startDaemon(t, place);
  t.match(await daemon.line((line) => line['level'] === 50), { msg: /^cannot listen on .*none\/a\.sock/ });
  await daemon.line(says('config.loaded'));
  t.equal((await fetch(place.url('/livez'))).status, 200);
});

t.test('a control socket of a live daemon is not taken', async (t) => {
  const [one, two] = [await createPlace(t), await createPlace(t)];
  one.configure('discover: false');
  const first = startDaemon(t, one);
  await first.line(says('config.loaded'));
  writeFileSync(two.file, `listen: 127.0.0.1:${two.port}\nsocket: ${one.socket}\n`);
  t.match(await runCli(two, 'run', '--config', two.file), {
    status: 1,
    err: `cannot listen on ${one.socket}: another daemon listens there; stop it first\n`,
  });
});

t.test('every command has its help, and wrong words are told', async (t) => {
  const words = ['run', 'check', 'discover', 'schema', 'status', 'history', 'pause', 'resume', 'restart'];
  for (const word of words) {
    const io = record();
    const program = createProgram(io, () => t.fail('it ran'), '0');
    await t.rejects(
      program.parseAsync(['node', 'nodemend', word, '--help']),
      { code: 'commander.helpDisplayed' },
      word,
    );
    t.match(io.said.out, `Usage: nodemend ${word}`);
  }
  const place = await createPlace(t);
  const [help, wrong] = await Promise.all([runCli(place, '--help'), runCli(place, 'mend')]);
  t.match(help, { status: 0, out: /Usage: nodemend .*Exit status: 0 fine, 1 the answer is no/s });
  t.match(wrong, { status: 2, err: /unknown command 'mend'/ });
});
