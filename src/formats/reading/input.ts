import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { unusable } from './problem.ts';

/** Largest input: more than two hours of live output or of `-v` samples at 1 ms, and any histogram. */
export const MAX_INPUT_BYTES = 256 * 1024 * 1024;
const CHUNK_BYTES = 1024 * 1024;

/**
 * The text of a file, or of standard input for "-". Throws a UserError: unreadable, empty, larger than 256
 * MB.
 */
export function readInput(path: string): string {
  const bytes = readBytes(path);
  if (bytes.length === 0) throw unusable('input-empty', path, 'is empty');
  return decode(bytes, path);
}

function readBytes(path: string): Buffer {
  let descriptor: number | undefined;
  try {
    descriptor = path === '-' ? 0 : openSync(path, 'r');
    const status = fstatSync(descriptor);
    if (status.isDirectory())
      throw unusable('input-unreadable', path, 'is a directory', 'a file is expected');
    if (status.size > MAX_INPUT_BYTES) throw tooLarge(path);
    return readAll(descriptor, path, status.size);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw unusable('input-unreadable', path, 'no such file');
    if (typeof (error as NodeJS.ErrnoException).syscall !== 'string') throw error;
    throw unusable('input-unreadable', path, `cannot be read: ${message}`);
  } finally {
    if (descriptor !== undefined && descriptor !== 0) closeSync(descriptor);
  }
}

/** Pipes do not know their size: chunks are added as they fill, and the limit holds while reading. */
function readAll(descriptor: number, path: string, expectedBytes: number): Buffer {
  const chunks: Buffer[] = [];
  let chunk = Buffer.allocUnsafe(expectedBytes > 0 ? expectedBytes + 1 : CHUNK_BYTES);
  for (let total = 0, filled = 0; ; ) {
    const count = readSome(descriptor, chunk.subarray(filled));
    total += count;
    filled += count;
    if (total > MAX_INPUT_BYTES) throw tooLarge(path);
    if (count > 0 && filled < chunk.length) continue;
    chunks.push(chunk.subarray(0, filled));
    if (count === 0) return chunks.length === 1 ? chunks[0] : Buffer.concat(chunks);
    chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    filled = 0;
  }
}

/** A pipe whose writer is slow answers "try again" when it was opened without blocking. */
function readSome(descriptor: number, chunk: Buffer): number {
  for (;;) {
    try {
      return readSync(descriptor, chunk);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EOF') return 0;
      if (code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    }
  }
}

/** UTF-8, or UTF-16 as some Windows shells redirect it; what is neither becomes replacement characters. */
function decode(bytes: Buffer, path: string): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) {
    throw unusable('input-unreadable', path, 'is UTF-16 of the big-endian kind', 'save it as UTF-8');
  }
  return new TextDecoder('utf-8').decode(bytes);
}

function tooLarge(path: string) {
  return unusable('input-too-large', path, 'is larger than 256 MB', 'the limit of an input file');
}
