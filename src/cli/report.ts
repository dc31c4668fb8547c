/** `nodemend report [FILE...] [--since 30d] [--format html|markdown|json]`: of this node's daemon, or of what files hold of many nodes. */
import { readFileSync, statSync } from 'node:fs';
import { cleanText } from '../markup/clean.ts';
import { figuresOf } from '../report/figures.ts';
import { renderHtml } from '../report/html.ts';
import { renderJson } from '../report/json.ts';
import { renderMarkdown } from '../report/markdown.ts';
import { type NodeRecord, parseRecords } from '../report/record.ts';
import { readReply } from './answer.ts';
import { createClient } from './client.ts';
import { exitStatus, type Io } from './io.ts';

export interface ReportOptions {
  readonly socket: string;
  readonly files: readonly string[];
  readonly since: string;
  readonly format: 'markdown' | 'html' | 'json';
}

const mostBytes = 32 * 1_024 * 1_024;

function readRecords(file: string): readonly NodeRecord[] | string {
  try {
    const { size } = statSync(file);
    if (!statSync(file).isFile()) return 'it is no file';
    return size > mostBytes ? 'it has more than 32 MiB' : parseRecords(readFileSync(file, 'utf8'));
  } catch (error) {
    return String((error as NodeJS.ErrnoException).code);
  }
}

/** The records of all files, each node in one of them; or what is the matter. */
function gather(files: readonly string[]): readonly NodeRecord[] | string {
  const found = new Map<string, { readonly file: string; readonly record: NodeRecord }>();
  for (const file of files) {
    const records = readRecords(file);
    if (typeof records === 'string')
      return `cannot use ${JSON.stringify(file)}: ${records}; write it with nodemend report --format json`;
    for (const record of records) {
      const before = found.get(record.node);
      if (before !== undefined)
        return `node ${JSON.stringify(record.node)} is in ${JSON.stringify(before.file)} and in ${JSON.stringify(file)}: give one of them`;
      found.set(record.node, { file, record });
    }
  }
  return [...found.values()].map(({ record }) => record);
}

export async function report(options: ReportOptions, io: Io): Promise<number> {
  let records: readonly NodeRecord[];
  if (options.files.length > 0) {
    const gathered = gather(options.files);
    if (typeof gathered === 'string') {
      io.err(`${cleanText(gathered, 1_000)}\n`);
      return exitStatus.usage;
    }
    records = gathered;
  } else {
    const query = new URLSearchParams({ since: options.since });
    const reply = await createClient(options.socket).get(`/api/v1/report?${query}`);
    const read = readReply<NodeRecord>(reply, isRecord, io);
    if (!read.ok) return read.status;
    records = [read.value];
  }
  const figures = figuresOf(records);
  io.out(
    options.format === 'json'
      ? renderJson(figures, records)
      : options.format === 'html'
        ? renderHtml(figures)
        : renderMarkdown(figures),
  );
  return exitStatus.fine;
}

function isRecord(value: object): value is NodeRecord {
  return typeof parseRecords(JSON.stringify(value)) !== 'string';
}
