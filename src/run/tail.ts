import { startRun } from '../machine/machine.ts';
import type { LedgerEntry, ResultDocument } from '../measurement/result-document.ts';
import { machineConfig } from '../scenario/machine-config.ts';
import { workloadConfig } from '../scenario/workload-config.ts';
import { ledgerEntries } from './result.ts';
import type { RunInput } from './run-scenario.ts';

/** The ledger of a run's slow samples alone. */
export interface Tail {
  readonly fromNs: number;
  readonly samples: number;
  readonly ledger: readonly LedgerEntry[];
}

const SAMPLES_PER_PIECE = 65_536;

/**
 * Runs a scenario again, as it ran for `document`, and adds up the stages of each thread's samples of at least
 * `fromNs` (one limit for each thread). The same streams make the same samples.
 */
export function runTail(input: RunInput, document: ResultDocument, fromNs: readonly number[]): Tail[] {
  const run = startRun(machineConfig(input.scenario, input.profile), workloadConfig(input.scenario));
  run.results.forEach((recorder, thread) => {
    recorder.tailFromNs = fromNs[thread];
  });
  const total = document.measurements.reduce((sum, { samples }) => sum + (samples ?? 0), 0);
  while (run.done < total && run.advance(Math.min(SAMPLES_PER_PIECE, total - run.done)));
  return run.results.map((recorder) => ({
    fromNs: recorder.tailFromNs,
    samples: recorder.tailSamples,
    ledger: ledgerEntries(recorder.tailLedger),
  }));
}
