/** A crash of a unit that systemd restarts after a delay of its own, as Debian and kubeadm ship them: systemd alone against nodemend. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Measurement } from '../figure.ts';
import { generous, type Row, type Stage } from '../stage.ts';

const units = ['containerd', 'kubelet'] as const;
const roundsAlone = 5;
const roundsMended = 50;
const withinMs = 60_000;
/** systemd gives up a unit that starts more than 5 times in 10 s; Debian's containerd keeps that setting. */
const apartMs = 2_200;

const config = `components:
  containerd: { preset: containerd, ${generous} }
  kubelet: { preset: kubelet, ${generous} }
`;

type Times = Record<(typeof units)[number], number[]>;

async function alone({ clock, say, rounds }: Stage): Promise<Times> {
  const times: Times = { containerd: [], kubelet: [] };
  const count = rounds(roundsAlone);
  for (let round = 1; round <= count; round += 1) {
    say(`systemd alone, ${round} of ${count}`);
    await Promise.all(units.map(async (unit) => times[unit].push(await clock.crash(`${unit}.service`, withinMs))));
    await delay(apartMs);
  }
  return times;
}

async function mended(stage: Stage): Promise<Times> {
  const times: Times = { containerd: [], kubelet: [] };
  const count = stage.rounds(roundsMended);
  for (let round = 1; round <= count; round += 1) {
    if (round % 10 === 0) stage.say(`nodemend, ${round} of ${count}`);
    for (const unit of units) {
      times[unit].push(await stage.clock.crash(`${unit}.service`, withinMs));
      await delay(apartMs / units.length);
      for (const other of units) await stage.awaitHealthy(other);
    }
  }
  return times;
}

export const restartSetting: Row = {
  name: 'restart-setting',
  title: "SIGKILL to running, Debian's containerd (RestartSec=5) and kubeadm's kubelet unit (RestartSec=10)",
  run: async (stage) => {
    await stage.stopNodemend();
    const bySystemd = await alone(stage);
    await stage.startNodemend(config, units);
    const byNodemend = await mended(stage);
    return units.flatMap((unit): Measurement[] => [
      { what: `crash of ${unit} to running`, who: 'systemd alone', unit: 'ms', values: bySystemd[unit] },
      { what: `crash of ${unit} to running`, who: 'nodemend', unit: 'ms', values: byNodemend[unit] },
    ]);
  },
};
