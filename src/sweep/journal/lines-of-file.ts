import { closeSync, openSync, readSync } from 'node:fs';

export interface FileLine {
  readonly text: string;
  /** False for the last line when the file does not end with a line break. */
  readonly complete: boolean;
  /** Offset in bytes behind the line. */
  readonly end: number;
}

const CHUNK_BYTES = 1 << 18;
const LINE_BREAK = 0x0a;

/** The lines of a file one after the other, whatever its size. */
export function* linesOfFile(path: string): Generator<FileLine> {
  const descriptor = openSync(path, 'r');
  try {
    const chunk = Buffer.alloc(CHUNK_BYTES);
    let rest = Buffer.alloc(0);
    let end = 0;
    for (;;) {
      const count = readSync(descriptor, chunk);
      if (count === 0) break;
      let bytes = Buffer.concat([rest, chunk.subarray(0, count)]);
      for (let length = bytes.indexOf(LINE_BREAK); length >= 0; length = bytes.indexOf(LINE_BREAK)) {
        end += length + 1;
        yield { text: bytes.toString('utf8', 0, length), complete: true, end };
        bytes = bytes.subarray(length + 1);
      }
      rest = bytes;
    }
    if (rest.length > 0) yield { text: rest.toString('utf8'), complete: false, end: end + rest.length };
  } finally {
    closeSync(descriptor);
  }
}
