/**
 * The step of this domain: takes one event in, says what is done, what is told and when to be called next. It restarts nothing: no leader, an alarm, a slow
 * disk or a lost quorum is only told. What is replaced where the configuration says `act` is a dead member while the others have quorum.
 */
import { newestGood } from './backup.ts';
import { judgeComparison } from './compare.ts';
import type { EtcdAction, EtcdEvent, EtcdTransition } from './event.ts';
import { type EtcdReason, type Finding, ofCluster } from './finding.ts';
import { judge } from './judge.ts';
import { judgeDead, toRepair, watchSilence } from './repair.ts';
import { type BackupState, type EtcdState, initialEtcd, type Round } from './state.ts';
import type { ClusterView } from './view.ts';

/** Looks are compared with one so old: what etcd's mixin takes for leader changes and disks. */
const againstMs = 900_000;
const keptApartMs = 60_000;

interface Turn {
  state: EtcdState;
  readonly nowMs: number;
  /** A pause, an upgrade of packages or the end of the node: nothing is replaced. */
  readonly handsOff: boolean;
  readonly actions: EtcdAction[];
  readonly transitions: EtcdTransition[];
}

export interface EtcdStep {
  readonly state: EtcdState | undefined;
  readonly actions: readonly EtcdAction[];
  readonly transitions: readonly EtcdTransition[];
}

function changeBackup(turn: Turn, change: (backup: BackupState) => BackupState): void {
  const { backup } = turn.state;
  if (backup !== null) turn.state = { ...turn.state, backup: change(backup) };
}

function observe(turn: Turn, view: ClusterView): void {
  const { state, nowMs } = turn;
  const newest = state.earlier.at(-1);
  const kept =
    newest === undefined || nowMs - newest.atMs >= keptApartMs
      ? [...state.earlier, { atMs: nowMs, view }]
      : state.earlier;
  // One that is older than the span stays, so that the whole span is seen.
  const first = kept.findLastIndex(({ atMs }) => nowMs - atMs >= againstMs);
  const repair = watchSilence(state.repair, view, state.policy, nowMs);
  const look = { ...state.look, underWay: false };
  turn.state = { ...state, view, earlier: kept.slice(Math.max(0, first)), look, repair };
  const due = turn.handsOff ? null : toRepair(repair, view, state.policy, nowMs);
  if (due !== null) beginRepair(turn, due.member);
}

function beginRepair(turn: Turn, member: string | null): void {
  turn.state = { ...turn.state, repair: { ...turn.state.repair, underWay: true } };
  turn.actions.push({ type: 'etcd.repair' });
  tellRepair(turn, member, 'etcd.repair-begun', 'journalctl -u nodemend-etcd-repair has its steps');
}

function tellRepair(turn: Turn, member: string | null, reason: EtcdReason, detail: string): void {
  turn.transitions.push({ type: 'etcd.changed', member, reason, detail, over: false });
}

function endRepair(turn: Turn, { ok, detail }: Extract<EtcdEvent, { type: 'etcd.repair-ended' }>): void {
  const { repair, policy } = turn.state;
  turn.state = {
    ...turn.state,
    repair: {
      ...repair,
      underWay: false,
      failure: ok ? null : detail,
      notBeforeMs: turn.nowMs + policy.deadAfterMs,
    },
  };
  // A failure is told as what is the matter until it is mended.
  if (ok) tellRepair(turn, null, 'etcd.repaired', detail);
}

function endTaking(turn: Turn, { taken, records }: Extract<EtcdEvent, { type: 'backup.ended' }>): void {
  const ended = taken.ok
    ? {
        ok: true,
        reason: 'backup.taken' as const,
        detail: `revision ${taken.record.revision}, ${taken.record.bytes} bytes`,
      }
    : { ok: false, reason: taken.reason, detail: taken.detail };
  changeBackup(turn, (backup) => ({ ...backup, records, work: 'none', lastTaken: ended }));
  const file = taken.ok ? taken.record.file : null;
  turn.transitions.push({ type: 'backup.changed', file, reason: ended.reason, detail: ended.detail });
  for (const detail of taken.ok ? taken.notices : [])
    turn.transitions.push({ type: 'backup.changed', file, reason: 'backup.incomplete', detail });
}

function endProof(turn: Turn, { file, verification, records }: Extract<EtcdEvent, { type: 'proof.ended' }>): void {
  const { ok, reason, detail } = verification;
  changeBackup(turn, (backup) => ({ ...backup, records, work: 'none', lastProof: { ok, reason, detail } }));
  turn.transitions.push({ type: 'backup.changed', file, reason, detail });
}

const handlers: {
  readonly [Type in EtcdEvent['type']]: (turn: Turn, event: Extract<EtcdEvent, { type: Type }>) => void;
} = {
  'etcd.configured': (turn, { backup }) => {
    if (backup !== null) turn.actions.push({ type: 'backup.list', backup });
  },
  'etcd.observed': (turn, { view }) => observe(turn, view),
  'etcd.canary-returned': (turn, { canary }) => {
    turn.state = { ...turn.state, canary, canaryRound: { ...turn.state.canaryRound, underWay: false } };
  },
  'etcd.compared': (turn, { comparison }) => {
    turn.state = { ...turn.state, comparison, compareRound: { ...turn.state.compareRound, underWay: false } };
  },
  'etcd.repair-left': (turn) => {
    if (turn.state.policy.repair === 'act' && !turn.state.repair.underWay) beginRepair(turn, null);
  },
  'etcd.repair-ended': endRepair,
  'backup.listed': (turn, { records }) => changeBackup(turn, (backup) => ({ ...backup, records })),
  'backup.due': (turn) => {
    const { policy, backup } = turn.state;
    if (backup === null || backup.work !== 'none') return;
    turn.actions.push({ type: 'backup.take', policy, backup: backup.policy });
    changeBackup(turn, (known) => ({ ...known, work: 'taking' }));
  },
  'backup.ended': endTaking,
  'proof.due': (turn) => changeBackup(turn, (backup) => ({ ...backup, proofWaits: true })),
  'proof.ended': endProof,
};

/** A proof waits for the snapshot that is being taken, and is dropped when there is nothing to prove. */
function beginProof(turn: Turn): void {
  const { policy, backup } = turn.state;
  if (backup === null || !backup.proofWaits || backup.work !== 'none') return;
  const [newest] = newestGood(backup.records);
  changeBackup(turn, (known) => ({ ...known, proofWaits: false, work: newest === undefined ? 'none' : 'verifying' }));
  if (newest !== undefined)
    turn.actions.push({ type: 'backup.verify', policy, backup: backup.policy, file: newest.file });
}

/** Begins what is due and not under way. */
function begin(turn: Turn, round: Round, everyMs: number, start: () => void): Round {
  if (round.underWay || round.dueAtMs > turn.nowMs) return round;
  start();
  return { dueAtMs: turn.nowMs + everyMs, underWay: true };
}

function beginRounds(turn: Turn): void {
  const { policy, view, look, canaryRound, compareRound } = turn.state;
  turn.state = {
    ...turn.state,
    look: begin(turn, look, policy.everyMs, () => turn.actions.push({ type: 'etcd.look', policy })),
    canaryRound: begin(turn, canaryRound, policy.canaryEveryMs, () =>
      turn.actions.push({ type: 'etcd.canary', policy }),
    ),
    compareRound:
      view === null
        ? compareRound
        : begin(turn, compareRound, policy.compareEveryMs, () =>
            turn.actions.push({ type: 'etcd.compare', policy, view }),
          ),
  };
}

function findingsNow(
  { view, earlier, canary, comparison, repair, policy }: EtcdState,
  nowMs: number,
): readonly Finding[] {
  if (view === null) return [];
  return [
    ...judge(view, earlier[0]?.view ?? null),
    ...judgeDead(repair, view, policy, nowMs),
    ...(canary === null || canary.ok ? [] : [ofCluster('etcd.canary-failed', canary.detail)]),
    ...(comparison === null ? [] : judgeComparison(comparison)),
  ];
}

const nameOfFinding = ({ reason, member }: Finding): string => `${reason} ${member ?? ''}`;

/** What came and what went is told once each. */
function tellFindings(turn: Turn): void {
  const before = turn.state.findings;
  const findings = findingsNow(turn.state, turn.nowMs);
  const tell = (found: readonly Finding[], known: readonly Finding[], over: boolean): void => {
    const names = new Set(known.map(nameOfFinding));
    for (const finding of found)
      if (!names.has(nameOfFinding(finding))) turn.transitions.push({ type: 'etcd.changed', ...finding, over });
  };
  tell(findings, before, false);
  tell(before, findings, true);
  turn.state = { ...turn.state, findings };
}

/** `event` null: time alone has passed. */
export function stepEtcd(
  before: EtcdState | undefined,
  event: EtcdEvent | null,
  nowMs: number,
  handsOff: boolean,
): EtcdStep {
  // Of an earlier run only whose member is this node's still holds.
  const ownId = before?.repair?.ownId ?? null;
  const initial = event?.type === 'etcd.configured' ? initialEtcd(event.etcd, event.backup, ownId, nowMs) : before;
  if (initial === undefined) return { state: undefined, actions: [], transitions: [] };
  const turn: Turn = { state: initial, nowMs, handsOff, actions: [], transitions: [] };
  if (event !== null) {
    const handle = handlers[event.type] as (turn: Turn, event: EtcdEvent) => void;
    handle(turn, event);
  }
  beginProof(turn);
  beginRounds(turn);
  tellFindings(turn);
  const { look, canaryRound, compareRound, view } = turn.state;
  const rounds = [look, canaryRound, ...(view === null ? [] : [compareRound])];
  const wakeAtMs = Math.min(...rounds.map(({ dueAtMs, underWay }) => (underWay ? Number.POSITIVE_INFINITY : dueAtMs)));
  turn.state = { ...turn.state, wakeAtMs: Number.isFinite(wakeAtMs) ? wakeAtMs : nowMs + turn.state.policy.everyMs };
  return turn;
}
