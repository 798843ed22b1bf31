import type { CommandRow } from './command.ts';

/** Every command, in the order of the overview. A command's module is loaded only when it is used. */
export const COMMANDS: readonly CommandRow[] = [
  {
    name: 'run',
    summary: 'run scenarios and print their latency histograms',
    group: 'Simulate:',
    load: () => import('./commands/run.ts'),
  },
  {
    name: 'trace',
    summary: 'print what the host kernel would trace, event by event',
    group: 'Simulate:',
    load: () => import('./commands/trace.ts'),
  },
  {
    name: 'explain',
    summary: 'say where the microseconds go, and why two machines differ',
    group: 'Simulate:',
    load: () => import('./commands/explain.ts'),
  },
  {
    name: 'fidelity',
    summary: 'compare the model with published experiments',
    group: 'Simulate:',
    load: () => import('./commands/fidelity.ts'),
  },
  {
    name: 'list',
    summary: 'list the scenarios, CPU profiles and kernel presets that ship',
    group: 'Scenarios:',
    load: () => import('./commands/list.ts'),
  },
  {
    name: 'show',
    summary: 'print a scenario fully resolved, each value with its origin',
    group: 'Scenarios:',
    load: () => import('./commands/show.ts'),
  },
  {
    name: 'validate',
    summary: 'check scenario and profile files',
    group: 'Scenarios:',
    load: () => import('./commands/validate.ts'),
  },
  {
    name: 'schema',
    summary: 'print the JSON Schema of scenario files',
    group: 'Scenarios:',
    load: () => import('./commands/schema.ts'),
  },
  {
    name: 'import',
    summary: 'read results of cyclictest, rtla, oslat and others',
    group: 'Measure and compare:',
    load: () => import('./commands/import.ts'),
  },
  {
    name: 'record',
    summary: 'run the installed cyclictest and keep what it measured',
    group: 'Measure and compare:',
    load: () => import('./commands/record.ts'),
  },
  {
    name: 'compare',
    summary: 'tell whether latency changed, where and by how much',
    group: 'Measure and compare:',
    load: () => import('./commands/compare.ts'),
  },
  {
    name: 'gate',
    summary: 'judge results by rules, for pipelines',
    group: 'Measure and compare:',
    load: () => import('./commands/gate.ts'),
  },
  {
    name: 'baseline',
    summary: 'check or accept the numbers of the shipped scenarios',
    group: 'Measure and compare:',
    load: () => import('./commands/baseline.ts'),
  },
  {
    name: 'fit',
    summary: 'calibrate a CPU profile to measured histograms',
    group: 'Measure and compare:',
    load: () => import('./commands/fit.ts'),
  },
  {
    name: 'sweep',
    summary: 'run a scenario over many settings, on one machine or many',
    group: 'Many runs:',
    load: () => import('./commands/sweep.ts'),
  },
  {
    name: 'worker',
    summary: 'take work of sweeps from a queue',
    group: 'Many runs:',
    load: () => import('./commands/worker.ts'),
  },
  {
    name: 'merge',
    summary: 'put the shards of a sweep together',
    group: 'Many runs:',
    load: () => import('./commands/merge.ts'),
  },
  {
    name: 'completion',
    summary: 'print the completion script of a shell',
    group: 'This program:',
    load: () => import('./commands/completion.ts'),
  },
  {
    name: 'complete',
    summary: 'suggest words to the completion script',
    group: 'This program:',
    hidden: true,
    load: async () => ({ build: (await import('./commands/completion.ts')).buildComplete }),
  },
];
