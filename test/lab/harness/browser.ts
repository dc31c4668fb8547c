/** Debian's Chromium, driven by playwright-core; in a node's network where one is given. Its pictures are kept in .tap/page. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import type { LabNode } from './node.ts';
import { REPOSITORY } from './places.ts';
import { installPrograms } from './requirements.ts';

const PROGRAM = '/usr/bin/chromium';
const PICTURES = join(REPOSITORY, '.tap/page');
/** It looks up its maker's hosts with each start otherwise. */
const QUIET = ['--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

export interface Chromium {
  readonly browser: Browser;
  close(): Promise<void>;
}

export async function openChromium(node?: LabNode): Promise<Chromium> {
  await installPrograms({ chromium: 'chromium' });
  const folder = mkdtempSync(join(tmpdir(), 'nodemend-browser-'));
  const program = join(folder, 'chromium');
  const enter = node === undefined ? '' : `nsenter -t ${node.leaderPid()} -n -- `;
  writeFileSync(program, `#!/bin/sh\nexec ${enter}${PROGRAM} "$@"\n`, { mode: 0o700 });
  const browser = await chromium.launch({ executablePath: program, args: QUIET, timeout: 120_000 });
  return {
    browser,
    close: async () => {
      await browser.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export async function keepPicture(page: Page, name: string): Promise<void> {
  mkdirSync(PICTURES, { recursive: true });
  await page.screenshot({ path: join(PICTURES, `${name}.png`), fullPage: true });
}

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** What axe-core finds wrong with the page for people with a keyboard, a screen reader or weak eyes: rule and place, one line each. */
export async function barriers(page: Page): Promise<string[]> {
  // Past the page's Content-Security-Policy, which rightly lets no other script in.
  await page.evaluate(readFileSync(axe, 'utf8'));
  const { violations } = (await page.evaluate('axe.run()')) as {
    violations: { id: string; nodes: { target: string[]; failureSummary: string }[] }[];
  };
  return violations.flatMap(({ id, nodes }) =>
    nodes.map((one) => `${id} ${one.target.join(' ')}: ${one.failureSummary}`),
  );
}
