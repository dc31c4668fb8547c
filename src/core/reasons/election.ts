/** Elections: who leads, why not, and what keeps the lock from being judged. */
import { type ReasonRow, row } from './row.ts';

export const electionReasons = {
  'election.unseen': row('info', 'nothing is known of the lock yet', 'looks at the lock', 'nothing to do'),
  'election.watching': row(
    'info',
    'this node only looks who leads: campaign is false',
    'looks, and never claims the lock',
    'nothing to do; set campaign: true for it to stand',
  ),
  'election.standby': row(
    'info',
    'this node stands by; another leads, or nobody yet',
    'looks at the lock and claims it when it is free or its holder is gone',
    'nothing to do',
  ),
  'election.won': row(
    'info',
    'this node leads',
    'renews the lock every retryPeriod and runs onElected once',
    'nothing to do',
  ),
  'election.leader-moved': row('info', 'another holder was seen in the lock', 'stands by', 'nothing to do'),
  'election.resigned': row(
    'info',
    'leadership was given up in good order',
    'runs onLost, then lets the lock go so that another takes it at once',
    'nothing to do',
  ),
  'election.interrupted': row(
    'warn',
    'the agent ended while it led; that term is over',
    'runs onLost for the term of the last agent, then stands anew',
    'find out why the agent ended: journalctl -u nodemend',
  ),
  'election.renew-deadline': row(
    'error',
    "the lock could not be renewed within renewDeadline; leadership is given up before it can be another's",
    'acts as leader no more, runs onLost, then stands anew',
    'find out why the lock cannot be reached: nodemend leader NAME shows the last trouble',
  ),
  'election.outrun': row(
    'error',
    'the lock is not ours any more although this node led',
    'acts as leader no more, runs onLost, then stands anew',
    'find out who changed the lock; a frozen or starved node is the usual cause',
  ),
  'election.token-stale': row(
    'error',
    'the lock gave a fencing token that is not higher than an earlier one',
    "does not lead: what it did would be refused as an old leader's",
    'if the store of the lock was made anew or restored, restart nodemend',
  ),
  'election.unreachable': row(
    'warn',
    'the lock cannot be reached',
    'a leader goes on until renewDeadline, the others wait; asks again every retryPeriod',
    'see the detail: address, network, or the store itself',
  ),
  'election.timeout': row(
    'warn',
    'the lock does not answer in time',
    'a leader goes on until renewDeadline, the others wait; asks again every retryPeriod',
    'see whether the store of the lock is overloaded or frozen',
  ),
  'election.denied': row(
    'error',
    'the lock refuses us: credentials, certificates or permissions',
    'does not lead; asks again every retryPeriod with credentials read anew',
    'see the detail; for Kubernetes grant get, create, update and watch of the Lease',
  ),
  'election.misconfigured': row(
    'error',
    'the lock cannot be used as it is configured',
    'does not lead; tries again every retryPeriod',
    'see the detail, correct the file that it names and run systemctl reload nodemend',
  ),
  'election.not-an-election': row(
    'error',
    "what lies in the lock is not an election's",
    'leaves it as it is and never leads',
    'choose another name for the lock',
  ),
  'election.identity-in-use': row(
    'error',
    'another live process stands under the same identity',
    'does not claim the lock for as long as the other lives',
    'give each its own identity, or leave identity out',
  ),
  'election.leaderless': row(
    'warn',
    'the holder in the lock has not renewed it for its whole duration: nobody leads',
    'claims the lock if it stands',
    'see nodemend leader on the other nodes',
  ),
  'election.stale': row(
    'warn',
    'the lock has not answered for so long that what is known is old',
    'answers 503 to those who ask who leads',
    'see why the lock does not answer: nodemend leader NAME',
  ),
} as const satisfies Record<string, ReasonRow>;
