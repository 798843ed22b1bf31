import { closeSync, fdatasyncSync, ftruncateSync, openSync, statSync, writeSync } from 'node:fs';
import { UserError } from '../../user-error.ts';
import type { Plan } from '../plan/plan.ts';
import type { Shard } from '../shard.ts';
import { type FinishedPoint, sealLine } from './line.ts';
import { lockFile } from './lock.ts';
import {
  assertSameSweep,
  JOURNAL_DOCUMENT,
  JOURNAL_VERSION,
  type JournalHeader,
  readJournal,
} from './read.ts';

/** Where finished points go at once: what `append` has returned from survives the death of the process. */
export interface Journal {
  readonly path: string;
  append(points: readonly FinishedPoint[]): void;
  close(): void;
}

/**
 * `new`: the file must not hold finished points yet; `resume`: go on where it ends; `fresh`: begin anew, whatever it
 * holds.
 */
export type JournalMode = 'new' | 'resume' | 'fresh';

export function journalHeader(plan: Plan, shard: Shard | null): JournalHeader {
  return {
    document: JOURNAL_DOCUMENT,
    journal_version: JOURNAL_VERSION,
    kvmtimer_version: plan.definition.kvmtimer_version,
    plan_hash: plan.hash,
    points: plan.size,
    shard,
    definition: plan.definition,
  };
}

/**
 * Opens the journal for this process alone. `onPoint` is called for each point that it holds already. Throws a
 * UserError when it is in use, foreign, damaged, unwritable, or holds points though `mode` is "new".
 */
export function openJournal(
  path: string,
  header: JournalHeader,
  mode: JournalMode,
  onPoint: (point: FinishedPoint) => void,
): Journal {
  assertRegular(path);
  const release = lockFile(path);
  try {
    const wholeBytes = mode === 'fresh' ? 0 : takeUp(path, header, mode, onPoint);
    return openForAppending(path, header, wholeBytes, release);
  } catch (error) {
    release();
    throw error;
  }
}

/** Number of bytes to keep: 0 when there is nothing yet. */
function takeUp(
  path: string,
  header: JournalHeader,
  mode: JournalMode,
  onPoint: (point: FinishedPoint) => void,
): number {
  if (statSync(path, { throwIfNoEntry: false }) === undefined) return 0;
  let count = 0;
  const content = readJournal(path, (point) => {
    count++;
    if (mode === 'resume') onPoint(point);
  });
  if (content === undefined || (count === 0 && mode === 'new')) return 0;
  if (mode === 'new') {
    throw new UserError('journal-exists', {
      file: path,
      message: `holds ${count} finished points of "${content.header.definition.sweep.name}"`,
      hint: '--resume goes on with them, --fresh begins anew, --journal takes another file',
    });
  }
  assertSameSweep(path, content.header, header);
  return content.wholeBytes;
}

function openForAppending(
  path: string,
  header: JournalHeader,
  wholeBytes: number,
  release: () => void,
): Journal {
  const descriptor = guarded(path, () => openSync(path, 'a', 0o644));
  const write = (text: string) =>
    guarded(path, () => {
      const bytes = Buffer.from(text);
      for (let written = 0; written < bytes.length; ) written += writeSync(descriptor, bytes, written);
      fdatasyncSync(descriptor);
    });
  try {
    guarded(path, () => ftruncateSync(descriptor, wholeBytes));
    if (wholeBytes === 0) write(sealLine(header));
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
  return {
    path,
    append: (points) => write(points.map((point) => sealLine(point)).join('')),
    close: () => {
      closeSync(descriptor);
      release();
    },
  };
}

/** A device would be truncated, locked and read back in vain. */
function assertRegular(path: string): void {
  const status = statSync(path, { throwIfNoEntry: false });
  if (status === undefined || status.isFile()) return;
  const message = status.isDirectory() ? 'is a directory' : 'is no regular file';
  throw new UserError('output-unwritable', {
    file: path,
    message,
    hint: 'a journal needs a file of its own',
  });
}

function guarded<Result>(path: string, action: () => Result): Result {
  try {
    return action();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new UserError('output-unwritable', {
      file: path,
      message: `the journal cannot be written: ${message}`,
      hint: 'points finished so far are kept; make room and go on with --resume',
    });
  }
}
