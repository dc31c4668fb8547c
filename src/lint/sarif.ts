/** Findings as SARIF 2.1.0 (OASIS), which code hosts show beside the lines of a change. */
import { pathToFileURL } from 'node:url';
import { catalogue } from './catalogue.ts';
import type { Finding } from './finding.ts';

/** Relative to where CI stands; an absolute path as a URL. */
function uriOf(file: string): string {
  return file.startsWith('/') ? pathToFileURL(file).href : file.split('/').map(encodeURIComponent).join('/');
}

export function toSarif(findings: readonly Finding[], version: string): object {
  const ids = Object.keys(catalogue);
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'nodemend',
            semanticVersion: version,
            rules: Object.entries(catalogue).map(([id, { severity, meaning, mend }]) => ({
              id,
              shortDescription: { text: meaning },
              help: { text: mend },
              defaultConfiguration: { level: severity },
            })),
          },
        },
        columnKind: 'utf16CodeUnits',
        results: findings.map(({ reason, severity, message, mend, file, line, column }) => ({
          ruleId: reason,
          ruleIndex: ids.indexOf(reason),
          level: severity,
          message: { text: `${message}; ${mend}` },
          locations: [
            {
              physicalLocation: {
                artifactLocation: { uri: uriOf(file) },
                region: { startLine: line, startColumn: column },
              },
            },
          ],
        })),
      },
    ],
  };
}
