import { type Batch, type BatchOutcome, createBatchRunner } from './batch.ts';
import { runPoint } from './run-point.ts';

const runBatch = createBatchRunner(runPoint);

/** What a worker thread does. */
export default function work(batch: Batch): BatchOutcome {
  return runBatch(batch);
}
