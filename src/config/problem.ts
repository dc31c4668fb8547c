/** One thing that is wrong in a configuration file, and where. */
export interface Problem {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
  /** Keys from the top, joined with dots; empty for the whole file. */
  readonly path: string;
  /** One sentence: what was found and what is expected. */
  readonly message: string;
}

/** `FILE:LINE:COLUMN: message`, as editors and terminals understand it. */
export function describeProblem({ file, line, column, path, message }: Problem): string {
  return `${file}:${line}:${column}: ${path === '' ? '' : `${path}: `}${message}`;
}
