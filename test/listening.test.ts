import t from 'tap';
import { createListening } from '../src/listening.ts';

class Final extends Error {}

const isFinal = (error: unknown): boolean => error instanceof Final;

t.test('a refusal is told once and tried again until it works', async (t) => {
  const { promise: worked, resolve } = Promise.withResolvers<void>();
  const refusals = ['taken', 'taken', 'away', 'taken'];
  const told: string[] = [];
  let attempts = 0;
  const attempt = async () => {
    const refusal = refusals[attempts];
    attempts += 1;
    if (refusal !== undefined) throw new Error(refusal);
    resolve();
  };
  const listening = createListening(attempt, isFinal, (message) => told.push(message), 1);
  await listening.begin();
  t.same(told, ['taken'], 'the start goes on after the first attempt');
  await worked;
  t.equal(attempts, 5);
  t.same(told, ['taken', 'away', 'taken']);
});

t.test('what is of no use to try again ends the start', async (t) => {
  const attempt = () => Promise.reject(new Final('another daemon listens there'));
  const listening = createListening(attempt, isFinal, () => t.fail('it is told by the rejection'), 1);
  await t.rejects(listening.begin(), { message: 'another daemon listens there' });
});

t.test('later on, nothing ends it but a stop', async (t) => {
  const { promise: third, resolve } = Promise.withResolvers<void>();
  let attempts = 0;
  const attempt = async () => {
    attempts += 1;
    if (attempts === 3) resolve();
    throw attempts === 1 ? new Error('away') : new Final('another daemon');
  };
  const listening = createListening(attempt, isFinal, () => undefined, 1);
  await listening.begin();
  await third;
  listening.stop();
  const known = attempts;
  for (let turn = 0; turn < 20; turn += 1) await new Promise((again) => setTimeout(again, 1));
  t.equal(attempts, known);
});
