/** Leader elections of others that are checked, and API servers. Nothing is ever done about either: nodemend only says how they are. */
import { type ReasonRow, row } from './row.ts';

const looks = 'goes on looking; it never touches the election or its instances';

export const leaderReasons = {
  'leader.ok': row('info', 'the leader renews its Lease', looks, 'nothing to do'),
  'leader.none': row(
    'error',
    'nobody has held or renewed the Lease for longer than a take-over takes',
    looks,
    'look whether the instances run (crictl ps) and whether API server and etcd take writes; the log of each instance says why it does not get the Lease',
  ),
  'leader.split': row(
    'error',
    'two instances say that they lead, or the one here says so and the Lease names another',
    looks,
    'restart the instance that the Lease does not name; it acts without a right to',
  ),
  'leader.no-standby': row(
    'warn',
    'there is a leader, and no other instance is ready to take over',
    looks,
    'bring the other instances back; until then the leader is the only one',
  ),
  'leader.flapping': row(
    'warn',
    'the leader changed at least three times in ten minutes',
    looks,
    'find out what makes leaders give up: usually a slow etcd or API server, sometimes an instance that crashes',
  ),
  'leader.wedged': row(
    'error',
    'the leader on this node says that it is healthy and does not renew its Lease',
    looks,
    'restart that instance: kill its process, the kubelet starts it anew and another one takes over',
  ),
  'leader.unknown': row(
    'info',
    'it cannot be told who leads: nothing was seen yet, or the Lease cannot be read',
    looks,
    'where it lasts: nodemend status names the cause; look at leaders.NAME.kubeconfig',
  ),

  'apiserver.ready': row('info', 'the API server is ready', 'keeps it in rotation', 'nothing to do'),
  'apiserver.impaired': row(
    'warn',
    'the API server is held up by what all of them share: etcd or a key server',
    'takes it out of rotation while another one is ready, and keeps it where none is',
    'look at etcd; a restart of the API server mends nothing',
  ),
  'apiserver.failing': row(
    'warn',
    'the API server answers and says that it is not ready',
    'takes it out of rotation while another one is ready',
    'curl -k https://ADDRESS/readyz?verbose says which check fails; its log says why',
  ),
  'apiserver.stopping': row(
    'info',
    'the API server says that it is about to end',
    'takes it out of rotation at once while another one is ready',
    'nothing to do',
  ),
  'apiserver.unreachable': row(
    'warn',
    'the API server does not answer',
    'takes it out of rotation while another one answers',
    'look whether it runs (crictl ps) and whether it can be reached from here',
  ),
  'apiserver.unknown': row(
    'info',
    'the API server cannot be looked at, so nothing is concluded',
    'keeps it in rotation',
    'where it lasts: nodemend status names the cause; look at apiservers.kubeconfig and apiservers.ca',
  ),
  'apiserver.kept': row(
    'warn',
    'the API server is not ready and stays in rotation, for none is better',
    'keeps it in rotation: at least one always is',
    'look at what all API servers have in common: etcd, the network, certificates',
  ),
} as const satisfies Record<string, ReasonRow>;
