import { appendFileSync, existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { folderWith } from '../../testing/folder.ts';
import { planOf } from '../../testing/sweeps.ts';
import { UserError } from '../../user-error.ts';
import type { Plan } from '../plan/plan.ts';
import { type JournalMode, journalHeader, openJournal } from './journal.ts';
import type { FinishedPoint } from './line.ts';

const point = (name: string): FinishedPoint => ({
  hash: name,
  record: { samples: 3, min_ns: 1, mean_ns: 1.5, max_ns: null, quantiles_ns: [1, null] },
});
let plan: Plan;
let other: Plan;

beforeAll(async () => {
  plan = await planOf({ vary: { 'guest.idle': ['poll', 'hlt'] } });
  other = await planOf({ vary: { 'guest.idle': ['poll'] } });
});

/** Opens, appends, closes; returns the points that the journal held before. */
function visit(
  path: string,
  mode: JournalMode,
  points: readonly FinishedPoint[] = [],
  of = plan,
): FinishedPoint[] {
  const held: FinishedPoint[] = [];
  const journal = openJournal(path, journalHeader(of, null), mode, (each) => held.push(each));
  if (points.length > 0) journal.append(points);
  journal.close();
  return held;
}

function problemOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof UserError) return error.code;
    throw error;
  }
  return 'none';
}

const journalFile = () => `${folderWith({})}/test.ndjson`;

describe('openJournal', () => {
  it('gives back what was appended, in order', () => {
    const path = journalFile();
    visit(path, 'new', [point('a'), point('b')]);
    expect(visit(path, 'resume', [point('c')])).toEqual([point('a'), point('b')]);
    expect(visit(path, 'resume')).toEqual([point('a'), point('b'), point('c')]);
    expect(existsSync(`${path}.lock`)).toBe(false);
  });

  it('does not write over finished points unless told to', () => {
    const path = journalFile();
    visit(path, 'new', [point('a')]);
    expect(problemOf(() => visit(path, 'new'))).toBe('journal-exists');
    visit(path, 'fresh', [point('b')]);
    expect(visit(path, 'resume')).toEqual([point('b')]);
  });

  it('resumes from nothing, and begins again where nothing was finished', () => {
    const path = journalFile();
    expect(visit(path, 'resume')).toEqual([]);
    expect(visit(path, 'new', [point('a')])).toEqual([]);
  });

  it('loses nothing finished when the file is cut anywhere, and goes on from there', () => {
    const path = journalFile();
    const points = ['a', 'b', 'c', 'd'].map(point);
    visit(path, 'new', points);
    const whole = readFileSync(path);
    const ends = [...whole.toString('latin1').matchAll(/\n/g)].map(({ index }) => index + 1);
    fc.assert(
      fc.property(fc.nat(whole.length), (length) => {
        writeFileSync(path, whole);
        truncateSync(path, length);
        const complete = ends.filter((end) => end <= length).length;
        const kept = points.slice(0, Math.max(0, complete - 1));
        expect(visit(path, 'resume', points.slice(kept.length))).toEqual(kept);
        expect(readFileSync(path)).toEqual(whole);
      }),
    );
  });

  it('refuses a journal in which any byte was changed', () => {
    const path = journalFile();
    visit(path, 'new', ['a', 'b', 'c'].map(point));
    const whole = readFileSync(path);
    fc.assert(
      fc.property(fc.nat(whole.length - 2), fc.integer({ min: 1, max: 255 }), (offset, change) => {
        const edited = Buffer.from(whole);
        edited[offset] ^= change;
        writeFileSync(path, edited);
        expect(problemOf(() => visit(path, 'resume'))).toMatch(/^journal-(damaged|foreign)$/);
        expect(readFileSync(path)).toEqual(edited);
      }),
    );
  });

  it('refuses files that are no journal, and leaves them alone', () => {
    for (const text of ['hello\n', 'hello', '{"a":1}\n', '\n', '\0\0\0']) {
      const path = journalFile();
      writeFileSync(path, text);
      expect(problemOf(() => visit(path, 'resume'))).toBe('journal-foreign');
      expect(problemOf(() => visit(path, 'new'))).toBe('journal-foreign');
      expect(readFileSync(path, 'utf8')).toBe(text);
    }
  });

  it('refuses the journal of another sweep, shard or version', () => {
    const path = journalFile();
    visit(path, 'new', [point('a')]);
    expect(problemOf(() => visit(path, 'resume', [], other))).toBe('journal-foreign');
    const shard = { ...journalHeader(plan, { index: 1, count: 2 }) };
    expect(problemOf(() => openJournal(path, shard, 'resume', () => {}))).toBe('journal-foreign');
    const newer = { ...journalHeader(plan, null), kvmtimer_version: '99.0.0' };
    expect(() => openJournal(path, newer, 'resume', () => {})).toThrow(
      /was written by kvmtimer .*, and this is 99\.0\.0/,
    );
    expect(visit(path, 'resume')).toEqual([point('a')]);
  });

  it('takes a line that stands twice once, and refuses one that contradicts', () => {
    const path = journalFile();
    visit(path, 'new', [point('a'), point('b'), point('a')]);
    expect(visit(path, 'resume')).toEqual([point('a'), point('b')]);
    visit(path, 'resume', [{ hash: 'b', record: { error: 'no' } }]);
    expect(problemOf(() => visit(path, 'resume'))).toBe('journal-damaged');
  });

  it('keeps a second process out while it is open, and takes over from a dead one', () => {
    const path = journalFile();
    const journal = openJournal(path, journalHeader(plan, null), 'new', () => {});
    expect(problemOf(() => visit(path, 'resume'))).toBe('journal-in-use');
    journal.close();
    writeFileSync(`${path}.lock`, JSON.stringify({ host: hostname(), pid: process.pid, started: '1' }));
    expect(problemOf(() => visit(path, 'resume'))).toBe('none');
    writeFileSync(`${path}.lock`, JSON.stringify({ host: 'elsewhere', pid: 1, started: '1' }));
    expect(problemOf(() => visit(path, 'resume'))).toBe('journal-in-use');
  });

  it('says what cannot be written', () => {
    expect(problemOf(() => visit('/nowhere/at/all.ndjson', 'new'))).toBe('output-unwritable');
    expect(problemOf(() => visit(folderWith({}), 'new'))).toBe('output-unwritable');
    expect(problemOf(() => visit('/dev/full', 'new'))).toBe('output-unwritable');
  });

  it('keeps what was whole when the disk is full in the middle', () => {
    const path = journalFile();
    visit(path, 'new', [point('a')]);
    appendFileSync(path, '{"hash":"b","rec');
    expect(visit(path, 'resume', [point('b')])).toEqual([point('a')]);
    expect(visit(path, 'resume')).toEqual([point('a'), point('b')]);
  });
});
