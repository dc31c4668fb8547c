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
function describeProblem({ file, line, column, path, message }: Problem): string {
  return `${file}:${line}:${column}: ${path === '' ? '' : `${path}: `}${message}`;
}

/** All of them, a line each, at most 2,000 characters. */
export function describeProblems(problems: readonly Problem[]): string {
  const lines = problems.map(describeProblem);
  const fitting = lines.filter((_line, index) => lines.slice(0, index + 1).join('\n').length <= 2_000);
  const more = lines.length - fitting.length;
  return [...fitting, ...(more === 0 ? [] : [`and ${more} more`])].join('\n');
}
