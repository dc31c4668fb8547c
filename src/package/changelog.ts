/**
 * Makes CHANGELOG.md from the subjects of commits: what is new, what was mended, what is faster, by release. Tests, documents and work on the inside
 * are left out. Run by `npm run changelog`; a release is a tag such as v0.1.0.
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readManifest, top } from './bundle.ts';

export interface Commit {
  /** As git has it: 2026-11-23. */
  readonly day: string;
  /** The release that ends with it, such as 0.1.0; null for most. */
  readonly release: string | null;
  readonly subject: string;
}

const titles = { feat: 'New', fix: 'Mended', perf: 'Faster' } as const;
type Kind = keyof typeof titles;

interface Entry {
  readonly kind: Kind;
  readonly scope: string;
  readonly breaks: boolean;
  readonly what: string;
}

const form = /^(feat|fix|perf)(?:\(([a-z0-9-]+)\))?(!)?: (.+)$/;

function entryOf({ subject }: Commit): Entry[] {
  const [, kind, scope = '', breaks, what = ''] = form.exec(subject) ?? [];
  return kind === undefined ? [] : [{ kind: kind as Kind, scope, breaks: breaks === '!', what }];
}

/** What a commit says may look like markup and is none. */
const plain = (text: string): string => text.replace(/[\\`*_[\]<>]/g, '\\$&');

function line({ scope, breaks, what }: Entry): string {
  return `- ${scope === '' ? '' : `**${scope}**: `}${breaks ? '**breaks**: ' : ''}${plain(what)}\n`;
}

function section(kind: Kind, entries: readonly Entry[]): string {
  const own = entries.filter((entry) => entry.kind === kind);
  const lines = [...new Set(own.toSorted((a, b) => (a.scope < b.scope ? -1 : a.scope > b.scope ? 1 : 0)).map(line))];
  return lines.length === 0 ? '' : `\n### ${titles[kind]}\n\n${lines.join('')}`;
}

/** Newest first; what has no release yet is under `next`. */
export function changelog(commits: readonly Commit[], next: string): string {
  const releases: { readonly title: string; readonly commits: Commit[] }[] = [];
  for (const commit of commits) {
    if (commit.release !== null) releases.push({ title: `${commit.release}, ${commit.day}`, commits: [] });
    else if (releases.length === 0) releases.push({ title: `${next}, not released yet`, commits: [] });
    releases.at(-1)?.commits.push(commit);
  }
  const parts = releases.map(({ title, commits: own }) => {
    const entries = own.flatMap(entryOf);
    const sections = (Object.keys(titles) as Kind[]).map((kind) => section(kind, entries)).join('');
    return `\n## ${title}\n${sections === '' ? '\nNothing that shows.\n' : sections}`;
  });
  return `# Changelog\n\nMade by \`npm run changelog\` from the subjects of commits.\n${parts.join('')}`;
}

export function readCommits(): readonly Commit[] {
  const text = execFileSync('git', ['-C', top, 'log', '--format=%cs%x09%D%x09%s'], { encoding: 'utf8', stdio: 'pipe' });
  const lines = text.split('\n').filter((one) => one !== '');
  return lines.map((one) => {
    const [day = '', names = '', ...subject] = one.split('\t');
    return { day, release: /\btag: v([0-9.]+)/.exec(names)?.[1] ?? null, subject: subject.join(' ') };
  });
}

if (import.meta.main) writeFileSync(join(top, 'CHANGELOG.md'), changelog(readCommits(), readManifest().version));
