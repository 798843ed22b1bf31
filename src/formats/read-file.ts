import type { ResultDocument } from '../measurement/result-document.ts';
import { UserError } from '../user-error.ts';
import type { Unit } from './format.ts';

export interface ReadFileOptions {
  /** Name of the format; chosen by content without it. */
  readonly from?: string;
  /** Unit of the latencies for text that does not state its own. */
  readonly unit?: Unit;
  /** TSC frequency in kHz for text that counts latencies in TSC cycles without stating it. */
  readonly tscKhz?: number;
  /** Name of the resulting documents instead of the file's. */
  readonly label?: string;
}

/**
 * Every run in a file, simulated or really measured, in order; "-" is standard input. Throws a UserError that names
 * file and line: unreadable, empty, binary, too large, of no known format, broken, or of an unstated unit.
 */
export function readResultFile(path: string, _options: ReadFileOptions = {}): ResultDocument[] {
  throw new UserError('format-unknown', { file: path, message: 'cannot be read yet' });
}
