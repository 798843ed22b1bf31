/**
 * kvmtimer without a terminal: the same steps that the command line wires together, as functions. A value moves from
 * left to right: scenario, machine, run, result, comparison. What a user can put right is thrown as a UserError.
 */

export { type CompareOptions, compareSides } from './compare/compare.ts';
export type { Comparison } from './compare/comparison.ts';
export { evaluateGate, type GateOptions, gateExitCode } from './compare/gate/gate.ts';
export { parseRule } from './compare/gate/parse.ts';
export { readSides } from './compare/inputs.ts';
export type { Side } from './compare/side.ts';
export { writeCyclictestJson } from './formats/cyclictest-json/write.ts';
export { cyclictestHeader, writeCyclictestHistogram } from './formats/cyclictest-text/write.ts';
export { type ReadFileOptions, readResultFile, readResultText } from './formats/read-file.ts';
export type { Measurement } from './measurement/measurement.ts';
export { type Quantile, quantile } from './measurement/quantile.ts';
export type { ResultDocument, ThreadResult } from './measurement/result-document.ts';
export { parseResult, parseResults, serializeResult, serializeResults } from './measurement/serialize.ts';
export { record } from './record/record.ts';
export { explain } from './report/explain/explanation.ts';
export { renderTable } from './report/table/render.ts';
export { runScenario } from './run/run-at-once.ts';
export { type RunHooks, type RunInput, runScenarioAside } from './run/run-scenario.ts';
export { type LoadedScenario, type LoadOptions, loadScenario } from './scenario/load.ts';
export { type ResolvedMachine, resolveScenario } from './scenario/resolve.ts';
export type { Scenario } from './scenario/schema.ts';
export { scenarioSchema } from './scenario/zod-schema.ts';
export type { Executor } from './sweep/executors/executor.ts';
export { poolExecutor } from './sweep/executors/pool.ts';
export { type LoadedSweep, loadSweep } from './sweep/load/load.ts';
export { runSweep, type SweepOutcome, type SweepRun } from './sweep/run-sweep.ts';
export { ExitCode, type Problem, UserError } from './user-error.ts';
export { VERSION } from './version.ts';
