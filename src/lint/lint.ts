/** From the texts of files to everything that is found in them. Pure, total: no text makes it throw. */
import { readYamlStream } from '../config/yaml-text.ts';
import { type Document, documentsOf } from './document.ts';
import { type Finding, found } from './finding.ts';
import { programsOf } from './program.ts';
import type { Rule } from './rule.ts';
import { etcd } from './rules/etcd.ts';
import { flags } from './rules/flags.ts';
import { instances } from './rules/instances.ts';
import { leaderElection } from './rules/leader-election.ts';
import { probes } from './rules/probes.ts';
import { twice } from './rules/twice.ts';
import { configVersions } from './rules/versions.ts';

export interface Text {
  readonly file: string;
  readonly text: string;
}

const rules: readonly Rule[] = [leaderElection, instances, probes, etcd, flags, configVersions, twice];

/** Beyond this a file is none that a person wrote. */
const mostSyntaxFindings = 20;

const bare = (message: string): string => message.replace(/^this is not YAML: /, '');

function read({ file, text }: Text): { readonly documents: Document[]; readonly findings: Finding[] } {
  const stream = readYamlStream(text, file);
  const flaws = stream.flatMap((document) => document.flaws).slice(0, mostSyntaxFindings);
  if (flaws.length > 0)
    return { documents: [], findings: flaws.map(({ message, ...spot }) => found('file.syntax', spot, bare(message))) };
  const documents = stream.flatMap((document) => documentsOf(file, document));
  const start = { file, line: 1, column: 1 };
  return {
    documents,
    findings: documents.length > 0 ? [] : [found('file.no-object', start, 'no apiVersion and kind')],
  };
}

const byPlace = (a: Finding, b: Finding): number =>
  a.file.localeCompare(b.file) || a.line - b.line || a.column - b.column || a.reason.localeCompare(b.reason);

export function lintTexts(texts: readonly Text[]): Finding[] {
  const files = texts.map(read);
  const documents = files.flatMap((file) => file.documents);
  const subject = { documents, programs: documents.flatMap(programsOf) };
  return [...files.flatMap((file) => file.findings), ...rules.flatMap((rule) => rule(subject))].sort(byPlace);
}
