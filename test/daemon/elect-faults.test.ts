/** Whatever becomes of `nodemend elect`, its guard or its command: the command has ended before another may lead. */
import t from 'tap';
import { createStage, eventually, isGone, noTwoActed } from './elect-stage.ts';

t.jobs = 4;

t.test(
  'a command that ignores SIGTERM gets SIGKILL before the lock is let go of, and so does what it has started',
  async (t) => {
    const stage = createStage(t);
    const [shell, flag, script = ''] = stage.actor('');
    const first = stage.stand('boss', '--', shell ?? '', flag ?? '', `trap '' TERM; (${script}) & ${script}`);
    const { pid } = await stage.nextTerm();
    const second = stage.stand('boss', '--', ...stage.actor('exit 4'));
    await eventually(() => /stands by/.test(second.said()));
    first.kill('SIGTERM');
    await stage.nextTerm();
    t.ok(isGone(pid));
    t.match(await first.ended, { status: 128 + 9 });
    second.kill('SIGTERM');
    await second.ended;
    noTwoActed(t, stage);
  },
);

for (const [what, signal] of [
  ['killed', 'SIGKILL'],
  ['frozen', 'SIGSTOP'],
] as const) {
  t.test(`of one that is ${what} the command ends before another may lead, although it ignores SIGTERM`, async (t) => {
    // On a busy machine everything is late by a second.
    const stage = createStage(t, '5s');
    const first = stage.stand('boss', '--', ...stage.actor(''));
    const { pid } = await stage.nextTerm();
    const second = stage.stand('boss', '--', ...stage.actor('exit 4'));
    await eventually(() => /stands by/.test(second.said()));
    first.kill(signal);
    await stage.nextTerm();
    t.ok(isGone(pid), 'and not by the hand of the one that ran it');
    if (signal === 'SIGSTOP') {
      first.kill('SIGCONT');
      second.kill('SIGTERM');
      t.ok((await stage.nextTerm()).pid !== pid, 'thawed it stands again, and runs the command anew when it leads');
      first.kill('SIGTERM');
      await first.ended;
    }
    noTwoActed(t, stage);
  });
}

t.test('without its guard the command is ended, and nodemend says so', async (t) => {
  const stage = createStage(t);
  const one = stage.stand('boss', '--', ...stage.actor(''));
  const { guard, pid } = await stage.nextTerm();
  process.kill(guard, 'SIGKILL');
  t.match(await one.ended, { status: 1, err: /the process that guards the command is gone; the command was killed/ });
  await eventually(() => isGone(pid));
});
