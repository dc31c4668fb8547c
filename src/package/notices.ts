/** The licences of the libraries that went into the bundle, gathered from their own folders. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const libraryFolder = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//;

function licenceText(folder: string): string {
  const file = readdirSync(folder).find((name) => /^(licen[cs]e|copying)/i.test(name));
  return file === undefined ? '' : readFileSync(join(folder, file), 'utf8').trim();
}

/** `inputs` are esbuild's, relative to `top`. A library without a licence file is named with the licence it declares. */
export function collectNotices(top: string, inputs: readonly string[]): string {
  const folders = new Set(
    inputs.map((input) => libraryFolder.exec(input)?.[1]).filter((folder) => folder !== undefined),
  );
  const parts = [...folders]
    .sort()
    .map((folder) => join(top, folder))
    .filter((folder) => existsSync(join(folder, 'package.json')))
    .map((folder) => {
      const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<
        string,
        unknown
      >;
      return `${String(name)} ${String(version)} (${String(license)})\n\n${licenceText(folder)}\n`;
    });
  return parts.join(`\n${'-'.repeat(72)}\n\n`);
}
