/**
 * The record of what the simulator found in the agent: what was wrong, which seed showed it first, and the story it was shrunk to. A line is never
 * taken off; found.test.ts plays them all.
 */
import type { Scheduled } from '../../src/sim/happening.ts';

export interface Found {
  /** What holds since. */
  readonly now: string;
  /** Of the swarm, at the time; the swarm has changed since, the story has not. */
  readonly seed: number;
  readonly node: string;
  readonly story: readonly Scheduled[];
  readonly hours: number;
}

const minute = 60_000;
const containerd = 'containerd.service';
const docker = 'docker.service';
const kubelet = 'kubelet.service';
const worker = 'worker.service';

export const found: readonly Found[] = [
  {
    now: 'a kubelet that was held while containerd hung is not blamed for what was seen meanwhile',
    seed: 1,
    node: 'worker',
    story: [{ atMs: 60 * minute, happening: { what: 'freeze', unit: containerd, forMs: null } }],
    hours: 3,
  },
  {
    now: 'a docker that went down with containerd is started once, not planned without end',
    seed: 7,
    node: 'docker host',
    story: [{ atMs: 54 * minute, happening: { what: 'crash', unit: containerd } }],
    hours: 3,
  },
  {
    now: 'the kubelet is not restarted while an operator has frozen containerd',
    seed: 31,
    node: 'control plane',
    story: [
      { atMs: 60 * minute, happening: { what: 'systemctl', verb: 'freeze', unit: containerd } },
      { atMs: 70 * minute, happening: { what: 'systemctl', verb: 'thaw', unit: containerd } },
    ],
    hours: 3,
  },
  {
    now: 'past the top of the ladder a command alone is not repeated for ever',
    seed: 6,
    node: 'last resort',
    story: [
      { atMs: 60 * minute, happening: { what: 'deadlock', unit: kubelet } },
      { atMs: 60 * minute, happening: { what: 'deny-bus', forMs: 20 * minute } },
    ],
    hours: 3,
  },
  {
    now: 'an exhausted kubelet is not blamed for what was seen while containerd was sick',
    seed: 44,
    node: 'last resort',
    story: [
      { atMs: 7_441_632, happening: { what: 'deny-bus', forMs: 514_000 } },
      { atMs: 7_676_520, happening: { what: 'halt-agent', forMs: 26_000 } },
      { atMs: 7_711_374, happening: { what: 'hang-bus', forMs: 213_000 } },
      { atMs: 7_711_634, happening: { what: 'sicken', unit: kubelet } },
      { atMs: 8_242_330, happening: { what: 'sicken', unit: containerd } },
    ],
    hours: 6,
  },
  {
    now: 'a docker that starts is not blamed, when its grace is over, for what was seen while containerd was sick',
    seed: 235,
    node: 'docker host',
    story: [
      { atMs: 17_868_636, happening: { what: 'lose-bus', forMs: 217_898 } },
      { atMs: 17_897_759, happening: { what: 'stay-sick', unit: containerd, forMs: 236_000 } },
      { atMs: 17_908_182, happening: { what: 'strain', pressure: 0.376, slowLooksMs: 3_776, forMs: 569_000 } },
      { atMs: 17_964_825, happening: { what: 'stay-sick', unit: docker, forMs: 1_324_000 } },
    ],
    hours: 6,
  },
  {
    now: 'a unit that an operator stops while systemd waits to restart it stays stopped',
    seed: 75,
    node: 'docker host',
    story: [
      { atMs: 60 * minute, happening: { what: 'crash', unit: docker } },
      { atMs: 61 * minute, happening: { what: 'crash', unit: docker } },
      { atMs: 61 * minute + 1_000, happening: { what: 'systemctl', verb: 'stop', unit: docker } },
    ],
    hours: 3,
  },
  {
    now: 'a docker that went down with containerd while the bus was hung is started again',
    seed: 148,
    node: 'docker host',
    story: [
      { atMs: 60 * minute, happening: { what: 'hang-bus', forMs: 66_000 } },
      { atMs: 60 * minute + 40_000, happening: { what: 'crash', unit: containerd } },
    ],
    hours: 3,
  },
  {
    now: 'a docker that could not start at boot for want of containerd is started once containerd is up',
    seed: 205,
    node: 'docker host',
    story: [
      { atMs: 60 * minute, happening: { what: 'reboot' } },
      { atMs: 60 * minute, happening: { what: 'fail-to-start', unit: containerd, forMs: 10 * minute } },
    ],
    hours: 3,
  },
  {
    now: 'so it is when the start of containerd hangs and times out',
    seed: 226,
    node: 'docker host',
    story: [
      { atMs: 60 * minute, happening: { what: 'reboot' } },
      { atMs: 60 * minute, happening: { what: 'hang-at-start', unit: containerd, forMs: 10 * minute } },
    ],
    hours: 3,
  },
  {
    now: 'a docker that went down with a killed containerd unseen is started again',
    seed: 2020,
    node: 'docker host',
    story: [
      { atMs: 15_922_061, happening: { what: 'lose-signals', share: 0.92, forMs: 360_000 } },
      { atMs: 15_926_883, happening: { what: 'deadlock', unit: containerd } },
    ],
    hours: 6,
  },
  {
    now: 'a budget that shrinks because the disk is full makes the next retry wait as long as any other',
    seed: 5019,
    node: 'docker node',
    story: [
      {
        atMs: 7_912_092.246492393,
        happening: { what: 'crash-again', unit: containerd, everyMs: 53_000, forMs: 874_000 },
      },
      { atMs: 7_912_647.0251893625, happening: { what: 'fill-disk', forMs: 164_000 } },
    ],
    hours: 6,
  },
  {
    now: 'a docker that went down with containerd is started again although news of it came late',
    seed: 186,
    node: 'docker host',
    story: [
      { atMs: 17_558_619.49791154, happening: { what: 'slow-bus', lagMs: 2_225, forMs: 88_000 } },
      { atMs: 17_561_493.453057483, happening: { what: 'crash', unit: containerd } },
    ],
    hours: 6,
  },
  {
    now: 'so it is when it happens over and over',
    seed: 122,
    node: 'docker host',
    story: [
      {
        atMs: 10_096_975.787648465,
        happening: { what: 'crash-again', unit: containerd, everyMs: 2_000, forMs: 400_000 },
      },
      { atMs: 10_105_686.284718104, happening: { what: 'slow-bus', lagMs: 2_648, forMs: 163_000 } },
    ],
    hours: 6,
  },
  {
    now: 'what systemd restarted after a boot before the bus was there is counted: the next crash is not the first',
    seed: 20070,
    node: 'last resort',
    story: [
      { atMs: 3_773_914, happening: { what: 'lose-bus', forMs: 138_276 } },
      { atMs: 3_786_778, happening: { what: 'crash-again', unit: containerd, everyMs: 7_000, forMs: 729_000 } },
      { atMs: 3_848_332, happening: { what: 'lose-power' } },
    ],
    hours: 3,
  },
  {
    now: 'a plan is dropped when writing it down shows that the disk is full and the budget is smaller',
    seed: 20350,
    node: 'edge',
    story: [
      { atMs: 12_366_945.424001198, happening: { what: 'stay-sick', unit: 'worker.service', forMs: 911_000 } },
      { atMs: 12_444_456.794494763, happening: { what: 'fill-disk', forMs: 400_000 } },
    ],
    hours: 6,
  },
  {
    now: 'a unit whose stop timed out is not taken for crashed when it is read again',
    seed: 20114,
    node: 'watchdog',
    story: [
      { atMs: 60 * minute, happening: { what: 'become-unkillable', unit: kubelet, forMs: 200_000 } },
      { atMs: 60 * minute + 1_305, happening: { what: 'systemctl', verb: 'stop', unit: kubelet } },
      { atMs: 80 * minute, happening: { what: 'hang-bus', forMs: 232_000 } },
    ],
    hours: 3,
  },
  {
    now: 'nor when it is stopped a second time',
    seed: 21060,
    node: 'worker',
    story: [
      { atMs: 60 * minute, happening: { what: 'become-unkillable', unit: containerd, forMs: 197_000 } },
      { atMs: 60 * minute + 2_000, happening: { what: 'systemctl', verb: 'stop', unit: containerd } },
      { atMs: 80 * minute, happening: { what: 'systemctl', verb: 'stop', unit: containerd } },
    ],
    hours: 3,
  },
  {
    now: 'a unit that is stopped while systemd waits to restart it stays stopped when the agent is started anew',
    seed: 21597,
    node: 'worker',
    story: [
      { atMs: 7_065_159, happening: { what: 'systemctl', verb: 'stop', unit: containerd } },
      { atMs: 7_065_641, happening: { what: 'crash', unit: kubelet } },
      { atMs: 7_066_025, happening: { what: 'systemctl', verb: 'stop', unit: kubelet } },
      { atMs: 9_325_843, happening: { what: 'upgrade', forMs: 352_000, restarts: [containerd] } },
      { atMs: 9_336_204, happening: { what: 'kill-agent' } },
    ],
    hours: 4,
  },
  {
    now: 'a docker that is disabled while it is down with containerd stays down',
    seed: 20495,
    node: 'docker node',
    story: [
      { atMs: 60 * minute, happening: { what: 'upgrade', forMs: 78_000, restarts: [containerd] } },
      { atMs: 60 * minute + 29_000, happening: { what: 'systemctl', verb: 'disable', unit: docker } },
    ],
    hours: 3,
  },
  {
    now: 'restarts after a start that an operator gave while the bus was lost are counted',
    seed: 21630,
    node: 'control plane',
    story: [
      { atMs: 7_729_395, happening: { what: 'fail-to-start', unit: kubelet, forMs: 1_118_000 } },
      { atMs: 7_747_243, happening: { what: 'systemctl', verb: 'stop', unit: kubelet } },
      { atMs: 7_905_443, happening: { what: 'lose-bus', forMs: 288_533 } },
      { atMs: 7_953_855, happening: { what: 'systemctl', verb: 'start', unit: kubelet } },
    ],
    hours: 4,
  },
  {
    now: 'what was seen while nobody could see the dependency is no evidence',
    seed: 22150,
    node: 'edge',
    story: [
      { atMs: 13_337_352.971364744, happening: { what: 'lose-bus', forMs: 227_269 } },
      { atMs: 13_337_707.20688533, happening: { what: 'oom', unit: 'haproxy.service' } },
      { atMs: 13_338_754.65008337, happening: { what: 'sicken', unit: 'worker.service' } },
      { atMs: 13_355_721.436110325, happening: { what: 'deadlock', unit: 'haproxy.service' } },
    ],
    hours: 6,
  },
  {
    now: 'a frozen containerd holds docker although it is disabled',
    seed: 23585,
    node: 'docker host',
    story: [
      { atMs: 60 * minute, happening: { what: 'systemctl', verb: 'freeze', unit: containerd } },
      { atMs: 68 * minute, happening: { what: 'systemctl', verb: 'disable', unit: containerd } },
    ],
    hours: 3,
  },
  {
    now: 'a unit that is stopped while systemd waits to restart it stays stopped although nobody saw it',
    seed: 20660,
    node: 'worker',
    story: [
      { atMs: 60 * minute, happening: { what: 'crash', unit: containerd } },
      { atMs: 61 * minute, happening: { what: 'crash', unit: containerd } },
      { atMs: 61 * minute + 1_000, happening: { what: 'kill-agent' } },
      { atMs: 61 * minute + 1_200, happening: { what: 'systemctl', verb: 'stop', unit: containerd } },
    ],
    hours: 3,
  },
  {
    now: 'a docker whose restart by systemd failed for want of containerd is started once containerd is up',
    seed: 24920,
    node: 'docker host',
    story: [
      { atMs: 15_851_520.321323536, happening: { what: 'hang-at-start', unit: docker, forMs: 582_000 } },
      {
        atMs: 16_140_367.023255676,
        happening: { what: 'crash-again', unit: containerd, everyMs: 36_000, forMs: 350_000 },
      },
      { atMs: 16_140_529.414247721, happening: { what: 'hang-at-start', unit: containerd, forMs: 528_000 } },
    ],
    hours: 6,
  },
  {
    now: 'the kubelet waits for a containerd that was stopped, disabled and enabled again',
    seed: 40142,
    node: 'watchdog',
    story: [
      { atMs: 7_305_058.550853282, happening: { what: 'systemctl', verb: 'stop', unit: containerd } },
      { atMs: 8_089_255.235355813, happening: { what: 'systemctl', verb: 'disable', unit: containerd } },
      { atMs: 8_275_255.235355813, happening: { what: 'systemctl', verb: 'enable', unit: containerd } },
    ],
    hours: 6,
  },
  {
    now: 'a unit whose stop timed out stays stopped although its end was told after that of the job',
    seed: 50168,
    node: 'control plane',
    story: [
      { atMs: 12_782_043.786410708, happening: { what: 'become-unkillable', unit: containerd, forMs: 560_000 } },
      { atMs: 12_782_235.533099622, happening: { what: 'lose-signals', share: 0.25830589949619026, forMs: 894_000 } },
      { atMs: 12_782_731.348926201, happening: { what: 'systemctl', verb: 'stop', unit: containerd } },
    ],
    hours: 6,
  },
  {
    now: 'a unit that crashed for good and was disabled is started when it is enabled again',
    seed: 50411,
    node: 'edge',
    story: [
      { atMs: 60 * minute, happening: { what: 'crash-again', unit: worker, everyMs: 32_000, forMs: 744_000 } },
      { atMs: 60 * minute + 12_000, happening: { what: 'systemctl', verb: 'disable', unit: worker } },
      { atMs: 69 * minute, happening: { what: 'spoil-state', how: 'damaged' } },
      { atMs: 69 * minute + 1_000, happening: { what: 'kill-agent' } },
      { atMs: 73 * minute, happening: { what: 'systemctl', verb: 'enable', unit: worker } },
    ],
    hours: 3,
  },
  {
    now: 'a worker is not started into a hang of its proxy that only the agent before had seen',
    seed: 51005,
    node: 'edge',
    story: [
      { atMs: 6_650_841.141148936, happening: { what: 'deadlock', unit: 'haproxy.service' } },
      { atMs: 6_660_131.204151548, happening: { what: 'oom', unit: worker } },
      { atMs: 6_664_532.265299931, happening: { what: 'kill-agent' } },
    ],
    hours: 3,
  },
  {
    now: 'a docker that an operator stops stays stopped although containerd had fallen a second before its crash',
    seed: 51279,
    node: 'docker host',
    story: [
      { atMs: 15_575_269.074020907, happening: { what: 'oom', unit: containerd } },
      { atMs: 15_576_240.495927166, happening: { what: 'oom', unit: docker } },
      { atMs: 15_577_161.640266888, happening: { what: 'systemctl', verb: 'stop', unit: docker } },
    ],
    hours: 6,
  },
  {
    now: 'what the kubelet answered while containerd was stopped is no evidence once containerd is disabled',
    seed: 53256,
    node: 'watchdog',
    story: [
      { atMs: 5_356_783.840251155, happening: { what: 'systemctl', verb: 'stop', unit: containerd } },
      { atMs: 17_154_709.145198576, happening: { what: 'exit', unit: kubelet } },
      { atMs: 17_181_970.099888276, happening: { what: 'systemctl', verb: 'disable', unit: containerd } },
    ],
    hours: 6,
  },
  {
    now: 'a docker that could not start at boot is started although the agent died before it saw that',
    seed: 53860,
    node: 'docker host',
    story: [
      { atMs: 60 * minute, happening: { what: 'reboot' } },
      { atMs: 60 * minute, happening: { what: 'hang-at-start', unit: containerd, forMs: 10 * minute } },
      { atMs: 3_717_900, happening: { what: 'kill-agent' } },
    ],
    hours: 3,
  },
  {
    now: 'what an agent saw of containerd before it knew that it was thawed is no evidence',
    seed: 22139,
    node: 'docker node',
    story: [
      { atMs: 60 * minute, happening: { what: 'lose-socket', unit: containerd } },
      { atMs: 60 * minute + 1_000, happening: { what: 'systemctl', verb: 'freeze', unit: containerd } },
      { atMs: 62 * minute, happening: { what: 'lose-bus', forMs: 40_000 } },
      { atMs: 62 * minute + 38_000, happening: { what: 'systemctl', verb: 'thaw', unit: containerd } },
    ],
    hours: 3,
  },
  {
    now: 'a docker that an operator stops stays stopped although the end of a job of containerd was never told',
    seed: 55067,
    node: 'docker host',
    story: [
      { atMs: 6_036_421.675658785, happening: { what: 'lose-signals', share: 0.9193598390091211, forMs: 609_000 } },
      { atMs: 6_041_266.120043583, happening: { what: 'systemctl', verb: 'start', unit: containerd } },
      { atMs: 6_974_197.412123904, happening: { what: 'systemctl', verb: 'stop', unit: docker } },
    ],
    hours: 6,
  },
  {
    now: 'a docker that is found disabled and down was perhaps disabled while it was down, and stays so',
    seed: 54449,
    node: 'docker host',
    story: [
      { atMs: 16_119_310.206775088, happening: { what: 'halt-agent', forMs: 39_000 } },
      { atMs: 16_133_022.069074214, happening: { what: 'crash', unit: containerd } },
      { atMs: 16_139_630.939788185, happening: { what: 'systemctl', verb: 'disable', unit: docker } },
    ],
    hours: 6,
  },
  {
    now: 'a docker that is stopped along with containerd is started with it although its job was never told',
    seed: 54448,
    node: 'docker host',
    story: [
      { atMs: 7_842_875.853138976, happening: { what: 'upgrade', forMs: 152_000, restarts: [containerd] } },
      { atMs: 7_843_430.49140228, happening: { what: 'lose-signals', share: 0.6887522540055215, forMs: 749_000 } },
    ],
    hours: 6,
  },
  {
    now: 'a docker that an operator stops while it starts stays stopped although its run before had ended with containerd',
    seed: 1657,
    node: 'docker host',
    story: [
      { atMs: 9_569_269.072688185, happening: { what: 'hang-at-start', unit: docker, forMs: 365_000 } },
      { atMs: 9_570_499.21976868, happening: { what: 'freeze', unit: containerd, forMs: 42_000 } },
      { atMs: 9_635_036.735543981, happening: { what: 'systemctl', verb: 'stop', unit: docker } },
    ],
    hours: 6,
  },
  {
    now: 'a containerd that was masked in the middle of its restart is started when it is unmasked',
    seed: 732,
    node: 'docker host',
    story: [
      { atMs: 173_198.6892623827, happening: { what: 'become-unkillable', unit: containerd, forMs: 377_000 } },
      { atMs: 202_484.36511028558, happening: { what: 'systemctl', verb: 'mask', unit: containerd } },
      { atMs: 732_484.3651102856, happening: { what: 'systemctl', verb: 'unmask', unit: containerd } },
    ],
    hours: 6,
  },
  {
    now: 'a kubelet whose watchdog ended it in the middle of a stop stays stopped although the agent has lost its state',
    seed: 11,
    node: 'watchdog',
    story: [
      { atMs: 43_745_025.23800358, happening: { what: 'spoil-state', how: 'damaged' } },
      { atMs: 57_892_902.12297812, happening: { what: 'freeze', unit: kubelet, forMs: 37_000 } },
      { atMs: 57_902_265.99242538, happening: { what: 'systemctl', verb: 'stop', unit: kubelet } },
      { atMs: 64_742_719.29905704, happening: { what: 'kill-agent' } },
    ],
    hours: 24,
  },
  {
    now: 'a docker that came up again with containerd stays stopped when an operator stops it and nothing is told of that but its end',
    seed: 268,
    node: 'docker node',
    story: [
      { atMs: 50_560_825.23405086, happening: { what: 'lose-socket', unit: docker } },
      { atMs: 50_561_561.42741442, happening: { what: 'lose-signals', share: 0.5433413543039933, forMs: 148_000 } },
      { atMs: 68_075_398.41230494, happening: { what: 'systemctl', verb: 'restart', unit: containerd } },
      { atMs: 68_075_566.18527044, happening: { what: 'lose-signals', share: 0.8857012331020087, forMs: 107_000 } },
      { atMs: 68_076_237.52423424, happening: { what: 'systemctl', verb: 'stop', unit: docker } },
    ],
    hours: 48,
  },
];
