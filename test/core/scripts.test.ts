/** The main stories, as transcripts in scripts/. NODEMEND_REWRITE=1 writes what comes of them now; look at what changed. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { playScript } from './script.ts';

const folder = join(import.meta.dirname, 'scripts');

for (const name of readdirSync(folder).sort()) {
  t.test(name.replace('.txt', '').replaceAll('-', ' '), async (t) => {
    const path = join(folder, name);
    const text = readFileSync(path, 'utf8');
    const played = playScript(text);
    if (process.env['NODEMEND_REWRITE'] === '1') writeFileSync(path, played);
    else t.equal(played, text, `NODEMEND_REWRITE=1 npx tap run test/core/scripts.test.ts writes it anew`);
    t.match(played, /^ +\d/m, 'something came of it');
  });
}
