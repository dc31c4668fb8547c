import t from 'tap';
import type { Alert } from '../src/core/alert/state.ts';
import { createSentAlerts } from '../src/sent-alerts.ts';

const alert = (changes: Partial<Alert> = {}): Alert => ({
  key: 'incident:kubelet',
  component: 'kubelet',
  reason: 'unit.crashed',
  detail: '',
  sinceWallMs: 1_000,
  endedWallMs: null,
  endAtMs: null,
  always: false,
  ...changes,
});

function stage(kept: unknown = null) {
  const written: unknown[] = [];
  const sent = createSentAlerts({ kept: () => kept, keep: (_name, value) => void written.push(value) });
  const note = (wallMs: number, target: string, ...alerts: Alert[]) => sent.note(wallMs, target, { id: 1, alerts });
  return { sent, written, note };
}

t.test('what lasts is told again and counts once; its end, another target and the next time are news', async (t) => {
  const { sent, written, note } = stage();
  note(2_000, 'oncall', alert());
  for (let again = 0; again < 100; again += 1) note(3_000 + again, 'oncall', alert());
  t.equal(written.length, 1, 'nothing is written for what is no news');
  note(4_000, 'mail', alert());
  note(5_000, 'oncall', alert({ endedWallMs: 5_000 }));
  note(7_000, 'oncall', alert({ sinceWallMs: 6_000 }), alert({ sinceWallMs: 6_000, component: null }));
  t.same(
    sent.since(0).map(({ wallMs, target, component, ended }) => [wallMs, target, component, ended]),
    [
      [2_000, 'oncall', 'kubelet', false],
      [4_000, 'mail', 'kubelet', false],
      [5_000, 'oncall', 'kubelet', true],
      [7_000, 'oncall', 'kubelet', false],
      [7_000, 'oncall', null, false],
    ],
  );
  t.equal(sent.since(6_000).length, 2);
  t.same(stage(written.at(-1)).sent.since(0), sent.since(0), 'the next agent knows it');
});

t.test('it is bounded, and what cannot be read is begun anew', async (t) => {
  const { sent, note } = stage({ not: 'a list' });
  for (let at = 0; at < 1_100; at += 1) note(at, 'oncall', alert({ sinceWallMs: at }));
  t.equal(sent.since(0).length, 1_000);
  t.equal(sent.since(0)[0]?.wallMs, 100, 'the newest stay');
});
