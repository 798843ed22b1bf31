/** One thing that is wrong with what the user gave, told so that it can be put right. */
export interface Problem {
  /** File as the user named it, "-" for standard input; absent for command-line options. */
  readonly file?: string;
  /** 1-based position in the file. */
  readonly line?: number;
  readonly column?: number;
  /** Field path ("host.kvm.halt_poll_ns") or option ("--loops"). */
  readonly path?: string;
  /** What is wrong, in one sentence. */
  readonly message: string;
  /** What would be right: the allowed values, or the likely intention. */
  readonly hint?: string;
}

/** Exit codes of every command. */
export const ExitCode = {
  success: 0,
  error: 1,
  gateFailed: 2,
  notComparable: 3,
  interrupted: 130,
} as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** An error that the user can put right: printed without a stack trace, all problems at once. */
export class UserError extends Error {
  readonly problems: readonly Problem[];

  constructor(
    /** Stable identifier for scripts, like "scenario-invalid". */
    readonly code: string,
    problems: Problem | readonly Problem[],
    readonly exitCode: ExitCode = ExitCode.error,
  ) {
    const list = Array.isArray(problems) ? (problems as readonly Problem[]) : [problems as Problem];
    super(list.map(formatProblem).join('\n'));
    this.name = 'UserError';
    this.problems = list;
  }
}

/** `file:line:column: path: message (hint)`, with control characters made visible. */
export function formatProblem(problem: Problem): string {
  const position = problem.line === undefined ? '' : `:${problem.line}:${problem.column ?? 1}`;
  const place = problem.file === undefined ? '' : `${problem.file}${position}: `;
  const path = problem.path ? `${problem.path}: ` : '';
  const hint = problem.hint ? ` (${problem.hint})` : '';
  return visible(`${place}${path}${problem.message}${hint}`);
}

/** Control characters (terminal escapes among them) as `\xNN`: text from files never reaches a terminal raw. */
export function visible(text: string): string {
  return text.replace(
    /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g,
    (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}
