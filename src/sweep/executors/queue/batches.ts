import type { JsonObject } from '../../../scenario/json-source.ts';
import { valueAt } from '../../../scenario/merge.ts';
import { contentHash } from '../../content-hash.ts';

/** Points that travel together, named by their contents: two coordinators of one sweep make the same batches. */
export interface QueueBatch {
  readonly id: string;
  readonly points: readonly number[];
  /** Content hash of each point. */
  readonly hashes: readonly string[];
}

/** A batch is to take about this long on one thread. */
const BATCH_SECONDS = 3;
/** What a point costs beyond its loops. */
const POINT_SECONDS = 0.001;
const MAX_POINTS = 2000;

/**
 * A speed rounded so coarsely, to a power of 4, that coordinators on machines of about the same speed cut the same
 * batches.
 */
export function coarsely(secondsPerLoop: number): number {
  return secondsPerLoop <= 0 ? 1e-6 : 4 ** Math.round(Math.log2(secondsPerLoop) / 2);
}

/** Cuts the work into batches of a few seconds. */
export function* cutBatches(
  work: Iterator<number>,
  hashOf: (index: number) => string,
  scenarioOf: (index: number) => JsonObject,
  secondsPerLoop: number,
): Generator<QueueBatch, undefined> {
  let points: number[] = [];
  let seconds = 0;
  for (let next = work.next(); !next.done; next = work.next()) {
    points.push(next.value);
    seconds += POINT_SECONDS + loopsOf(scenarioOf(next.value)) * secondsPerLoop;
    if (seconds < BATCH_SECONDS && points.length < MAX_POINTS) continue;
    yield batchOf(points, hashOf);
    points = [];
    seconds = 0;
  }
  if (points.length > 0) yield batchOf(points, hashOf);
  return undefined;
}

function batchOf(points: readonly number[], hashOf: (index: number) => string): QueueBatch {
  const hashes = points.map(hashOf);
  return { id: `batch-${contentHash(...hashes)}`, points, hashes };
}

/** Loops times threads; 600000 and 1 are the schema's own defaults. */
function loopsOf(scenario: JsonObject): number {
  const loops = numberAt(scenario, 'loops') ?? 600_000;
  const threads = numberAt(scenario, 'threads') ?? 1;
  return loops * threads;
}

function numberAt(scenario: JsonObject, name: string): number | undefined {
  const value = valueAt(scenario, ['workload', name]);
  return typeof value === 'number' ? value : undefined;
}
