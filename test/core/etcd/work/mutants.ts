/** One guard or care taken out for each: a line of the planner and what is put in its place. The line has to be there exactly once. */
export interface Mutant {
  readonly what: string;
  /** Below src. */
  readonly file: string;
  readonly line: string;
  readonly instead: string;
}

const work = (file: string): string => `core/etcd/work/${file}`;

export const mutants: readonly Mutant[] = [
  {
    what: 'endpoints of two clusters are taken for one',
    file: work('guards.ts'),
    line: 'if (stranger !== undefined)',
    instead: 'if (stranger !== undefined && view.members.length < 0)',
  },
  {
    what: 'members are changed without quorum',
    file: work('guards.ts'),
    line: 'return spare < 0\n',
    instead: 'return spare < -100\n',
  },
  {
    what: 'a second member is taken out',
    file: work('guards.ts'),
    line: 'const silent = members.filter((member) => !takesPart(member));',
    instead: 'const silent = members.filter((member) => !takesPart(member) && members.length < 0);',
  },
  {
    what: 'who answers and knows no leader counts as there',
    file: work('guards.ts'),
    line: 'const silent = members.filter((member) => !takesPart(member));',
    instead: 'const silent = members.filter((member) => member.status === null);',
  },
  {
    what: 'two changes at a time',
    file: work('guards.ts'),
    line: 'const joining = view.members.filter(({ id, learner }) => learner && !apartFrom.includes(id));',
    instead:
      'const joining = view.members.filter(({ id, learner }) => learner && !apartFrom.includes(id) && id === "");',
  },
  {
    what: 'the last voter is removed',
    file: work('guards.ts'),
    line: 'votersOf(view).some(({ id }) => id !== memberId) ?',
    instead: 'votersOf(view).some(({ id }) => id !== "") ?',
  },
  {
    what: 'one of two voters is restarted',
    file: work('guards.ts'),
    line: 'return keepsQuorumWithout(view, memberId)',
    instead: 'return keepsQuorumWithout(view, memberId) || voters > 0',
  },
  {
    what: 'a member is added to copy damage',
    file: work('guards.ts'),
    line: "return hasAlarm(view, 'CORRUPT')\n",
    instead: "return hasAlarm(view, 'CORRUPT') && view.members.length < 0\n",
  },
  {
    what: 'members are changed in the middle of an upgrade',
    file: work('guards.ts'),
    line: 'return found.length > 1\n',
    instead: 'return found.length > 9\n',
  },
  {
    what: 'a learner is promoted before it has caught up',
    file: work('guards.ts'),
    line: 'return leader.status.raftIndex - member.status.raftAppliedIndex <= nearEntries;',
    instead: 'return leader.status.raftIndex - member.status.raftAppliedIndex <= 100 * nearEntries;',
  },
  {
    what: 'a learner that knows no leader is promoted',
    file: work('guards.ts'),
    line: 'if (!takesPart(member) || member.status === null || leader?.status == null) return false;',
    instead: 'if (member.status === null || leader?.status == null) return false;',
  },
  {
    what: 'nothing is kept before a member goes',
    file: work('before.ts'),
    line: 'return fresh ? null',
    instead: 'return fresh || view.members.length > 0 ? null',
  },
  {
    what: 'the leader does not hand over',
    file: work('before.ts'),
    line: 'if (others.length === 0) return null;',
    instead: 'if (others.length >= 0) return null;',
  },
  {
    what: 'what answers is replaced',
    file: work('join.ts'),
    line: 'if (answers(dead)) return',
    instead: 'if (answers(dead) && dead.name === "") return',
  },
  {
    what: 'a dead one goes while this one comes',
    file: work('join.ts'),
    line: 'if (joining !== null) return refuse(joining);',
    instead: 'if (joining === "") return refuse(joining);',
  },
  {
    what: 'a service that starts again and again is left to come back',
    file: work('join.ts'),
    line: 'if (here !== null && findOwn(scene)?.id === dead.id && isUp(here))',
    instead: 'if (here !== null && findOwn(scene)?.id === dead.id && isUp(here) && here.name === "")',
  },
  {
    what: 'a member starts on the data of an earlier membership',
    file: work('join.ts'),
    line: 'if (data !== null)\n',
    instead: 'if (data !== null && data.memberId === "")\n',
  },
  {
    what: 'a learner that lost its data begins under the same id',
    file: work('join.ts'),
    line: "if (own.name !== '')\n",
    instead: "if (own.name === '-')\n",
  },
  {
    what: 'a voter begins anew on an empty disk',
    file: work('join.ts'),
    line: 'if (data?.memberId !== own.id)\n',
    instead: 'if (data?.memberId === "")\n',
  },
  {
    what: 'an empty member is started by an upgrade',
    file: work('upgrade.ts'),
    line: 'if (!isUp(here) && here.data?.memberId === own.id) return',
    instead: 'if (!isUp(here)) return',
  },
  {
    what: 'a minor version is skipped',
    file: work('upgrade.ts'),
    line: 'if (from.major !== to.major || to.minor > from.minor + 1)',
    instead: 'if (from.major !== to.major || to.minor > from.minor + 9)',
  },
  {
    what: 'a member goes back to an earlier version',
    file: work('upgrade.ts'),
    line: 'laterThanInstalled(own, installed),\n',
    instead: '',
  },
  {
    what: '3.6 comes too early',
    file: work('upgrade.ts'),
    line: 'if (from.minor === 5 && to.minor === 6 && numberOf(from) < numberOf(leastBefore36))',
    instead: 'if (from.minor === 5 && to.minor === 99 && numberOf(from) < numberOf(leastBefore36))',
  },
  {
    what: 'the alarm is disarmed while a member is full',
    file: work('upkeep.ts'),
    line: 'const tight = inOrder(view).filter(isTight);',
    instead: 'const tight = inOrder(view).filter(isTight).slice(1);',
  },
  {
    what: 'a new cluster is made beside one that answers',
    file: work('found.ts'),
    line: 'if (view.clusterId !== null && view.clusterId !== expected.clusterId)\n',
    instead: 'if (view.clusterId === "")\n',
  },
  {
    what: 'a new cluster is made over data',
    file: work('found.ts'),
    line: 'if (here.data !== null && !sameData(here.data, expected))\n',
    instead: 'if (here.data?.clusterId === "" && view.clusterId !== null)\n',
  },
  {
    what: 'a cluster that works is restored over',
    file: work('found.ts'),
    line: 'standingOf(view).spare >= 0)',
    instead: 'standingOf(view).spare >= 100)',
  },
  {
    what: 'a restore is put over the data',
    file: work('found.ts'),
    line: 'if (here.data !== null && !isRestored) return',
    instead: 'if (here.data?.memberId === "" && !isRestored) return',
  },
  {
    what: 'the data of a running member is moved',
    file: work('found.ts'),
    line: "if (isUp(here)) return toDo({ do: 'stop', unit: here.unit }, 'what it holds is replaced');",
    instead: '',
  },
];
