import {
  accessSync,
  closeSync,
  constants,
  fsyncSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { UserError } from '../user-error.ts';

/** Chunks are made as they are written: a file may be larger than any string. */
export type Content = string | Uint8Array | Iterable<string>;

/**
 * Writes a file whole or not at all: a temporary file in the same folder, flushed, then renamed over the target.
 * `path` "-" is not handled here. Throws a UserError ("output-unwritable") that names the file.
 */
export function writeWholeFile(path: string, content: Content): void {
  if (isDevice(path)) {
    writeInto(path, 'w', content);
    return;
  }
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
  try {
    writeInto(temporary, 'wx', content);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw unwritable(path, error);
  }
}

/** Fails before a long run, not after it: throws the UserError that writing to `path` would throw. */
export function assertWritable(path: string): void {
  try {
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw new Error('it is a directory');
    if (!isDevice(path)) accessSync(dirname(path), constants.W_OK | constants.X_OK);
  } catch (error) {
    throw unwritable(path, error);
  }
}

function writeInto(path: string, flags: string, content: Content): void {
  const descriptor = openSync(path, flags);
  try {
    const chunks = typeof content === 'string' || content instanceof Uint8Array ? [content] : content;
    for (const chunk of chunks) {
      const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
      for (let written = 0; written < bytes.length; ) written += writeSync(descriptor, bytes, written);
    }
    if (!isDevice(path)) fsyncSync(descriptor);
  } catch (error) {
    throw unwritable(path, error);
  } finally {
    closeSync(descriptor);
  }
}

/** /dev/stdout, /dev/full, a named pipe: written in place, since nothing can be renamed over them. */
function isDevice(path: string): boolean {
  const status = statSync(path, { throwIfNoEntry: false });
  return status !== undefined && !status.isFile() && !status.isDirectory();
}

function unwritable(path: string, error: unknown): UserError {
  if (error instanceof UserError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new UserError('output-unwritable', {
    file: path,
    message: `cannot be written: ${reason}`,
    hint: 'nothing was written',
  });
}
