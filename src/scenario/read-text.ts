import { closeSync, fstatSync, openSync, readdirSync, readSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { UserError } from '../user-error.ts';
import { nearest } from './suggest.ts';

export const MAX_FILE_BYTES = 10 * 1024 * 1024;

/**
 * Content of a text file, at most 10 MB of UTF-8. Throws a UserError: "file-missing" (with the file that
 * was probably meant), "file-unreadable", "file-too-large".
 */
export function readTextFile(file: string): string {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(file, 'r');
    const status = fstatSync(descriptor);
    if (status.isDirectory()) throw unreadable(file, 'is a directory', 'a file is expected');
    if (status.size > MAX_FILE_BYTES) throw tooLarge(file);
    return decode(readBytes(descriptor, file), file);
  } catch (error) {
    if (error instanceof UserError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') throw missing(file);
    throw unreadable(file, `cannot be read: ${message.split(',')[0]}`);
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** The whole of standard input, under the same rules; problems name it "-". */
export async function readTextStream(stream: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream) {
    chunks.push(Buffer.from(chunk));
    length += chunk.length;
    if (length > MAX_FILE_BYTES) throw tooLarge('-');
  }
  return decode(Buffer.concat(chunks), '-');
}

/** Pipes and devices do not know their size: stop when the limit is passed. */
function readBytes(descriptor: number, file: string): Buffer {
  const chunks: Buffer[] = [];
  const chunk = Buffer.alloc(64 * 1024);
  for (let total = 0; ; ) {
    const count = readSync(descriptor, chunk);
    if (count === 0) return Buffer.concat(chunks);
    chunks.push(Buffer.from(chunk.subarray(0, count)));
    total += count;
    if (total > MAX_FILE_BYTES) throw tooLarge(file);
  }
}

function decode(bytes: Buffer, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw unreadable(file, 'is not UTF-8 text');
  }
}

function missing(file: string): UserError {
  const similar = similarFile(file);
  const hint = similar === undefined ? undefined : `did you mean "${similar}"?`;
  return new UserError('file-missing', { file, message: 'no such file', hint });
}

/** A file of the same kind and folder whose name is nearly the same. */
function similarFile(file: string): string | undefined {
  const folder = dirname(file);
  try {
    const entries = readdirSync(folder, { withFileTypes: true }).filter((entry) => !entry.isDirectory());
    const names = entries.map(({ name }) => name).filter((name) => extname(name) === '.json');
    const match = nearest(
      basename(file, '.json'),
      names.map((name) => basename(name, '.json')),
    );
    return match === undefined ? undefined : join(folder, `${match}.json`);
  } catch {
    return undefined;
  }
}

const tooLarge = (file: string) =>
  new UserError('file-too-large', {
    file,
    message: 'is larger than 10 MB',
    hint: 'the limit of an input file',
  });

const unreadable = (file: string, message: string, hint?: string) =>
  new UserError('file-unreadable', { file, message, hint });
