/**
 * kvmtimer without a terminal: the same steps that the command line wires together, as functions. A value moves from
 * left to right: scenario, machine, run, result, comparison.
 */

export { writeCyclictestJson } from './formats/cyclictest-json/write.ts';
export { writeCyclictestHistogram } from './formats/cyclictest-text/write.ts';
export { type ReadFileOptions, readResultFile } from './formats/read-file.ts';
export type { Measurement } from './measurement/measurement.ts';
export { type Quantile, quantile } from './measurement/quantile.ts';
export type { ResultDocument, ThreadResult } from './measurement/result-document.ts';
export { parseResult, parseResults, serializeResult, serializeResults } from './measurement/serialize.ts';
export { renderTable } from './report/table/render.ts';
export { type RunHooks, type RunInput, runScenario, runScenarioAside } from './run/run-scenario.ts';
export { type LoadedScenario, type LoadOptions, loadScenario } from './scenario/load.ts';
export { type ResolvedMachine, resolveScenario } from './scenario/resolve.ts';
export { type Scenario, scenarioSchema } from './scenario/schema.ts';
export { ExitCode, type Problem, UserError } from './user-error.ts';
export { VERSION } from './version.ts';
