/** What a cluster of voters stands. Only members that answer by themselves count: what is not seen is not relied on (S4). */
import { answers, type ClusterView, type MemberView } from './view.ts';

export const quorumOf = (voters: number): number => Math.floor(voters / 2) + 1;

export interface Standing {
  readonly voters: number;
  readonly answering: number;
  readonly quorum: number;
  /** How many more may be lost; negative when there are too few already. */
  readonly spare: number;
}

/** A member that knows no leader answers, and takes part in nothing. */
export const takesPart = (member: MemberView): boolean => answers(member) && member.status?.leaderId !== '0';

export function standingOf({ members }: Pick<ClusterView, 'members'>): Standing {
  const voters = members.filter((member) => !member.learner);
  const answering = voters.filter(takesPart).length;
  const quorum = quorumOf(voters.length);
  return { voters: voters.length, answering, quorum, spare: answering - quorum };
}

/** Whether the cluster goes on without this member. */
export function keepsQuorumWithout(view: Pick<ClusterView, 'members' | 'strangers'>, memberId: string): boolean {
  if (view.strangers.length > 0) return false;
  const others = view.members.filter((member) => member.id !== memberId && !member.learner);
  const isVoter = view.members.some((member) => member.id === memberId && !member.learner);
  const voters = others.length + Number(isVoter);
  return voters > 0 && others.filter(takesPart).length >= quorumOf(voters);
}
