/** The words and options of `nodemend etcd ...`. */
import type { Command } from 'commander';
import type { Io } from '../cli/io.ts';
import type { Ask } from '../etcd-wish.ts';
import { configOption, type Ended, jsonOption } from './options.ts';

interface Given {
  readonly config?: string;
  readonly json?: boolean;
  readonly yes?: boolean;
}

function addLooking(etcd: Command, io: Io, ended: Ended): void {
  const command = (words: string, meaning: string) =>
    etcd.command(words).description(meaning).addOption(configOption()).addOption(jsonOption());
  command('status', 'every member now: what is the matter and what to do').action(
    async ({ config, ...options }: Given) =>
      ended(await (await import('../etcd-commands.ts')).etcdStatusHere({ ...options, config: config ?? null }, io)),
  );
  command('snapshot', 'take one snapshot now, its hash checked while it comes')
    .argument('[file]', 'a new file (default: one in backup.directory, by its retention)')
    .action(async (file: string | undefined, { config, ...options }: Given) => {
      const { etcdSnapshotHere } = await import('../etcd-commands.ts');
      ended(await etcdSnapshotHere({ ...options, config: config ?? null, file: file ?? null }, io));
    });
  command('verify', 'restore a snapshot on trial beside it and look whether it holds what it should')
    .argument('[file]', 'a snapshot (default: the newest good one in backup.directory)')
    .action(async (file: string | undefined, { config, ...options }: Given) => {
      const { etcdVerifyHere } = await import('../etcd-commands.ts');
      ended(await etcdVerifyHere({ ...options, config: config ?? null, file: file ?? null }, io));
    });
  command('members', 'who is on the list, who votes and who answers').action(async ({ config, ...options }: Given) =>
    ended(await (await import('../etcd-work-here.ts')).etcdMembersHere({ ...options, config: config ?? null }, io)),
  );
}

function addChanging(etcd: Command, io: Io, ended: Ended): void {
  const command = (words: string, meaning: string) =>
    etcd
      .command(words)
      .description(meaning)
      .option('--yes', 'do it; without it the plan is shown and nothing is done')
      .addOption(configOption())
      .addOption(jsonOption());
  const carryOut = async ({ config, ...options }: Given, ask: Ask): Promise<void> =>
    ended(await (await import('../etcd-work-here.ts')).etcdWorkHere({ ...options, config: config ?? null }, ask, io));
  command('create', 'a new cluster of the members in the configuration: on each of their nodes').action(
    (given: Given) => carryOut(given, { command: 'create' }),
  );
  command('add', "this node's member joins: as a learner first, promoted when it has caught up").action(
    (given: Given) => carryOut(given, { command: 'add' }),
  );
  command('remove', 'take a member off the list')
    .argument('<member>', 'name or id')
    .action((member: string, given: Given) => carryOut(given, { command: 'remove', member }));
  command('replace', "this node's member takes the place of a dead one: removed, and added anew with an empty disk")
    .argument('[member]', "name or id of the dead one (default: this node's own)")
    .action((member: string | undefined, given: Given) =>
      carryOut(given, { command: 'replace', member: member ?? null }),
    );
  command('repair', 'what the daemon starts where etcd.repair is act: replaces the dead member of this node').action(
    async ({ config, ...options }: Given) =>
      ended(await (await import('../etcd-work-here.ts')).etcdRepairHere({ ...options, config: config ?? null }, io)),
  );
  command('resize', 'a cluster of so many voters, one change at a time; who comes is added on its own node')
    .argument('<voters>', '1, 3, 5 or 7')
    .action((voters: string, given: Given) => carryOut(given, { command: 'resize', voters }));
  command(
    'upgrade',
    "start this node's member anew with what is installed and set: on each node, one after another",
  ).action((given: Given) => carryOut(given, { command: 'upgrade' }));
  command('restore', 'the cluster begins anew from a snapshot: on each node, its data before set aside')
    .argument('<file>', 'a snapshot')
    .action(async (file: string, { config, ...options }: Given) => {
      const { etcdRestoreHere } = await import('../etcd-work-here.ts');
      ended(await etcdRestoreHere({ ...options, config: config ?? null }, file, io));
    });
  command('defrag', 'defragment the members that need it, one at a time, the leader last').action((given: Given) =>
    carryOut(given, { command: 'defrag' }),
  );
  command('disarm', 'after NOSPACE: compact, defragment each member, disarm the alarm').action((given: Given) =>
    carryOut(given, { command: 'disarm' }),
  );
}

export function addEtcd(program: Command, io: Io, ended: Ended): void {
  const etcd = program.command('etcd').description('the etcd cluster with a member on this node; needs no daemon');
  addLooking(etcd, io, ended);
  addChanging(etcd, io, ended);
}
