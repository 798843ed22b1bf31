import type { TracePoint } from '../../machine/trace.ts';
import { type Quantile, quantile } from '../../measurement/quantile.ts';
import type { Measured } from './measure.ts';

/** A number of a run that a knob may move. */
export interface Figure {
  readonly name: string;
  readonly unit: string;
  readonly of: (run: Measured) => number;
}

const nanoseconds = (name: string, of: Figure['of']): Figure => ({ name, unit: 'ns', of });

export const mean = nanoseconds('mean', ({ thread }) => thread.meanNs!);
export const least = nanoseconds('minimum', ({ thread }) => thread.minNs!);
export const worst = nanoseconds('maximum', ({ thread }) => thread.maxNs!);
export const percentile = (percent: number) =>
  nanoseconds(`p${percent}`, ({ thread }) => sampleAt(quantile(thread, percent / 100)));

function sampleAt(found: Quantile): number {
  if (found.kind !== 'value') throw new Error(`a run has no such quantile: ${JSON.stringify(found)}`);
  return found.valueNs;
}

/** Names of the same exit on VMX and SVM. */
const EXITS = {
  all: [],
  timer: ['PREEMPTION_TIMER'],
  interrupt: ['EXTERNAL_INTERRUPT', 'interrupt'],
  WRMSR: ['MSR_WRITE', 'msr'],
  HLT: ['HLT', 'hlt'],
} as const;

export function exits(kind: keyof typeof EXITS): Figure {
  const names: readonly string[] = EXITS[kind];
  return {
    name: kind === 'all' ? 'exits' : `${kind} exits`,
    unit: 'a loop',
    of: ({ exits: counts, thread }) => {
      const counted = [...counts].filter(([reason]) => names.length === 0 || names.includes(reason));
      return counted.reduce((sum, [, count]) => sum + count, 0) / thread.samples!;
    },
  };
}

export const events = (point: TracePoint): Figure => ({
  name: `\`${point}\` events`,
  unit: 'a loop',
  of: ({ events: counts, thread }) => (counts.get(point) ?? 0) / thread.samples!,
});

/** Mean cycles of these stages between deadline and clock read. */
export const ledger = (...stages: string[]): Figure => ({
  name: stages.map((stage) => `\`${stage}\``).join(', '),
  unit: 'cycles',
  of: ({ thread }) => {
    const entries = thread.ledger!.filter(({ stage }) => stages.includes(stage));
    return entries.reduce((sum, { cycles }) => sum + cycles, 0) / thread.samples!;
  },
});
