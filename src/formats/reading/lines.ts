import { type LabelledText, withoutPrefix } from './console-prefix.ts';
import { invalid } from './problem.ts';

/** One line of a captured terminal or console, without what the capture added. */
export interface Line extends LabelledText {
  /** 1-based. */
  readonly number: number;
  /** False for a last line that no newline ends: it may have been cut off. */
  readonly complete: boolean;
}

/** Longest line that is read: cyclictest's list of a million overflow cycles has 8 MB. */
const MAX_LINE_CHARACTERS = 16 * 1024 * 1024;

/** Escape sequences of terminals: CSI (cursor, colour), OSC (title) and the two-character ones. */
const ESCAPES = /\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\^_])/g;

/** The lines of `text`, one after the other, in time and memory that do not depend on how many there are. */
export function* linesOf(text: string, file: string): Generator<Line> {
  for (let start = 0, number = 1; start < text.length; number++) {
    const newline = text.indexOf('\n', start);
    const end = newline === -1 ? text.length : newline;
    if (end - start > MAX_LINE_CHARACTERS) {
      throw invalid({ file, line: number }, 'the line is longer than 16 MB', 'is this a text file?');
    }
    const { label, text: content } = withoutPrefix(visibleText(text.slice(start, end)));
    yield { number, label, text: content, complete: newline !== -1 };
    start = end + 1;
  }
}

/**
 * What a terminal would show in the end: no escapes, and after a carriage return only what was written last.
 */
function visibleText(raw: string): string {
  let line = raw;
  while (line.endsWith('\r')) line = line.slice(0, -1);
  if (line.includes('\x1b')) line = line.replace(ESCAPES, '');
  return line.includes('\r') ? line.slice(line.lastIndexOf('\r') + 1) : line;
}
