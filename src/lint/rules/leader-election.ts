/**
 * Leader election is on, its durations keep client-go's rules (LeaseDuration > RenewDeadline > 1.2 x RetryPeriod) and are sane. Read from flags
 * and from the leaderElection of a component's configuration.
 */
import type { Path } from '../../config/locate.ts';
import { parseGoDuration } from '../../core/go-duration.ts';
import { type Document, fieldsAt, isFields, textOf, valueAt } from '../document.ts';
import { type Finding, found, type Spot } from '../finding.ts';
import { flagOf, type Program } from '../program.ts';
import type { Rule } from '../rule.ts';

interface Setting {
  /** As it is written, such as --leader-elect=false. */
  readonly shown: string;
  readonly value: string;
  readonly spot: Spot;
}

/** What is written; what is not has its default. */
interface Election {
  readonly leaderElect: Setting | null;
  readonly leaseDuration: Setting | null;
  readonly renewDeadline: Setting | null;
  readonly retryPeriod: Setting | null;
  readonly resourceLock: Setting | null;
}

const flags: Readonly<Record<keyof Election, string>> = {
  leaderElect: 'leader-elect',
  leaseDuration: 'leader-elect-lease-duration',
  renewDeadline: 'leader-elect-renew-deadline',
  retryPeriod: 'leader-elect-retry-period',
  resourceLock: 'leader-elect-resource-lock',
};

/** client-go: JitterFactor, the least ratio of RenewDeadline to RetryPeriod. */
const jitterFactor = 1.2;
const usualMs = { leaseDuration: 15_000, renewDeadline: 10_000, retryPeriod: 2_000 } as const;
type Span = keyof typeof usualMs;
const spans = Object.keys(usualMs) as Span[];
const slowMs = 60_000;
const hastyMs = 5_000;

function electionOfFlags(program: Program): Election {
  const read = (key: keyof Election): Setting | null => {
    const flag = flagOf(program, flags[key]);
    return flag === null ? null : { shown: `--${flag.name}=${flag.value}`, value: flag.value, spot: flag.spot };
  };
  return {
    leaderElect: read('leaderElect'),
    leaseDuration: read('leaseDuration'),
    renewDeadline: read('renewDeadline'),
    retryPeriod: read('retryPeriod'),
    resourceLock: read('resourceLock'),
  };
}

function electionAt(document: Document, path: Path): Election {
  const fields = fieldsAt(document.fields, path);
  const read = (key: keyof Election): Setting | null => {
    const value = textOf(fields[key]);
    return value === null ? null : { shown: `${key}: ${value}`, value, spot: document.spot([...path, key]) };
  };
  return {
    leaderElect: read('leaderElect'),
    leaseDuration: read('leaseDuration'),
    renewDeadline: read('renewDeadline'),
    retryPeriod: read('retryPeriod'),
    resourceLock: read('resourceLock'),
  };
}

function electionsOf(document: Document): Election[] {
  if (!document.kind.endsWith('Configuration')) return [];
  const paths: Path[] = [['leaderElection'], ['generic', 'leaderElection'], ['Generic', 'LeaderElection']];
  return paths.filter((path) => isFields(valueAt(document.fields, path))).map((path) => electionAt(document, path));
}

function checkOrder(election: Election): Finding[] {
  const ms = { ...usualMs } as Record<Span, number>;
  for (const span of spans) ms[span] = parseGoDuration(election[span]?.value ?? '') ?? usualMs[span];
  const written = spans.map((span) => election[span]).filter((setting) => setting !== null);
  const first = written[0];
  if (first === undefined) return [];
  const shown = written.map((setting) => setting.shown).join(', ');
  const low = ms.leaseDuration <= ms.renewDeadline || ms.renewDeadline <= jitterFactor * ms.retryPeriod;
  if (low || ms.retryPeriod <= 0) return [found('leader-election.order', first.spot, shown)];
  const findings: Finding[] = [];
  const { leaseDuration, renewDeadline } = election;
  if (leaseDuration !== null && ms.leaseDuration > slowMs)
    findings.push(found('leader-election.slow', leaseDuration.spot, leaseDuration.shown));
  if (renewDeadline !== null && ms.renewDeadline < hastyMs)
    findings.push(found('leader-election.hasty', renewDeadline.spot, renewDeadline.shown));
  return findings;
}

function checkElection(election: Election): Finding[] {
  const { leaderElect, resourceLock } = election;
  // As Go reads a truth.
  if (leaderElect !== null && /^(false|f|0)$/i.test(leaderElect.value))
    return [found('leader-election.off', leaderElect.spot, leaderElect.shown)];
  const locks =
    resourceLock !== null && resourceLock.value !== 'leases'
      ? [found('leader-election.lock', resourceLock.spot, resourceLock.shown)]
      : [];
  const wrong = spans.flatMap((span) => {
    const setting = election[span];
    if (setting === null || parseGoDuration(setting.value) !== null) return [];
    return [found('leader-election.duration', setting.spot, setting.shown)];
  });
  return [...locks, ...wrong, ...(wrong.length > 0 ? [] : checkOrder(election))];
}

export const leaderElection: Rule = ({ documents, programs }) =>
  [...programs.map(electionOfFlags), ...documents.flatMap(electionsOf)].flatMap(checkElection);
