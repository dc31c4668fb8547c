/** `nodemend etcd members`, and the commands that change them, with this node and its cluster behind them. None of these needs the daemon. */

import { setTimeout as wait } from 'node:timers/promises';
import { createReach } from './adapters/etcd/access.ts';
import { createDoStep } from './adapters/etcd/do-step.ts';
import { createJournal, isLeft, readJournal } from './adapters/etcd/journal.ts';
import { restoreData } from './adapters/etcd/restore.ts';
import { createSight } from './adapters/etcd/sight.ts';
import { takeBackup } from './adapters/etcd/take.ts';
import { createTurn } from './adapters/etcd/turn.ts';
import { etcdMembers } from './cli/etcd-members.ts';
import { etcdWork, type Preparation, type WorkOptions, type WorkOutcome } from './cli/etcd-work.ts';
import type { Io } from './cli/io.ts';
import { planOf } from './core/etcd/work/plan.ts';
import type { Scene } from './core/etcd/work/scene.ts';
import type { Wish } from './core/etcd/work/wish.ts';
import { type EtcdOptions, type Policies, withPolicies } from './etcd-commands.ts';
import { planRestore } from './etcd-restore.ts';
import { type Ask, orResumed, wishOf } from './etcd-wish.ts';
import { createWork } from './etcd-work.ts';

const wallMs = (): number => Date.now();

/** null when it could be written; else the end of it. */
async function unwrittenFor(write: () => Promise<void>): Promise<WorkOutcome | null> {
  try {
    await write();
    return null;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { ok: false, sentence: `nothing was done, since it cannot be written down: ${why}`, elsewhere: [] };
  }
}

function openHere({ node, etcd, backup, directory }: Policies) {
  const reach = createReach();
  const sight = createSight({ etcd, backup, reach, directory, wallMs });
  const journal = createJournal(directory, etcd.unit, wallMs);
  const { timeoutMs } = etcd;

  async function snapshot(endpoints: readonly string[]): Promise<void> {
    const access = { ...etcd, endpoints };
    const taken = await takeBackup({ reach, access, policy: backup, holder: node, timeoutMs, wallMs }, null);
    if (!taken.ok) throw new Error(`${taken.reason}: ${taken.detail}`);
  }

  async function carryOut(
    { wish, words, agreed, unattended }: { wish: Wish; words: string; agreed: Scene; unattended: boolean },
    tell: (line: string) => void,
  ): Promise<WorkOutcome> {
    const { found } = await sight();
    const environmentFile = 'service' in found ? found.service.environmentFile : null;
    const restore = (step: Parameters<typeof restoreData>[0]): Promise<void> =>
      restoreData(step, backup.verify.etcdutl);
    const perform = createDoStep({ reach, files: etcd, timeoutMs, wallMs, environmentFile, snapshot, restore });
    const turn = createTurn(reach, etcd, node, timeoutMs);
    const unwritten = await unwrittenFor(() => journal.begin({ words, wish, unattended }));
    if (unwritten !== null) return unwritten;
    const work = createWork(wish, agreed, {
      look: async () => (await sight()).scene,
      perform,
      note: journal.note,
      hold: turn.take,
      wait: (ms) => wait(ms),
      nowMs: () => performance.now(),
      tell,
    });
    const outcome = await work();
    await turn.end();
    // What cannot be written down is taken for interrupted by the next one, which looks at what is there anyway.
    await journal.end(outcome.ok, outcome.sentence).catch(() => undefined);
    return outcome;
  }

  return { sight, carryOut };
}

export const wordsOf = (ask: Ask): string =>
  [ask.command, 'member' in ask ? ask.member : null, 'voters' in ask ? ask.voters : null]
    .filter((word) => word !== null)
    .join(' ');

const refused = (why: string): Preparation => ({ ok: false, usage: false, why });

async function prepareRestore(file: string, policies: Policies): Promise<Preparation> {
  const { sight, carryOut } = openHere(policies);
  const { scene } = await sight();
  const found = await planRestore(file, scene, policies);
  if (typeof found === 'string') return refused(found);
  const { wish, notices, told, keep } = found;
  const words = `restore ${wish.snapshot.path}`;
  return {
    ok: true,
    work: {
      words,
      plan: planOf(scene, wish),
      notices,
      carryOut: async (tell) => {
        const unwritten = await unwrittenFor(keep);
        if (unwritten !== null) return unwritten;
        const outcome = await carryOut({ wish, words, agreed: scene, unattended: false }, tell);
        return outcome.ok ? { ...outcome, sentence: `${told}; ${outcome.sentence}` } : outcome;
      },
    },
  };
}

/** What the daemon starts: never upon a member that somebody stopped. */
async function prepareRepair(policies: Policies): Promise<Preparation> {
  const { etcd, directory } = policies;
  if (etcd.repair !== 'act')
    return refused(`etcd.repair is ${etcd.repair}: at act this replaces a dead member unasked`);
  const { sight, carryOut } = openHere(policies);
  const { scene } = await sight();
  const words = 'repair';
  const journal = await readJournal(directory, etcd.unit);
  const isOurs = journal?.words === words && isLeft(journal);
  if (!isOurs && scene.here?.process === 'stopped')
    return refused(`${etcd.unit} was stopped by hand: what somebody stopped is not replaced`);
  const wished = orResumed(wishOf({ command: 'replace', member: null }, scene, etcd.places), journal, words);
  if (!wished.ok) return wished;
  const { wish } = wished;
  const work = { wish, words, agreed: scene, unattended: true };
  return {
    ok: true,
    work: { words, plan: planOf(scene, wish), notices: [], carryOut: (tell) => carryOut(work, tell) },
  };
}

export const etcdRepairHere = (options: EtcdOptions & WorkOptions, io: Io): Promise<number> =>
  withPolicies(options, io, (policies) => etcdWork(options, io, () => prepareRepair(policies)));

async function prepare(ask: Ask, policies: Policies): Promise<Preparation> {
  const { sight, carryOut } = openHere(policies);
  const { scene } = await sight();
  const words = wordsOf(ask);
  const journal = await readJournal(policies.directory, policies.etcd.unit);
  const wished = orResumed(wishOf(ask, scene, policies.etcd.places), journal, words);
  if (!wished.ok) return wished;
  const { wish } = wished;
  const interrupted = journal?.ended === null && journal.words === words;
  return {
    ok: true,
    work: {
      words,
      plan: planOf(scene, wish),
      notices: interrupted ? ['this was begun and interrupted: it goes on from what is there now'] : [],
      carryOut: (tell) => carryOut({ wish, words, agreed: scene, unattended: false }, tell),
    },
  };
}

export const etcdRestoreHere = (options: EtcdOptions & WorkOptions, file: string, io: Io): Promise<number> =>
  withPolicies(options, io, (policies) => etcdWork(options, io, () => prepareRestore(file, policies)));

export const etcdWorkHere = (options: EtcdOptions & WorkOptions, ask: Ask, io: Io): Promise<number> =>
  withPolicies(options, io, (policies) => etcdWork(options, io, () => prepare(ask, policies)));

export const etcdMembersHere = (options: EtcdOptions, io: Io): Promise<number> =>
  withPolicies(options, io, (policies) =>
    etcdMembers(options, io, async () => {
      const { scene } = await openHere(policies).sight();
      const journal = await readJournal(policies.directory, policies.etcd.unit);
      return { view: scene.view, unfinished: journal !== null && journal.ended === null ? journal.words : null };
    }),
  );
