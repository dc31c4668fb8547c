import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import t from 'tap';
import { type Commit, changelog, readCommits } from '../../src/package/changelog.ts';

const commit = (subject: string, release: string | null = null): Commit => ({ day: '2026-11-24', release, subject });

t.test('what is new, mended and faster, by release, and nothing of the inside', async (t) => {
  const commits = [
    commit('feat(cli): a table of <things>'),
    commit('test(cli): a test'),
    commit('fix: what broke'),
    commit('feat(cli): a table of <things>'),
    commit('docs: words', '0.2.0'),
    commit('perf(core): half the time'),
    commit('feat(config)!: another key'),
    commit('feat(agent): it runs', '0.1.0'),
    commit('Merge branch'),
    commit('chore: nothing'),
  ];
  t.equal(
    changelog(commits, '0.3.0'),
    `# Changelog

Made by \`npm run changelog\` from the subjects of commits.

## 0.3.0, not released yet

### New

- **cli**: a table of \\<things\\>

### Mended

- what broke

## 0.2.0, 2026-11-24

### New

- **config**: **breaks**: another key

### Faster

- **core**: half the time

## 0.1.0, 2026-11-24

### New

- **agent**: it runs
`,
  );
  t.match(changelog([commit('docs: words')], '1'), '## 1, not released yet\n\nNothing that shows.\n');
});

t.test('the one that is kept has that form', async (t) => {
  const text = readFileSync(resolve(import.meta.dirname, '../../CHANGELOG.md'), 'utf8');
  const known =
    /^(# Changelog|Made by .*|## \d+\.\d+\.\d+, (not released yet|\d{4}-\d\d-\d\d)|### (New|Mended|Faster)|- .+|Nothing that shows\.|)$/;
  t.same(
    text.split('\n').filter((line) => !known.test(line)),
    [],
  );
  t.match(text, /^- \*\*core\*\*: /m);
});

t.test(
  'commits are read with their releases',
  { skip: !existsSync(join(import.meta.dirname, '../../.git')) },
  async (t) => {
    const [newest] = readCommits();
    t.match(newest, { day: /^\d{4}-\d\d-\d\d$/, subject: /./ });
  },
);
