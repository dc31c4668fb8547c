/**
 * The one catalogue of reason codes, in parts by what they tell of. Logs, metrics, status, history, `nodemend explain`, tests and the README all use
 * these words. A code is stable once released and never reused for another meaning.
 */
import { nodeReasons } from './reasons/node.ts';
import { probeReasons } from './reasons/probe.ts';
import { restartReasons } from './reasons/restart.ts';
import { unitReasons } from './reasons/unit.ts';

export type { Severity } from './reasons/row.ts';

export const reasons = { ...unitReasons, ...probeReasons, ...restartReasons, ...nodeReasons } as const;

const row = (severity: Severity, meaning: string): ReasonRow => ({ severity, meaning });

export const reasons = {
  'component.unseen': row('info', 'nothing is known of the component yet'),
  'component.healthy': row('info', 'the unit is active and its probes are green'),

  'unit.absent': row('info', 'the unit does not exist on this node; hands off until it is installed'),
  'unit.masked': row('info', 'the unit is masked by an operator; unmask it to have it supervised'),
  'unit.disabled': row('info', 'the unit is disabled and not running; hands off until it is started'),
  'unit.frozen': row('info', 'the unit is frozen by systemctl freeze; hands off until it is thawed'),
  'unit.stopped': row('info', 'an operator stopped the unit; start it to have it supervised again'),
  'unit.stopped-by-dependency': row(
    'info',
    'the unit stopped because a unit it requires stopped; it is started once that is back',
  ),
  'unit.condition-failed': row('info', 'a Condition of the unit does not hold, so systemd did not start it'),
  'unit.starting': row('info', 'the unit is starting or within its start-up grace'),
  'unit.stopping': row('info', 'the unit is stopping'),
  'unit.crashed': row('warn', 'the main process ended by a signal or a failure'),
  'unit.exited': row('warn', 'the main process exited cleanly although it should run'),
  'unit.oom-killed': row('warn', 'the kernel killed the unit for lack of memory; look at its memory limit'),
  'unit.watchdog': row('warn', "systemd's own watchdog ended the unit"),
  'unit.timeout': row('warn', 'the unit did not start or stop in its time'),
  'unit.start-limit-hit': row(
    'warn',
    'systemd gave up on the unit because it was started too often; the cause is in its journal',
  ),
  'unit.dependency-back': row('info', 'the unit stopped with its dependency, which is back'),

  'probe.ok': row('info', 'the probe is content'),
  'probe.timeout': row('warn', 'no reply within the deadline'),
  'probe.refused': row('warn', 'the connection was refused'),
  'probe.reset': row('warn', 'the connection was closed before a reply came'),
  'probe.no-socket': row('warn', 'the socket file is gone; nobody can connect any more'),
  'probe.http-status': row('warn', 'the reply has another status than the expected one'),
  'probe.bad-reply': row('warn', 'the reply is not what the protocol says'),
  'probe.exit-status': row('warn', 'the command ended with another exit status than 0'),
  'probe.not-ready': row('warn', 'the component says of itself that it is not ready'),
  'probe.shim-hung': row('warn', 'a running container has a shim that does not answer; the detail names it'),
  'probe.container-hung': row('warn', 'a container does not answer an inspect; the detail names it'),
  'probe.stopped': row('warn', 'the main process is stopped or a zombie'),
  'probe.blocked': row('warn', 'the main process is in uninterruptible sleep and does not come out of it'),
  'probe.initializing': row('info', 'the component answers that it is still initializing'),
  'probe.denied': row('warn', 'permission denied: cannot look, so nothing is concluded'),
  'probe.no-address': row('warn', 'the name cannot be resolved: cannot look, so nothing is concluded'),
  'probe.no-command': row('warn', 'the command cannot be run: cannot look, so nothing is concluded'),
  'probe.tls': row('warn', 'the TLS handshake failed: cannot look, so nothing is concluded'),
  'probe.unsupported': row('info', 'the component does not offer this probe; nothing is concluded'),
  'probe.late': row('warn', 'the agent itself was late or stopped while looking, so the look is discarded'),
  'probe.stuck': row('warn', 'an earlier look has not come back even after its deadline; no second one is started'),
  'probe.failed': row('warn', 'the look failed for another cause; nothing is concluded'),

  'dependency.down': row('info', 'waits for a component it depends on'),
  'systemd.restarting': row('info', "left to systemd's own Restart="),
  'bus.connected': row('info', 'the system bus is connected and every unit has been read anew'),
  'bus.lost': row('error', 'the system bus cannot be reached; the agent is blind and holds still'),
  'clock.gap': row('warn', 'time jumped or the agent was stopped; evidence gathered before is discarded'),

  'restart.first-crash': row('warn', 'started at once because systemd would have left it down for more than 1 s'),
  'restart.down': row('warn', 'started because the unit is down and systemd will not start it'),
  'restart.hung': row('warn', 'restarted because its probes agree that it hangs'),
  'restart.unhealthy': row('warn', 'restarted because its probes agree that it is unhealthy'),
  'restart.asked': row('info', 'restarted because an operator asked for it'),
  'restart.foreign': row('info', 'restarted by somebody else: an operator or another healer'),
  'restart.moot': row('info', 'called off: the component changed by itself before anything was done'),
  'restart.backoff': row('info', 'the next action waits for its back-off delay'),
  'restart.budget-spent': row(
    'error',
    'the budget of actions is spent; only slow half-open retries are left; look at the evidence',
  ),
  'restart.half-open': row('warn', 'one retry after the budget was spent'),
  'restart.job-busy': row('info', "another job of systemd's is under way for the unit"),
  'restart.slot-busy': row('info', 'another disruptive action is under way on this node'),
  'restart.no-remedy': row('error', 'the ladder has no remedy for this; a person has to look'),
  'restart.shared-group': row(
    'warn',
    'a restart would end the containers too (KillMode), so only a unit that is down is started',
  ),
  'restart.verifying': row('info', 'the action is done; its result is being verified'),
  'restart.verified': row('info', 'the unit runs anew and its probes are green'),
  'restart.not-verified': row('warn', 'the action did not bring the component back in time'),

  'action.done': row('info', 'the action was done'),
  'action.failed': row('warn', 'systemd reports that the job failed'),
  'action.timeout': row('warn', 'the action did not end within its deadline'),
  'action.canceled': row('warn', 'the job was canceled: somebody else decided otherwise'),
  'action.denied': row('error', 'systemd refused the call'),
  'action.interrupted': row(
    'warn',
    'the agent or the node went down during the action; the result is verified, not repeated',
  ),

  'pause.set': row('info', 'an operator paused supervision'),
  'pause.expired': row('info', 'the pause ran out; supervision is back'),
  'pause.resumed': row('info', 'an operator resumed supervision'),

  'node.upgrading': row('info', 'a package manager is at work; nothing is done until it ends'),
  'node.shutting-down': row('info', 'the node is shutting down; nothing is done any more'),
  'node.pressure': row('info', 'the node is under pressure; deadlines are widened'),
  'node.ready': row('info', 'no critical component is unhealthy, mending or exhausted'),
  'node.not-ready': row('warn', 'a critical component is unhealthy, mending or exhausted'),
  'node.unseen': row('info', 'not every critical component has been seen yet'),
  'node.blind': row('warn', 'the agent cannot see; the last answer is kept, then the configured one given'),

  'reboot.not-writable': row('error', 'no reboot: the state cannot be written, or was lost within the last 24 h'),
  'reboot.budget-spent': row('error', 'no reboot: at most 1 in 6 h and 2 in 24 h'),
  'reboot.cannot-help': row('error', 'no reboot: the cause is one that a reboot does not mend'),
  'reboot.tried': row('warn', 'the node is rebooted as the last remedy'),

  'store.ok': row('info', 'state is stored durably'),
  'store.fresh': row('info', 'a new state was begun'),
  'store.lost': row('error', 'the stored state was missing or damaged; budgets are conservative and reboots forbidden'),
  'store.unwritable': row('error', 'state cannot be written; budgets are conservative and reboots forbidden'),

  'etcd.unreachable': row(
    'error',
    'the member does not answer; look at its process and its address. It is restarted only if the others keep quorum without it',
  ),
  'etcd.tls': row('error', 'no TLS connection is possible: look at the ca, cert and key files that are configured'),
  'etcd.denied': row('error', 'etcd refused the call: the client certificate or user may not ask this'),
  'etcd.quorum-lost': row(
    'error',
    'too few voters take part, nothing can be written; bring members back, never restart those that run; if they are lost, restore',
  ),
  'etcd.no-margin': row('warn', 'one more lost voter and nothing can be written; bring the missing ones back'),
  'etcd.no-leader': row(
    'error',
    'a member knows no leader, or another than the rest; wait for the election, then look at the network between members',
  ),
  'etcd.no-space': row(
    'error',
    'the alarm NOSPACE is raised, nothing can be written: compact, defragment each member, then disarm; a restart does not help',
  ),
  'etcd.corrupt': row(
    'error',
    'the alarm CORRUPT is raised: members hold different data; snapshot each, replace the one that differs; a restart does not help',
  ),
  'etcd.two-clusters': row(
    'error',
    'the configured endpoints belong to different clusters; list those of one, and find out which cluster is the right one',
  ),
  'etcd.wrong-address': row(
    'error',
    'the address that a member advertises leads to another member; correct its client URLs',
  ),
  'etcd.unstarted': row('warn', 'a member was added and has never been started; start it or remove it'),
  'etcd.learner': row(
    'warn',
    'a member is a learner and does not vote; promote it when it has caught up, or remove it',
  ),
  'etcd.even-voters': row(
    'warn',
    'an even number of voters stands no more losses than one fewer would; add or remove one',
  ),
  'etcd.shared-host': row('warn', 'members share a host and are lost together; move one'),
  'etcd.quota-near': row(
    'warn',
    'the database nears its quota; compact and defragment, or raise the quota, before writes stop',
  ),
  'etcd.fragmented': row(
    'warn',
    'much of the database file is free; defragment, one member at a time, the leader last',
  ),
  'etcd.slow-disk': row('warn', 'the disk of the member is slow; find what else writes to it; a restart does not help'),
  'etcd.lagging': row('warn', 'the member applies entries late; look at its processor and disk'),
  'etcd.leader-changes': row('warn', 'the leader changes often; look at disks and at the network between members'),
  'etcd.certificate-expiring': row(
    'warn',
    'a certificate ends soon; renew it (kubeadm certs renew, or your own authority)',
  ),
  'etcd.certificate-expired': row(
    'error',
    'a certificate has ended; renew it (kubeadm certs renew, or your own authority)',
  ),
  'etcd.bad-version': row('error', 'the version is known to lose or damage data; upgrade to the one that is named'),
  'etcd.canary-failed': row(
    'error',
    'a key could not be written and read back; what the cluster said is in the detail',
  ),

  'config.loaded': row('info', 'the configuration is in force'),
  'config.rejected': row('error', 'the configuration has problems; the last good one stays in force'),
} as const satisfies Record<string, ReasonRow>;

export type Reason = keyof typeof reasons;
