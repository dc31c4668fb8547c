import fc from 'fast-check';
import t from 'tap';
import { durationMs, parseDuration, writeDuration } from '../../src/config/duration.ts';

t.test('durations are a whole number and a unit', async (t) => {
  for (const [text, ms] of [
    ['0s', 0],
    ['500ms', 500],
    ['5s', 5_000],
    ['2m', 120_000],
    ['1h', 3_600_000],
    ['7d', 604_800_000],
    ['007s', 7_000],
    ['999999999d', 86_399_999_913_600_000],
  ] as const)
    t.equal(parseDuration(text), ms, text);
});

t.test('anything else is no duration', async (t) => {
  for (const text of [
    '',
    '5',
    's',
    '-5s',
    '1.5s',
    '5 s',
    '5S',
    '5s ',
    '5s\n',
    '1m30s',
    '0x5s',
    '1e3s',
    '٥s',
    '1000000000s',
  ])
    t.equal(parseDuration(text), null, JSON.stringify(text));
});

t.test('a text that was never checked is a defect and throws', async (t) => {
  t.throws(() => durationMs('soon'), { message: '"soon" is not a duration and was not checked' });
});

t.test('a span is written in the largest unit that leaves nothing over', async (t) => {
  t.equal(writeDuration(0), '0ms');
  t.equal(writeDuration(1_500), '1500ms');
  t.equal(writeDuration(60_000), '1m');
  t.equal(writeDuration(90_000), '90s');
  t.equal(writeDuration(86_400_000), '1d');
});

t.test('what is written is read back as it was', async (t) => {
  fc.assert(fc.property(fc.nat(999_999_999), (ms) => parseDuration(writeDuration(ms)) === ms));
  t.pass();
});
