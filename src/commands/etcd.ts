/** The words and options of `nodemend etcd`. */
import type { Command } from 'commander';
import type { Io } from '../cli/io.ts';
import type { Ask } from '../etcd-wish.ts';
import { configOption, type Ended, jsonOption } from './options.ts';

export function addEtcd(program: Command, io: Io, ended: Ended): void {
  const etcd = program.command('etcd').description('the etcd cluster with a member on this node; needs no daemon');
  etcd
    .command('status')
    .description('every member now: what is the matter and what to do')
    .addOption(configOption())
    .addOption(jsonOption())
    .action(async ({ config = null, ...options }: { config?: string | null; json?: boolean }) =>
      ended(await (await import('../etcd-commands.ts')).etcdStatusHere({ ...options, config }, io)),
    );
  etcd
    .command('snapshot')
    .description('take one snapshot now, its hash checked while it comes')
    .argument('[file]', 'a new file (default: one in backup.directory, by its retention)')
    .addOption(configOption())
    .addOption(jsonOption())
    .action(
      async (file: string | undefined, { config = null, ...options }: { config?: string | null; json?: boolean }) => {
        const { etcdSnapshotHere } = await import('../etcd-commands.ts');
        ended(await etcdSnapshotHere({ ...options, config, file: file ?? null }, io));
      },
    );
  etcd
    .command('verify')
    .description('restore a snapshot on trial beside it and look whether it holds what it should')
    .argument('[file]', 'a snapshot (default: the newest good one in backup.directory)')
    .addOption(configOption())
    .addOption(jsonOption())
    .action(
      async (file: string | undefined, { config = null, ...options }: { config?: string | null; json?: boolean }) => {
        const { etcdVerifyHere } = await import('../etcd-commands.ts');
        ended(await etcdVerifyHere({ ...options, config, file: file ?? null }, io));
      },
    );
  addMembers(etcd, io, ended);
}

function addMembers(etcd: Command, io: Io, ended: Ended): void {
  interface Given {
    readonly config?: string;
    readonly json?: boolean;
    readonly yes?: boolean;
  }
  const carryOut = async (
    { config = null, ...options }: Omit<Given, 'config'> & { config?: string | null },
    ask: Ask,
  ) => ended(await (await import('../etcd-work-here.ts')).etcdWorkHere({ ...options, config }, ask, io));
  const changing = (words: string, meaning: string) =>
    etcd
      .command(words)
      .description(meaning)
      .option('--yes', 'do it; without it the plan is shown and nothing is done')
      .addOption(configOption())
      .addOption(jsonOption());
  etcd
    .command('members')
    .description('who is on the list, who votes and who answers')
    .addOption(configOption())
    .addOption(jsonOption())
    .action(async ({ config = null, ...options }: { config?: string | null; json?: boolean }) =>
      ended(await (await import('../etcd-work-here.ts')).etcdMembersHere({ ...options, config }, io)),
    );
  changing('defrag', 'defragment the members that need it, one at a time, the leader last').action((given: Given) =>
    carryOut(given, { command: 'defrag' }),
  );
  changing('disarm', 'after NOSPACE: compact, defragment each member, disarm the alarm').action((given: Given) =>
    carryOut(given, { command: 'disarm' }),
  );
}
