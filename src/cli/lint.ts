/** `nodemend lint`: what is wrong in the manifests of a control plane and the configurations beside them. Reads files, and asks nobody. */
import packageJson from '../../package.json' with { type: 'json' };
import type { Severity } from '../lint/catalogue.ts';
import type { Finding } from '../lint/finding.ts';
import { lintTexts } from '../lint/lint.ts';
import { type Read, readManifests } from '../lint/read.ts';
import { toSarif } from '../lint/sarif.ts';
import { cleanText } from '../markup/clean.ts';
import { exitStatus, type Io } from './io.ts';
import { paint, type Tone } from './table.ts';

export interface LintOptions {
  /** Folder or file. */
  readonly path: string;
  readonly json?: boolean;
  readonly sarif?: boolean;
}

const tones: Readonly<Record<Severity, Tone>> = { error: 'bad', warning: 'warn', note: 'quiet' };

/** A note changes nothing about the answer. */
const counts = ({ severity }: Finding): boolean => severity !== 'note';

const clean = (text: string): string => cleanText(text, 500);

function render(findings: readonly Finding[], files: number, { color }: Io): string {
  const lines = findings.map(({ file, line, column, severity, reason, message, mend }) => {
    const said = `${clean(file)}:${line}:${column}: ${paint(severity, tones[severity], color)}: ${clean(message)} [${reason}]`;
    return `${said}\n    ${clean(mend)}\n`;
  });
  const of = (severity: Severity): number => findings.filter((finding) => finding.severity === severity).length;
  const sum = `${of('error')} errors, ${of('warning')} warnings and ${of('note')} notes in ${files} files`;
  return `${lines.join('')}${findings.length === 0 ? `nothing to say of ${files} files` : sum}\n`;
}

export async function lint(options: LintOptions, io: Io): Promise<number> {
  let read: Read;
  try {
    read = await readManifests(options.path);
  } catch (error) {
    io.err(`${cleanText((error as Error).message, 500)}\n`);
    return exitStatus.usage;
  }
  const findings = [...read.findings, ...lintTexts(read.texts)].sort((a, b) => a.file.localeCompare(b.file));
  const ok = !findings.some(counts);
  const files = read.texts.length + read.findings.length;
  if (options.sarif === true) io.out(`${JSON.stringify(toSarif(findings, packageJson.version), null, 2)}\n`);
  else if (options.json === true) io.out(`${JSON.stringify({ ok, files, findings })}\n`);
  else io.out(render(findings, files, io));
  return ok ? exitStatus.fine : exitStatus.no;
}
