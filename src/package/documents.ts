/** What is written for the package from the program itself: the manual, and completions for two shells. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { bashCompletion } from './completion/bash.ts';
import { zshCompletion } from './completion/zsh.ts';
import { commandPage } from './manual/command.ts';
import { configurationPage } from './manual/configuration.ts';

export interface Edition {
  readonly top: string;
  readonly version: string;
  /** Seconds since 1970. */
  readonly epoch: number;
}

export type Document = readonly [target: string, content: string | Buffer];

/** From the lines of a package's description: a paragraph. */
const spoken = (lines: readonly string[]): string => lines.slice(1).join('').trim();

/** The two pages as they are before they are packed. */
export function manualPages({ top, version, epoch }: Edition, description: readonly string[]) {
  const others = readdirSync(join(top, 'config/examples'))
    .sort()
    .map((name) => `/usr/share/doc/nodemend/examples/${name}`);
  const example = readFileSync(join(top, 'config/nodemend.yaml'), 'utf8');
  return {
    'nodemend.8': commandPage({ version, epoch }, [spoken(description)]),
    'nodemend.yaml.5': configurationPage({ version, epoch }, { example, others }),
  };
}

export function documents(edition: Edition, description: readonly string[]): readonly Document[] {
  const pages = Object.entries(manualPages(edition, description)).map(
    ([name, text]): Document => [`usr/share/man/man${name.at(-1)}/${name}.gz`, gzipSync(text, { level: 9 })],
  );
  return [
    ...pages,
    ['usr/share/bash-completion/completions/nodemend', bashCompletion()],
    ['usr/share/zsh/vendor-completions/_nodemend', zshCompletion()],
  ];
}
