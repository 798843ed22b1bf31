import { setImmediate } from 'node:timers/promises';
import type { LatencyRecorder } from '../machine/latency-recorder.ts';
import { startRun } from '../machine/machine.ts';
import type { LedgerEntry, ResultDocument } from '../measurement/result-document.ts';
import { machineConfig } from '../scenario/machine-config.ts';
import { workloadConfig } from '../scenario/workload-config.ts';
import { driveFor } from './drive.ts';
import { ledgerEntries } from './result.ts';
import type { RunHooks, RunInput } from './run-scenario.ts';

/** The ledger of a run's slow samples alone. */
export interface Tail {
  readonly fromNs: number;
  readonly samples: number;
  readonly ledger: readonly LedgerEntry[];
}

const SAMPLES_PER_PIECE = 8192;

/**
 * Runs a scenario again, as it ran for `document`, and adds up the stages of each thread's samples of at least
 * `fromNs` (one limit for each thread). The same streams make the same samples.
 */
export async function runTail(
  input: RunInput,
  document: ResultDocument,
  fromNs: readonly number[],
  { onProgress }: RunHooks = {},
): Promise<Tail[]> {
  const workload = workloadConfig(input.scenario);
  const drive = await driveFor(workload);
  const run = startRun(machineConfig(input.scenario, input.profile), workload, null, drive);
  run.results.forEach((recorder, thread) => {
    recorder.tailFromNs = fromNs[thread];
  });
  const total = document.measurements.reduce((sum, { samples }) => sum + (samples ?? 0), 0);
  while (run.done < total && run.advance(Math.min(SAMPLES_PER_PIECE, total - run.done))) {
    onProgress?.(run.done, total);
    await setImmediate();
  }
  return run.results.map((recorder, thread) => tailOf(recorder, fromNs[thread]));
}

/** What a recorder has added up of its samples of at least `fromNs`. */
export function tailOf({ tailSamples, tailLedger }: LatencyRecorder, fromNs: number): Tail {
  return { fromNs, samples: tailSamples, ledger: ledgerEntries(tailLedger) };
}
