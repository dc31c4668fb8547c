/** Of etcd clusters: what is the matter with a member or the whole. */
import { type ReasonRow, row } from './row.ts';

const looks = 'goes on looking and telling; restarts nothing';

export const etcdReasons = {
  'etcd.unreachable': row(
    'error',
    'the member does not answer',
    looks,
    'look at its process and at the network: systemctl status etcd or crictl ps -a, then nodemend etcd status from another member',
  ),
  'etcd.tls': row(
    'error',
    'no TLS connection is possible, or a certificate cannot be read',
    looks,
    'look at ca, cert and key below etcd in the configuration, and at who may read them',
  ),
  'etcd.denied': row(
    'error',
    'etcd refuses the call',
    looks,
    'give nodemend a client certificate that may ask this; kubeadm makes healthcheck-client for it',
  ),
  'etcd.quorum-lost': row(
    'error',
    'too few voters take part, so nothing can be written',
    'takes snapshots of what is left and restarts nothing',
    'bring the missing members back and leave the running ones alone; if the missing are lost for good, nodemend etcd restore FILE',
  ),
  'etcd.no-margin': row(
    'warn',
    'one more lost voter and nothing can be written',
    looks,
    'bring the missing members back, and upgrade or reboot nothing until then',
  ),
  'etcd.no-leader': row(
    'error',
    'a member knows no leader, or another one than the rest',
    looks,
    'an election takes a second or two; if it lasts, look at the network between members and at their clocks and disks',
  ),
  'etcd.no-space': row(
    'error',
    'the alarm NOSPACE is raised: the cluster takes no writes',
    looks,
    'nodemend etcd disarm compacts, defragments each member and disarms; a restart does not help',
  ),
  'etcd.corrupt': row(
    'error',
    'the alarm CORRUPT is raised: members hold different data',
    looks,
    'take a snapshot of each member, nodemend etcd remove the one that differs from the others, etcdctl alarm disarm, then nodemend etcd add on its node',
  ),
  'etcd.diverged': row(
    'error',
    'members hold different data at the same revision',
    looks,
    'take a snapshot of each member, then nodemend etcd remove the one that differs from the others, and nodemend etcd add on its node',
  ),
  'etcd.canary-failed': row(
    'error',
    'a key could not be written and read back through the cluster',
    looks,
    'what the cluster said is in the detail; nodemend etcd status tells what else is the matter',
  ),
  'etcd.two-clusters': row(
    'error',
    'the configured endpoints belong to different clusters',
    'goes by the cluster of the first endpoint that answers',
    'list the endpoints of one cluster, and find out which one this node belongs to',
  ),
  'etcd.wrong-address': row(
    'error',
    'the address that a member advertises leads to another member',
    looks,
    "correct that member's advertise-client-urls",
  ),
  'etcd.unstarted': row(
    'warn',
    'a member was added and has never been started',
    looks,
    'nodemend etcd add on its node goes on with it, nodemend etcd remove takes it back',
  ),
  'etcd.dead': row(
    'error',
    'a member has been silent for so long that it counts as dead, and the others keep quorum without it',
    'replaces the one of this node where etcd.repair is act; else tells how',
    'on its node nodemend etcd replace shows the plan; where the node is gone for good, the same with its name on the node that takes its place',
  ),
  'etcd.repair-begun': row(
    'warn',
    'a dead member is being replaced without being asked for',
    'takes a snapshot, takes the member off the list, sets its data aside, adds it anew and promotes it when it has caught up',
    'nothing to do; journalctl -u nodemend-etcd-repair shows each step',
  ),
  'etcd.repaired': row('info', 'the work on a dead member is done', looks, 'find out why it died'),
  'etcd.repair-failed': row(
    'error',
    'a dead member could not be replaced',
    'tries again after as long as it waited at first',
    'the detail and journalctl -u nodemend-etcd-repair say why; nodemend etcd replace shows the plan',
  ),
  'etcd.learner': row(
    'warn',
    'a member is a learner and does not vote',
    looks,
    'nodemend etcd add on its node promotes it when it has caught up, nodemend etcd remove takes it back',
  ),
  'etcd.even-voters': row(
    'warn',
    'an even number of voters stands no more losses than one fewer would',
    looks,
    'nodemend etcd resize, to one more or one fewer',
  ),
  'etcd.shared-host': row('warn', 'members share a host and are lost together', looks, 'move one to a host of its own'),
  'etcd.quota-near': row(
    'warn',
    'the database nears its quota, at which writes stop',
    looks,
    'compact and defragment, find what grows, or raise quota-backend-bytes (8 GiB at most)',
  ),
  'etcd.fragmented': row(
    'warn',
    'much of the database file is free',
    looks,
    'nodemend etcd defrag, which takes one member at a time, the leader last',
  ),
  'etcd.slow-disk': row(
    'warn',
    'the disk under the member is slow, so elections and writes suffer',
    looks,
    'find what else writes to the disk (iotop), or give etcd one of its own; a restart does not help',
  ),
  'etcd.lagging': row(
    'warn',
    'the member applies entries late',
    looks,
    'look at its processor and disk: the cluster refuses requests at a lag of 5,000',
  ),
  'etcd.leader-changes': row(
    'warn',
    'the leader changes often',
    looks,
    'look at the disks first, then at the network between members',
  ),
  'etcd.certificate-expiring': row(
    'warn',
    'a certificate ends within two weeks',
    looks,
    'renew it: kubeadm certs renew, or your own authority; then restart what uses it, one member at a time',
  ),
  'etcd.certificate-expired': row(
    'error',
    'a certificate has ended',
    looks,
    'renew it: kubeadm certs renew, or your own authority; then restart what uses it, one member at a time',
  ),
  'etcd.bad-version': row(
    'error',
    'the version is known to lose or damage data',
    looks,
    'upgrade to the version that the detail names, one member at a time',
  ),
} as const satisfies Record<string, ReasonRow>;
