/** Completion as people use it: tabs typed into real shells on a terminal. */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { renderIncidents } from '../../src/cli/show-incident.ts';
import { renderNode } from '../../src/cli/show-node.ts';
import { bashCompletion } from '../../src/package/completion/bash.ts';
import { zshCompletion } from '../../src/package/completion/zsh.ts';
import { skipWithoutDebian, unpacked } from '../programs.ts';
import { component, incident, node } from '../serve/stand-in.ts';
import { openShell, type Shell, standIn } from './shell.ts';

const look = { columns: 80, color: false };
const status = renderNode(
  node({
    components: [component('containerd'), component('kubelet', { phase: 'stopped', reason: 'unit.stopped' })],
    upgrading: 'apt',
  }),
  look,
);
const history = renderIncidents([incident('incident-1a2b3c4d-12'), incident('incident-9f8e7d6c-3')], {}, look);

/** What is typed, and what nodemend is called with then. */
const cases: readonly (readonly [typed: string, called: string])[] = [
  ['hist\t', 'history'],
  ['etcd sn\t', 'etcd snapshot'],
  ['alert \t', 'alert test'],
  ['history --wrong --inc\t', 'history --wrong --incident'],
  ['pause --f\t1h --rea\tnone', 'pause --for 1h --reason none'],
  ['status kub\t', 'status kubelet'],
  ['restart cont\t', 'restart containerd'],
  ['history --incident 9\t', 'history --incident 9f8e7d6c-3'],
  ['explain unit.cr\t', 'explain unit.crashed'],
  ['check myc\t', 'check myconfig.yaml'],
  ['run --config myc\t', 'run --config myconfig.yaml'],
  ['pause --reason kub\t', 'pause --reason kub'],
];

function folderOf(t: Test): string {
  const folder = t.testdir({ 'myconfig.yaml': '' });
  writeFileSync(join(folder, 'nodemend'), standIn(folder, status, history), { mode: 0o755 });
  return folder;
}

async function tryAll(t: Test, shell: Shell): Promise<void> {
  for (const [typed, called] of cases) t.equal((await shell.call(`nodemend ${typed}`)).trim(), called, typed);
}

t.test('bash completes commands, options, components, incidents, reasons and files', async (t) => {
  const folder = folderOf(t);
  writeFileSync(join(folder, 'completion'), bashCompletion());
  await tryAll(t, await openShell(t, folder, 'bash --norc -i', 'source ./completion'));
});

t.test('zsh does as well', { skip: skipWithoutDebian('zsh') }, async (t) => {
  const folder = folderOf(t);
  const zsh = await unpacked(['zsh', 'zsh-common']);
  mkdirSync(join(folder, 'functions'));
  writeFileSync(join(folder, 'functions/_nodemend'), zshCompletion());
  const below = (path: string): string[] => {
    const names = readdirSync(join(zsh, path), { recursive: true, withFileTypes: true });
    return names.filter((one) => one.isDirectory()).map((one) => join(one.parentPath, one.name));
  };
  const modules = below('usr/lib').find((path) => /zsh\/[\d.]+$/.test(path));
  const functions = ['functions', join(zsh, 'usr/share/zsh/functions'), ...below('usr/share/zsh/functions')];
  const lines = [
    `module_path=(${modules})`,
    `fpath=(${functions.join(' ')})`,
    'autoload -Uz compinit',
    'compinit -u -D',
  ];
  writeFileSync(join(folder, 'begin'), `${lines.join('\n')}\n`);
  await tryAll(t, await openShell(t, folder, `${join(zsh, 'bin/zsh')} -f -i`, 'source ./begin'));
});
