import { canonicalJson } from '../../scenario/hash.ts';
import { UserError } from '../../user-error.ts';
import type { SweepDefinition } from '../plan/plan.ts';
import type { Shard } from '../shard.ts';
import { type FinishedPoint, isFinishedPoint, openLine } from './line.ts';
import { linesOfFile } from './lines-of-file.ts';

export const JOURNAL_DOCUMENT = 'kvmtimer-sweep-journal';
export const JOURNAL_VERSION = 1;

/** First line of a journal: which sweep it belongs to, and the whole of it, so that a part can be read alone. */
export interface JournalHeader {
  readonly document: typeof JOURNAL_DOCUMENT;
  readonly journal_version: number;
  readonly kvmtimer_version: string;
  readonly plan_hash: string;
  /** Points of the whole plan. */
  readonly points: number;
  /** Which part of the plan this journal is for; null for all of it. */
  readonly shard: Shard | null;
  readonly definition: SweepDefinition;
}

export interface JournalContent {
  readonly header: JournalHeader;
  /** Length in bytes of what is whole: what follows is a line torn by a crash. */
  readonly wholeBytes: number;
}

/**
 * Reads a journal and hands over each finished point once. A torn last line is left out; anything else that is not
 * as it was written is refused: UserError "journal-foreign" or "journal-damaged", with the line. Returns undefined
 * for a journal whose very first line is torn or missing: nothing was finished.
 */
export function readJournal(
  path: string,
  onPoint: (point: FinishedPoint) => void,
): JournalContent | undefined {
  let header: JournalHeader | undefined;
  let wholeBytes = 0;
  let line = 0;
  const checksums = new Map<string, string>();
  for (const { text, complete, end } of linesOfFile(path)) {
    line++;
    if (!complete) {
      if (line === 1 && !looksLikeHeader(text)) throw foreign(path);
      break;
    }
    const content = openLine(text);
    if (line === 1) header = checkHeader(content, text, path);
    else {
      if (!isFinishedPoint(content)) throw damaged(path, line);
      const checksum = text.slice(-10, -2);
      const known = checksums.get(content.hash);
      if (known === undefined) onPoint(content);
      else if (known !== checksum) throw damaged(path, line);
      checksums.set(content.hash, checksum);
    }
    wholeBytes = end;
  }
  return header && { header, wholeBytes };
}

/** Refuses a journal of another sweep, another part of it, or another version of kvmtimer. */
export function assertSameSweep(path: string, found: JournalHeader, expected: JournalHeader): void {
  if (found.kvmtimer_version !== expected.kvmtimer_version) {
    throw new UserError('journal-foreign', {
      file: path,
      message: `was written by kvmtimer ${found.kvmtimer_version}, and this is ${expected.kvmtimer_version}`,
      hint: 'results of two versions are not mixed: give another --journal, or begin anew with --fresh',
    });
  }
  if (found.plan_hash !== expected.plan_hash) {
    throw new UserError('journal-foreign', {
      file: path,
      message: `belongs to another sweep: "${found.definition.sweep.name}" with ${found.points} points as it was then`,
      hint: 'give the sweep that it was begun with, or another --journal',
    });
  }
  if (canonicalJson(found.shard) !== canonicalJson(expected.shard)) {
    throw new UserError('journal-foreign', {
      file: path,
      message: `is for ${describeShard(found.shard)}, not for ${describeShard(expected.shard)}`,
      hint: 'give each shard a --journal of its own',
    });
  }
}

export function describeShard(shard: Shard | null): string {
  return shard === null ? 'the whole sweep' : `shard ${shard.index}/${shard.count}`;
}

function checkHeader(content: unknown, text: string, path: string): JournalHeader {
  if (content === undefined) throw text.startsWith(HEADER_START) ? damaged(path, 1) : foreign(path);
  const header = content as JournalHeader;
  if (header.document !== JOURNAL_DOCUMENT) throw foreign(path);
  if (header.journal_version !== JOURNAL_VERSION) {
    throw new UserError('journal-foreign', {
      file: path,
      message: `has journal version ${header.journal_version}`,
      hint: `this kvmtimer writes version ${JOURNAL_VERSION}`,
    });
  }
  return header;
}

const HEADER_START = `{"document":"${JOURNAL_DOCUMENT}"`;

function looksLikeHeader(text: string): boolean {
  return text.startsWith(HEADER_START) || HEADER_START.startsWith(text);
}

function foreign(path: string): UserError {
  return new UserError('journal-foreign', {
    file: path,
    message: 'is no journal of a kvmtimer sweep',
    hint: 'give another --journal; this file was left as it is',
  });
}

function damaged(path: string, line: number): UserError {
  return new UserError('journal-damaged', {
    file: path,
    line,
    message: 'the line is not as it was written: its checksum does not fit',
    hint: 'restore the file; without this line its point is run again',
  });
}
