/** The commands at both ends of a term, as real processes. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { createHooks } from '../../../src/adapters/exec/hooks.ts';
import { startCommand } from '../../../src/adapters/exec/run.ts';
import { eventually } from '../../serve/raw.ts';
import { makeFolder, plentyMs } from '../probe/stage.ts';

const now = Promise.resolve();

function createStage(t: Test) {
  const hooks = createHooks(startCommand);
  const file = join(makeFolder(t), 'said');
  const said = (): string => (existsSync(file) ? readFileSync(file, 'utf8') : '');
  /** `$1` is the file that is said to. */
  const run = (
    hook: 'elected' | 'lost',
    script: string,
    {
      ready = now,
      election = 'boss',
      timeoutMs = plentyMs,
    }: Partial<Record<'ready', Promise<unknown>>> & {
      election?: string;
      timeoutMs?: number;
    } = {},
  ) => {
    const argv = ['/bin/sh', '-c', script, 'sh', file];
    const words = { identity: 'me', token: 7, argv, timeoutMs };
    return hooks.run({ type: 'hook.run', id: 'hook-1', election, hook, ...words }, ready);
  };
  return { hooks, run, said };
}

const done = { ok: true, reason: 'action.done' };
const canceled = { ok: false, reason: 'action.canceled', detail: 'its term is over' };
/** Says that it is there, then stays. */
const stay = 'echo "$$" >> "$1"; exec sleep 1000';

t.test('a command has the words of its term', async (t) => {
  const { run, said } = createStage(t);
  t.match(await run('elected', 'env > "$1"'), done);
  for (const word of ['NODEMEND_ELECTION=boss', 'NODEMEND_IDENTITY=me', 'NODEMEND_FENCING_TOKEN=7'])
    t.ok(said().split('\n').includes(word), word);
});

t.test('what goes wrong with it is told', async (t) => {
  const { run, hooks } = createStage(t);
  t.match(await run('lost', 'echo no >&2; exit 3'), { ok: false, reason: 'action.failed', detail: /exit status 3 no/ });
  t.match(await run('lost', 'sleep 1000', { timeoutMs: 50 }), { ok: false, reason: 'action.timeout' });
  const absent = { identity: 'me', token: 7, argv: ['/no/such/program'], timeoutMs: plentyMs };
  t.match(await hooks.run({ type: 'hook.run', id: 'hook-1', election: 'boss', hook: 'lost', ...absent }, now), {
    ok: false,
    reason: 'action.failed',
    detail: /ENOENT/,
  });
});

t.test('the end of a term ends what its beginning still runs, before its own command begins', async (t) => {
  const { run, said } = createStage(t);
  const elected = run('elected', stay);
  await eventually(() => said() !== '');
  const lost = run('lost', `kill -0 ${said().trim()} 2>/dev/null && echo both >> "$1"; echo lost >> "$1"`);
  t.same(await elected, canceled);
  t.match(await lost, done);
  t.match(said(), /^\d+\nlost\n$/, 'at no time are there both');
});

t.test('a beginning that is still waited for when its term ends never comes', async (t) => {
  const { run, said } = createStage(t);
  const { promise: ready, resolve } = Promise.withResolvers<void>();
  const elected = run('elected', 'echo elected >> "$1"', { ready });
  t.match(await run('lost', 'echo lost >> "$1"'), done, 'the end does not wait for it');
  resolve();
  t.same(await elected, canceled);
  t.equal(said(), 'lost\n');
});

t.test('the same where there is no command for the end', async (t) => {
  const { run, hooks, said } = createStage(t);
  const { promise: ready, resolve } = Promise.withResolvers<void>();
  const elected = run('elected', 'echo elected >> "$1"', { ready });
  hooks.end('boss');
  resolve();
  t.same(await elected, canceled);
  t.equal(said(), '');
  const next = run('elected', stay);
  await eventually(() => said() !== '');
  hooks.end('boss');
  t.same(await next, canceled, 'one that runs is ended');
});

t.test('each election has its own', async (t) => {
  const { run, hooks, said } = createStage(t);
  const one = run('elected', stay);
  await eventually(() => said() !== '');
  t.match(await run('elected', 'true', { election: 'other' }), done);
  hooks.end('other');
  hooks.end('nobody');
  t.match(await run('lost', `kill -0 ${said().trim()}`, { election: 'other' }), done, 'that of the first still runs');
  hooks.end('boss');
  t.same(await one, canceled);
});
