/** What a look at a component comes to. */
import { type ReasonRow, row } from './row.ts';

export const probeReasons = {
  'probe.ok': row('info', 'the probe is content', 'goes on looking', 'nothing to do'),
  'probe.timeout': row(
    'warn',
    'no reply within the deadline',
    'looks again, asks the witnesses, and restarts the component when they agree for long enough',
    'look at its load and its disk; when slow replies are usual here, raise the timeout of the probe',
  ),
  'probe.refused': row(
    'warn',
    'the connection was refused',
    'looks again, and restarts the component when it stays so',
    'see whether it listens where the probe looks: ss -ltnx',
  ),
  'probe.reset': row(
    'warn',
    'the connection was closed before a reply came',
    'looks again, and restarts the component when it stays so',
    'look into journalctl -u UNIT for what it says of the connection',
  ),
  'probe.no-socket': row(
    'warn',
    'the socket file is gone; nobody can connect any more',
    'restarts the component, and its socket unit with it, when it stays so',
    'find out what removed the file; nodemend cannot know',
  ),
  'probe.http-status': row(
    'warn',
    'the reply has another status than the expected one',
    'looks again, and restarts the component when it stays so',
    'ask it yourself: curl the address of the probe; when that status is fine, name it in expect',
  ),
  'probe.bad-reply': row(
    'warn',
    'the reply is not what the protocol says',
    'looks again, and restarts the component when it stays so',
    'see whether something else listens there; a new version may answer otherwise',
  ),
  'probe.exit-status': row(
    'warn',
    'the command ended with another exit status than 0',
    'looks again, and restarts the component when it stays so',
    'run the command of the probe by hand',
  ),
  'probe.not-ready': row(
    'warn',
    'the component says of itself that it is not ready',
    'looks again, and restarts the component when it stays so',
    'the detail has its own words for what it waits for',
  ),
  'probe.shim-hung': row(
    'warn',
    'a running container has a shim that does not answer; the detail names it',
    'reports it; a restart of the runtime would not help the container',
    'end the shim that the detail names, or delete the pod',
  ),
  'probe.container-hung': row(
    'warn',
    'a container does not answer an inspect; the detail names it',
    'reports it; a restart of the runtime would not help the container',
    'look at the container that the detail names, and at the disk and the network it waits for',
  ),
  'probe.stopped': row(
    'warn',
    'the main process is stopped or a zombie',
    'takes it for a witness of a hang: SIGKILL and a new start',
    'find out who stopped it (kill -STOP, a debugger); unless it was you, nothing to do',
  ),
  'probe.blocked': row(
    'warn',
    'the main process is in uninterruptible sleep and does not come out of it',
    'takes it for a witness of a hang; SIGKILL works once the kernel lets go',
    'look at what it waits for in the kernel: a dead disk or a network file system; journalctl -k',
  ),
  'probe.dispensable': row(
    'warn',
    'the other members of etcd keep quorum without this one, which does not answer them either',
    'takes it for a witness of a hang: SIGKILL and a new start',
    'look into journalctl -u UNIT and the evidence for what it hung on; its data and its disk first',
  ),
  'probe.no-quorum': row(
    'warn',
    'the other members of etcd have no quorum without this one; nothing is concluded',
    'takes no action on it: a restart brings no quorum back',
    'bring the other members back first: nodemend etcd status',
  ),
  'probe.initializing': row(
    'info',
    'the component answers that it is still initializing',
    'believes it for ten minutes',
    'nothing to do; when it takes longer, look into journalctl -u UNIT',
  ),
  'probe.denied': row(
    'warn',
    'permission denied: cannot look, so nothing is concluded',
    'takes no action on it',
    'let nodemend look: the mode of the socket, the credentials, the sandbox of its unit',
  ),
  'probe.no-address': row(
    'warn',
    'the name cannot be resolved: cannot look, so nothing is concluded',
    'takes no action on it',
    'write an address in place of the name, or mend the name resolution of the node',
  ),
  'probe.no-command': row(
    'warn',
    'the command cannot be run: cannot look, so nothing is concluded',
    'takes no action on it',
    'see whether the file is there and may be run: nodemend check',
  ),
  'probe.tls': row(
    'warn',
    'the TLS handshake failed: cannot look, so nothing is concluded',
    'takes no action on it',
    'look at the certificates: their end, their names, the ca, cert and key of the probe',
  ),
  'probe.unsupported': row(
    'info',
    'the component does not offer this probe; nothing is concluded',
    'takes no action on it',
    'nothing to do; take the probe out when the component will never have it',
  ),
  'probe.late': row(
    'warn',
    'the agent itself was late or stopped while looking, so the look is discarded',
    'discards the look and asks again',
    'when it comes again and again, the node is overloaded: nodemend_loop_lag_seconds, /proc/pressure',
  ),
  'probe.stuck': row(
    'warn',
    'an earlier look has not come back even after its deadline; no second one is started',
    'starts no second look; the earlier one counts as unknown',
    'look for a disk or a network file system that does not answer',
  ),
  'probe.failed': row(
    'warn',
    'the look failed for another cause; nothing is concluded',
    'takes no action on it',
    'the detail has the cause',
  ),
} as const satisfies Record<string, ReasonRow>;
