import { STAGE_NAMES, STAGES } from '../machine/costs/stages.ts';
import { BIN_NS, type LatencyRecorder } from '../machine/latency-recorder.ts';
import type { Run } from '../machine/machine.ts';
import {
  type Json,
  type LedgerEntry,
  RESULT_DOCUMENT,
  RESULT_SCHEMA_VERSION,
  type ResultDocument,
  type ThreadResult,
  type WorstSample,
} from '../measurement/result-document.ts';
import { scenarioHash } from '../scenario/hash.ts';
import { warningText } from '../scenario/resolve.ts';
import { VERSION } from '../version.ts';
import type { RunInput } from './run-scenario.ts';

/** The document of a simulated run. */
export function resultDocument(
  { scenario, profile, warnings = [] }: RunInput,
  { results, names, tables }: Pick<Run, 'results' | 'names' | 'tables'>,
  partial: boolean,
): ResultDocument {
  return {
    document: RESULT_DOCUMENT,
    schema_version: RESULT_SCHEMA_VERSION,
    kvmtimer_version: VERSION,
    name: scenario.name,
    origin: 'simulated',
    partial,
    scenario: scenario as unknown as { readonly [key: string]: Json },
    // Whoever prints nothing but a histogram does not wait for it.
    get scenario_hash() {
      return scenarioHash(scenario, profile);
    },
    seed: scenario.seed,
    warnings: warnings.map(warningText),
    facts: scenario.workload.tool === 'tscdeadline_latency' ? { latency_table_cycles: tables![0] } : null,
    measurements: results.map((recorder, thread) =>
      threadResult(recorder, names?.[thread] ?? String(thread), profile.cpu.tsc_khz.value),
    ),
  };
}

function threadResult(recorder: LatencyRecorder, name: string, tscKhz: number): ThreadResult {
  const { samples } = recorder;
  const some = samples > 0;
  return {
    name,
    binWidthNs: BIN_NS,
    bins: recorder.bins(),
    censored: null,
    samples,
    minNs: some ? recorder.minNs : null,
    maxNs: some ? recorder.maxNs : null,
    meanNs: some ? recorder.sumNs / samples : null,
    cycles: some
      ? { tsc_khz: tscKhz, min: recorder.minCycles, max: recorder.maxCycles, sum: recorder.sumCycles }
      : null,
    ledger: ledgerEntries(recorder.ledger),
    worst: recorder.worst.map(
      (sample): WorstSample => ({
        cycle: sample.cycle,
        latency_cycles: sample.latencyCycles,
        latency_ns: sample.latencyNs,
        path: sample.path.map(([stage, cycles]) => [STAGE_NAMES[stage], cycles] as const),
      }),
    ),
    overflow_cycles: recorder.overflowCycles,
  };
}

/** Stages that took any cycles, in the order of the stage table. */
export function ledgerEntries(cycles: Float64Array): LedgerEntry[] {
  return STAGE_NAMES.flatMap((stage, id) =>
    cycles[id] === 0 ? [] : [{ stage, owner: STAGES[stage].owner, cycles: cycles[id] }],
  );
}
