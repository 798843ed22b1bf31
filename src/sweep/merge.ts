import { canonicalJson } from '../scenario/hash.ts';
import { UserError } from '../user-error.ts';
import { VERSION } from '../version.ts';
import type { FinishedPoint } from './journal/line.ts';
import { describeShard, type JournalHeader, readJournal } from './journal/read.ts';
import { createPlan, type Plan } from './plan/plan.ts';
import type { SweepResults } from './results.ts';
import { isInShard, shardSize } from './shard.ts';
import { WorkList } from './work-list.ts';

interface Part {
  readonly file: string;
  readonly header: JournalHeader;
  readonly points: FinishedPoint[];
}

/**
 * Puts the journals of all shards of one sweep together; the journal of a whole sweep does alone. Throws a UserError
 * when a part is missing, is given twice, is of another sweep or version, or is not finished.
 */
export function mergeParts(files: readonly string[]): { plan: Plan; results: SweepResults } {
  const parts = files.map(readPart);
  assertOneSweep(parts);
  assertAllShards(parts);
  const plan = createPlan(parts[0].header.definition);
  if (plan.hash !== parts[0].header.plan_hash)
    throw partError(parts[0].file, 'its sweep and its points do not agree');
  for (const part of parts) assertFinished(part, plan);
  const list = new WorkList(plan, plan.size);
  for (const { points } of parts) for (const point of points) list.recall(point);
  list.remaining(files[0]).next();
  return { plan, results: list.results };
}

function readPart(file: string): Part {
  const points: FinishedPoint[] = [];
  const content = readWhole(file, (point) => points.push(point));
  if (content === undefined) throw partError(file, 'is empty: its run ended before it began');
  return { file, header: content.header, points };
}

function readWhole(...args: Parameters<typeof readJournal>): ReturnType<typeof readJournal> {
  try {
    return readJournal(...args);
  } catch (error) {
    if (error instanceof UserError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    throw partError(args[0], code === 'ENOENT' ? 'no such file' : `cannot be read: ${message}`);
  }
}

function assertOneSweep(parts: readonly Part[]): void {
  const [first] = parts;
  if (first.header.kvmtimer_version !== VERSION) {
    const version = first.header.kvmtimer_version;
    throw partError(
      first.file,
      `was written by kvmtimer ${version}, and this is ${VERSION}`,
      `use kvmtimer ${version}`,
    );
  }
  for (const { file, header } of parts.slice(1)) {
    if (header.kvmtimer_version !== first.header.kvmtimer_version) {
      const versions = `${header.kvmtimer_version}, ${first.file} by ${first.header.kvmtimer_version}`;
      throw partError(file, `was written by kvmtimer ${versions}`, 'results of two versions are not mixed');
    }
    if (header.plan_hash !== first.header.plan_hash) {
      throw partError(file, `belongs to another sweep than ${first.file}`, 'merge the parts of one sweep');
    }
    if (header.shard?.count !== first.header.shard?.count) {
      const text = `is ${describeShard(header.shard)}, and ${first.file} is ${describeShard(first.header.shard)}`;
      throw partError(file, text, 'all parts are shards i/n of the same n');
    }
  }
}

function assertAllShards(parts: readonly Part[]): void {
  const seen = new Map<string, string>();
  for (const { file, header } of parts) {
    const key = canonicalJson(header.shard);
    const other = seen.get(key);
    if (other !== undefined)
      throw partError(file, `holds ${describeShard(header.shard)}, as ${other} does`, 'give each part once');
    seen.set(key, file);
  }
  const count = parts[0].header.shard?.count ?? 1;
  const present = new Set(parts.map(({ header }) => header.shard?.index ?? 1));
  const missing = Array.from({ length: count }, (_, index) => index + 1).filter(
    (index) => !present.has(index),
  );
  if (missing.length === 0) return;
  const shown = missing
    .slice(0, 10)
    .map((index) => `${index}/${count}`)
    .join(', ');
  const more = missing.length > 10 ? ` and ${missing.length - 10} more` : '';
  throw new UserError('parts-incomplete', {
    message: `shards are missing: ${shown}${more}`,
    hint: 'give all parts of the sweep',
  });
}

function assertFinished({ file, header, points }: Part, plan: Plan): void {
  const { shard } = header;
  const list = new WorkList(plan, plan.size, shard === null ? undefined : (index) => isInShard(shard, index));
  for (const point of points) list.recall(point);
  const remaining = [...{ [Symbol.iterator]: () => list.remaining(file) }];
  if (remaining.length === 0) return;
  const total = shard === null ? plan.size : shardSize(shard, plan.size);
  throw partError(
    file,
    `is not finished: ${remaining.length} of ${total} points are missing`,
    'run it again with --resume',
  );
}

function partError(file: string, message: string, hint?: string): UserError {
  return new UserError('part-refused', { file, message, hint });
}
