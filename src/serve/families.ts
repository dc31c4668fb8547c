/**
 * Every metric family that is served, in one table: the README's table is checked against it. Label values come from closed
 * sets alone: component and probe names of the configuration, and the words of the core's own types.
 */
import { backupFamilies } from './backup-families.ts';
import { type Family, family } from './family.ts';

export type { Family } from './family.ts';

// A local look takes a millisecond or two; the longest deadline under pressure is a minute.
const lookBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60] as const;
// A crash is mended in tens of milliseconds, a hang after its window of bad looks, a spent budget after minutes.
const recoveryBuckets = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 300] as const;

export const families = {
  build: family('nodemend_build_info', 'gauge', 'Version, commit and runtime of the agent; always 1.', [
    'version',
    'commit',
    'runtime',
  ]),
  phase: family('nodemend_component_phase', 'gauge', 'Phase of a component: 1 for the current one, 0 for the others.', [
    'component',
    'phase',
  ]),
  healthy: family(
    'nodemend_component_healthy',
    'gauge',
    'Whether a component is healthy: 1 or 0, absent while that is unknown.',
    ['component'],
  ),
  critical: family(
    'nodemend_component_critical',
    'gauge',
    'Whether a component counts for the readiness of the node.',
    ['component'],
  ),
  restarts: family(
    'nodemend_component_restarts_total',
    'counter',
    'Restarts of a component seen by the agent, by who made them and why.',
    ['component', 'by', 'reason'],
  ),
  budget: family(
    'nodemend_component_budget_remaining',
    'gauge',
    'Actions that the budget of a component still allows in its window.',
    ['component'],
  ),
  incidentOpen: family('nodemend_component_incident_open', 'gauge', 'Whether a component has an open incident.', [
    'component',
  ]),
  probeDuration: {
    ...family('nodemend_probe_duration_seconds', 'histogram', 'Duration of looks at a component.', [
      'component',
      'probe',
    ]),
    buckets: lookBuckets,
  },
  observations: family('nodemend_probe_observations_total', 'counter', 'Looks at a component by their verdict.', [
    'component',
    'probe',
    'verdict',
  ]),
  actions: family(
    'nodemend_actions_total',
    'counter',
    'Actions taken on a component, by kind and by result: ok or failed.',
    ['component', 'action', 'result'],
  ),
  incidents: family('nodemend_incidents_total', 'counter', 'Incidents opened, by the reason of the first bad sign.', [
    'component',
    'reason',
  ]),
  recovery: {
    ...family(
      'nodemend_recovery_duration_seconds',
      'histogram',
      'Time from the first bad sign to the verified recovery.',
      ['component', 'reason'],
    ),
    buckets: recoveryBuckets,
  },
  alertMessages: family(
    'nodemend_alert_messages_total',
    'counter',
    'Messages to the targets of alerts by what became of them: sent, failed (and kept), refused or dropped.',
    ['target', 'result'],
  ),
  alertWaiting: family(
    'nodemend_alert_messages_waiting',
    'gauge',
    'Messages that a target of alerts has not taken yet.',
    ['target'],
  ),
  ready: family('nodemend_node_ready', 'gauge', 'Whether the node may take traffic, as /readyz says.', []),
  electionLeader: family('nodemend_election_leader', 'gauge', 'Whether this node leads the election.', ['election']),
  electionKnown: family(
    'nodemend_election_known',
    'gauge',
    'Whether it is known who leads, or that nobody does: 0 when what is known is stale.',
    ['election'],
  ),
  electionToken: family(
    'nodemend_election_fencing_token',
    'gauge',
    'Fencing token of the term in force; absent while it is not known.',
    ['election'],
  ),
  electionHeard: family(
    'nodemend_election_last_heard_timestamp_seconds',
    'gauge',
    'When the lock of the election last answered; absent before it first did.',
    ['election'],
  ),
  electionChanges: family(
    'nodemend_election_changes_total',
    'counter',
    'Changes of the role of this node in the election, by the new role and why.',
    ['election', 'role', 'reason'],
  ),
  electionHooks: family(
    'nodemend_election_hooks_total',
    'counter',
    'Commands of onElected and onLost that have ended, by how.',
    ['election', 'hook', 'result'],
  ),
  paused: family('nodemend_node_paused', 'gauge', 'Whether the supervision of the whole node is paused.', []),
  pressure: family(
    'nodemend_node_pressure_ratio',
    'gauge',
    'Worst share of time that tasks stalled for cpu, io or memory, 0 to 1.',
    [],
  ),
  bus: family(
    'nodemend_bus_connected',
    'gauge',
    'Whether the system bus is connected; without it the agent is blind.',
    [],
  ),
  store: family('nodemend_store_writable', 'gauge', 'Whether the state can be stored durably.', []),
  lag: family(
    'nodemend_loop_lag_seconds',
    'gauge',
    'How late the event loop of the agent was at worst since the last sample.',
    [],
  ),
  turn: family(
    'nodemend_loop_last_turn_timestamp_seconds',
    'gauge',
    'When the loop of the agent last finished a turn.',
    [],
  ),
  configOk: family(
    'nodemend_config_last_reload_successful',
    'gauge',
    'Whether the configuration was accepted when it was last loaded.',
    [],
  ),
  configAt: family(
    'nodemend_config_last_reload_success_timestamp_seconds',
    'gauge',
    'When the configuration in force was loaded.',
    [],
  ),
  leaderVerdict: family(
    'nodemend_leader_verdict',
    'gauge',
    'What is thought of a leader election, as seen from this node: 1 for the current verdict, 0 for the others.',
    ['lease', 'verdict'],
  ),
  leaderInstance: family(
    'nodemend_leader_instance',
    'gauge',
    'How the instance on this node stands: 1 for its current state, 0 for the others. Summed over the nodes: how many lead, how many stand by.',
    ['lease', 'state'],
  ),
  leaderSilence: family(
    'nodemend_leader_renewal_age_seconds',
    'gauge',
    'For how long the Lease has been seen not to change.',
    ['lease'],
  ),
  leaderTransitions: family(
    'nodemend_leader_transitions',
    'gauge',
    'How often the leader has changed, as the Lease counts it.',
    ['lease'],
  ),
  serverState: family(
    'nodemend_apiserver_state',
    'gauge',
    'How an API server is, as seen from this node: 1 for the current state, 0 for the others.',
    ['server', 'state'],
  ),
  serverRotates: family(
    'nodemend_apiserver_in_rotation',
    'gauge',
    'Whether an API server is in rotation, as seen from this node.',
    ['server'],
  ),
  etcdUp: family('nodemend_etcd_member_up', 'gauge', 'Whether a member of the etcd cluster answers by itself.', [
    'member',
  ]),
  etcdSize: family('nodemend_etcd_member_db_bytes', 'gauge', "Size of a member's database file.", ['member']),
  etcdInUse: family(
    'nodemend_etcd_member_db_in_use_bytes',
    'gauge',
    "Part of a member's database file that is in use.",
    ['member'],
  ),
  etcdQuota: family(
    'nodemend_etcd_member_quota_bytes',
    'gauge',
    'Size at which a member stops the writes of the cluster.',
    ['member'],
  ),
  etcdCertificate: family(
    'nodemend_etcd_member_certificate_expiry_timestamp_seconds',
    'gauge',
    'When the certificate ends that a member shows.',
    ['member'],
  ),
  etcdVoters: family('nodemend_etcd_voters', 'gauge', 'Voting members of the etcd cluster.', []),
  etcdSpare: family(
    'nodemend_etcd_spare_losses',
    'gauge',
    'How many more voters may be lost; below 0 quorum is lost.',
    [],
  ),
  etcdFinding: family(
    'nodemend_etcd_finding',
    'gauge',
    'Something that is the matter now: 1; member is empty for the cluster as a whole.',
    ['reason', 'member'],
  ),
  etcdLook: family(
    'nodemend_etcd_last_look_timestamp_seconds',
    'gauge',
    'When the etcd cluster was last looked at.',
    [],
  ),
  etcdCanary: family(
    'nodemend_etcd_canary_ok',
    'gauge',
    'Whether a key could be written and read back through the cluster.',
    [],
  ),
  etcdCanaryTook: family('nodemend_etcd_canary_duration_seconds', 'gauge', 'How long that took.', []),
  ...backupFamilies,
  cpu: family('process_cpu_seconds_total', 'counter', 'User and system CPU time spent by the agent.', []),
  memory: family('process_resident_memory_bytes', 'gauge', 'Resident memory of the agent.', []),
  descriptors: family('process_open_fds', 'gauge', 'Open file descriptors of the agent.', []),
  start: family('process_start_time_seconds', 'gauge', 'When the agent was started.', []),
} as const satisfies Record<string, Family>;

export type FamilyKey = keyof typeof families;
