import { UserError } from '../../user-error.ts';

/** Where in an input something stands. */
export interface Place {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
}

/** The error for content that cannot be what its format says. */
export function invalid({ file, line }: Place, message: string, hint?: string): UserError {
  return new UserError('input-invalid', { file, line, message: shortened(message), hint });
}

/** The error for an input that as a whole cannot be used. */
export function unusable(code: string, file: string, message: string, hint?: string): UserError {
  return new UserError(code, { file, message, hint });
}

/** Quoted content may be a line of megabytes. */
function shortened(message: string): string {
  return message.length <= 200 ? message : `${message.slice(0, 199)}…`;
}
