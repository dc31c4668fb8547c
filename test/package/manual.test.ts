/** The manual says what the program says, and both programs that show manuals find nothing to complain about. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import t, { type Test } from 'tap';
import { commandsOf, describedProgram } from '../../src/package/command-list.ts';
import { configTables } from '../../src/package/config-rows.ts';
import { manualPages } from '../../src/package/documents.ts';
import { bold, entry, page, paragraph, verbatim } from '../../src/package/manual/roff.ts';
import { daemon } from '../../src/package/product.ts';
import { findProgram, skipWithoutDebian } from '../programs.ts';

const top = resolve(import.meta.dirname, '../..');
const pages = manualPages({ top, version: '9.8.7', epoch: 1_764_547_200 }, daemon.description);
const names = ['nodemend.8', 'nodemend.yaml.5'] as const;

const mandoc = async (...words: readonly string[]): Promise<string> => {
  const [program = '', ...argv] = await findProgram('mandoc', 'mandoc');
  return execFileSync(program, [...argv, ...words], { encoding: 'utf8' });
};

/** A character and the backspace after it: how bold is written. */
const overstruck = new RegExp(`.${String.fromCharCode(8)}`, 'g');

/** As a reader sees it, on lines that hardly end. */
async function read(t: Test, page: string): Promise<string> {
  const file = join(t.testdir(), 'page');
  writeFileSync(file, page);
  const shown = await mandoc('-T', 'ascii', '-O', 'width=1000', file);
  return shown.replace(overstruck, '').replace(/ +/g, ' ');
}

const skip = skipWithoutDebian('mandoc');
const skipGroff = existsSync('/usr/bin/groff') ? false : 'groff is not installed';

t.test('groff shows both without a warning', { skip: skipGroff }, async (t) => {
  const complaints = (page: string): string =>
    spawnSync('groff', ['-man', '-Tascii', '-ww', '-rF0', '-z'], { input: page, encoding: 'utf8' }).stderr;
  for (const name of names) t.equal(complaints(pages[name]), '', name);
  t.not(complaints(`${pages['nodemend.8']}.NOSUCHMACRO\n`), '', 'it does look');
});

t.test('mandoc finds nothing either', { skip }, async (t) => {
  for (const name of names) {
    const file = join(t.testdir(), name);
    writeFileSync(file, pages[name]);
    t.equal(await mandoc('-T', 'lint', '-W', 'warning', file), '', name);
    t.match(await read(t, pages[name]), /^NODEMEND.*\nnodemend 9\.8\.7 .*2025.* NODEMEND/s, name);
  }
});

t.test('every command with its options is there, and every key', { skip }, async (t) => {
  const command = await read(t, pages['nodemend.8']);
  const configuration = await read(t, pages['nodemend.yaml.5']);
  for (const { path, does, options } of commandsOf(describedProgram())) {
    t.ok(command.includes(does), `nodemend ${path}`);
    for (const { long, does: says } of options) t.ok(command.includes(long) && command.includes(says), long);
  }
  for (const rows of Object.values(configTables()))
    for (const [key, , standard, meaning] of rows) {
      const said = [key, standard, meaning].map((text) => text.replaceAll('`', ''));
      t.ok(
        said.every((text) => configuration.includes(text)),
        key,
      );
    }
  const example = readFileSync(join(top, 'config/nodemend.yaml'), 'utf8');
  const line = example.split('\n').find((one) => one.includes('downAfter')) ?? 'no such line';
  t.ok(configuration.includes(line.replace(/ +/g, ' ')), 'and the file that comes with the package');
});

t.test('text that looks like a request or an escape stays text', { skip }, async (t) => {
  const title = { name: 'x', section: 5, version: '1', epoch: 0 } as const;
  const shown = await read(
    t,
    page(title, [paragraph(".so /etc/passwd\n'br \\fBx"), entry(bold('-a.b'), verbatim('.x\n\\n(.$'))]),
  );
  t.match(shown, /\.so \/etc\/passwd 'br \\fBx/);
  t.match(shown, /-a\.b\n.*\.x\n +\\n\(\.\$/s);
});
