/**
 * The one catalogue of reason codes, in parts by what they tell of. Logs, metrics, status, history, `nodemend explain`, tests and the README all use
 * these words. A code is stable once released and never reused for another meaning.
 */
import { alertReasons } from './reasons/alert.ts';
import { backupReasons } from './reasons/backup.ts';
import { electionReasons } from './reasons/election.ts';
import { etcdReasons } from './reasons/etcd.ts';
import { freshnessReasons } from './reasons/freshness.ts';
import { leaderReasons } from './reasons/leader.ts';
import { nodeReasons } from './reasons/node.ts';
import { probeReasons } from './reasons/probe.ts';
import { restartReasons } from './reasons/restart.ts';
import { unitReasons } from './reasons/unit.ts';

export type { Severity } from './reasons/row.ts';

export const reasons = {
  ...unitReasons,
  ...probeReasons,
  ...restartReasons,
  ...nodeReasons,
  ...etcdReasons,
  ...alertReasons,
  ...backupReasons,
  ...freshnessReasons,
  ...leaderReasons,
  ...electionReasons,
} as const;

export type Reason = keyof typeof reasons;
