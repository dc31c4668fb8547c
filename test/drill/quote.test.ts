/** What a command is made of arrives on the other side of ssh as it was. */
import { execFileSync } from 'node:child_process';
import t from 'tap';
import { quote } from '../../src/drill/target/quote.ts';
import { sshCommand } from '../../src/drill/target/ssh.ts';

t.test('any word goes through a real shell unchanged', async (t) => {
  const words = ['a b', "it's", '', '$HOME', '`id`', 'a;b', '*', '\\', '"', '\n', '-n', '~', '#x', 'é'];
  const shown = execFileSync('sh', ['-c', quote(['printf', '%s\\0', ...words])], { encoding: 'utf8' });
  t.same(shown.split('\0').slice(0, -1), words);
});

t.test('ssh asks nobody anything and takes no host for an option', async (t) => {
  const argv = sshCommand('root@worker-1', '/tmp/c', ['systemctl', 'kill', 'a b']);
  t.ok(argv.includes('BatchMode=yes'));
  t.same(argv.slice(-3), ['--', 'root@worker-1', "systemctl kill 'a b'"]);
});
