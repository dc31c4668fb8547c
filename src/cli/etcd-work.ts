/** A command that changes members: shows its plan, and carries it out only with `--yes`; exit 1 when it is refused or fails, 2 for words that make no sense. */
import type { Plan } from '../core/etcd/work/plan.ts';
import { describe, isLocal } from '../core/etcd/work/steps.ts';
import { exitStatus, type Io } from './io.ts';
import { wrap } from './show-node.ts';

export interface WorkOutcome {
  readonly ok: boolean;
  readonly sentence: string;
  readonly elsewhere: readonly string[];
}

export interface PreparedWork {
  /** As an operator writes it. */
  readonly words: string;
  readonly plan: Plan;
  /** Told before the plan: what is special this time. */
  readonly notices: readonly string[];
  readonly carryOut: (tell: (line: string) => void) => Promise<WorkOutcome>;
}

export type Preparation =
  | { readonly ok: true; readonly work: PreparedWork }
  | { readonly ok: false; readonly usage: boolean; readonly why: string };

export interface WorkOptions {
  readonly json?: boolean | undefined;
  readonly yes?: boolean | undefined;
}

function endOf({ end, steps }: Plan): string {
  switch (end.is) {
    case 'done':
      return steps.length === 0 ? `nothing to do: ${end.what}` : `then ${end.what}`;
    case 'elsewhere':
      return `then on other nodes: ${end.what.join('; ')}`;
    case 'wait':
      return `then it waits for ${end.what}`;
    case 'refused':
      return `refused: ${end.why}`;
  }
}

function renderPlan({ words, plan, notices }: PreparedWork, io: Io): string {
  const lines = plan.steps.map(({ step, why }, index) => {
    const where = isLocal(step) ? 'on this node' : 'through the cluster';
    return wrap(`${index + 1}. ${describe(step)}, ${where}: ${why}`, io, 3);
  });
  const title = lines.length === 0 ? '' : `nodemend etcd ${words}\n`;
  return `${notices.map((notice) => wrap(notice, io)).join('')}${title}${lines.join('')}${wrap(endOf(plan), io)}`;
}

function tellOutcome({ ok, sentence, elsewhere }: WorkOutcome, io: Io): void {
  (ok ? io.out : io.err)(wrap(sentence, io));
  if (elsewhere.length > 0) io.out(wrap(`what is left is done on other nodes: ${elsewhere.join('; ')}`, io));
}

export async function etcdWork(options: WorkOptions, io: Io, prepare: () => Promise<Preparation>): Promise<number> {
  const prepared = await prepare();
  if (!prepared.ok) {
    io.err(wrap(prepared.why, io));
    return prepared.usage ? exitStatus.usage : exitStatus.no;
  }
  const { work } = prepared;
  const { plan } = work;
  const refused = plan.end.is === 'refused';
  const wanted = options.yes === true && !refused && (plan.steps.length > 0 || plan.end.is === 'wait');
  if (options.json !== true) (refused && plan.steps.length === 0 ? io.err : io.out)(renderPlan(work, io));
  if (!wanted) {
    if (options.json === true) io.out(`${JSON.stringify({ plan, outcome: null }, null, 2)}\n`);
    else if (plan.steps.length > 0 && !refused) io.out('nothing was done yet: --yes does it\n');
    return refused ? exitStatus.no : exitStatus.fine;
  }
  const outcome = await work.carryOut((line) => (options.json === true ? undefined : io.out(`${line}\n`)));
  if (options.json === true) io.out(`${JSON.stringify({ plan, outcome }, null, 2)}\n`);
  else tellOutcome(outcome, io);
  return outcome.ok ? exitStatus.fine : exitStatus.no;
}
