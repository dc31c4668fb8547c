/** `nodemend explain [REASON]`: what a reason code means, what nodemend does about it, and what the operator should do. */
import { nearest } from '../config/nearest.ts';
import { type Reason, reasons } from '../core/reason.ts';
import { exitStatus, type Io } from './io.ts';
import { type Look, wrap } from './show-node.ts';
import { type Column, paint, renderTable, severityTones } from './table.ts';

export interface ExplainOptions {
  /** null: all of them. */
  readonly reason: string | null;
  readonly json?: boolean;
}

const columns: readonly Column[] = [{ title: 'REASON' }, { title: 'SEVERITY' }, { title: 'MEANING', flexible: true }];
const codes = Object.keys(reasons) as Reason[];

const isReason = (text: string): text is Reason => Object.hasOwn(reasons, text);

function renderOne(reason: Reason, look: Look): string {
  const { severity, meaning, does, advice } = reasons[reason];
  const facts = [`means      ${meaning}`, `nodemend   ${does}`, `you        ${advice}`];
  const head = `${reason} (${paint(severity, severityTones[severity], look.color)})\n`;
  return head + facts.map((fact) => wrap(fact, look, 11)).join('');
}

function renderAll(look: Look): string {
  const rows = codes.map((reason) => {
    const { severity, meaning } = reasons[reason];
    return [{ text: reason }, { text: severity, tone: severityTones[severity] }, { text: meaning }];
  });
  return renderTable(columns, rows, look);
}

export function explain({ reason, json = false }: ExplainOptions, io: Io): number {
  if (reason === null) {
    const all = codes.map((code) => ({ reason: code, ...reasons[code] }));
    io.out(json ? `${JSON.stringify(all, null, 2)}\n` : renderAll(io));
    return exitStatus.fine;
  }
  if (!isReason(reason)) {
    const given = JSON.stringify(reason.slice(0, 64));
    io.err(`there is no reason ${given}: did you mean ${nearest(reason, codes, 64)}? nodemend explain lists all\n`);
    return exitStatus.usage;
  }
  io.out(json ? `${JSON.stringify({ reason, ...reasons[reason] }, null, 2)}\n` : renderOne(reason, io));
  return exitStatus.fine;
}
