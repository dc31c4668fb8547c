import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import t from 'tap';
import { findable } from '../../src/config/discover.ts';
import { parseConfig } from '../../src/config/load.ts';
import { describeProblems } from '../../src/config/problem.ts';
import { resolvePolicy } from '../../src/config/resolve.ts';
import { writeConfig } from '../../src/config/text.ts';
import { fuzz } from './fuzz.ts';
import { damagedText } from './mutate.ts';

const top = resolve(import.meta.dirname, '../..');
const folders = ['config', 'config/examples', 'test/fixtures/config'].map((folder) => join(top, folder));
const texts = folders.flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .toSorted()
    .map((name) => readFileSync(join(folder, name), 'utf8').replace(/^# ( *[A-Za-z-]+:( .*)?)$/gm, '$1')),
);
const words = [
  ': ',
  '\n',
  '  ',
  '- ',
  '{',
  '}',
  '[',
  ']',
  '*a',
  '&a ',
  '<<: ',
  '5s',
  '-1',
  '1e9',
  'null',
  'true',
  '"',
  '|',
  '!!binary ',
  '__proto__: ',
  'constructor: ',
  'toString',
  'preset: ',
  'containerd',
  'kubelet',
  'unit: ',
  'after: [kubelet]',
  'probes: ',
  'http: ',
  'exec: [/bin/true]',
  'ladder: [reboot]',
  '999999999d',
];

t.test(
  'a configuration that was damaged is told about within its text, or is one that can be put in force',
  async (t) => {
    await fuzz(t, import.meta.filename, damagedText(texts, words), (text) => {
      const loaded = parseConfig(text, 'F');
      if (!loaded.ok) {
        const lines = text.split(/\r\n|\n|\r/).length;
        const inside = loaded.problems.every(({ line, column }) => line >= 1 && line <= lines + 1 && column >= 1);
        if (loaded.problems.length === 0 || !inside) throw new Error(describeProblems(loaded.problems));
        return;
      }
      const policy = resolvePolicy(loaded.config, findable(loaded.config));
      const again = parseConfig(writeConfig(loaded.config, policy), 'again');
      if (!again.ok) throw new Error(`what is in force cannot be written: ${describeProblems(again.problems)}`);
    });
  },
);
