import type { z as zod } from 'zod';
import { COSTS, type CostName, type CostProfile } from '../machine/costs/profile.ts';
import { STAGES } from '../machine/costs/stages.ts';
import { checked } from './checked.ts';
import { z } from './fields.ts';
import { printableText } from './printable-text.ts';

const printable = (min: number, max: number) => printableText(z, min, max);
const text = printable(0, 2000);
const kind = z
  .enum(['published', 'measured', 'lab', 'derived', 'calibrated', 'assumed'])
  .describe('How far the value may be trusted');
const source = printable(1, 2000);
const sourced = (min: number, max: number) =>
  z.strictObject({ value: z.number().min(min).max(max), kind, source });

const costs = Object.fromEntries(
  Object.entries(COSTS).map(([name, { min, max, meaning }]) => [name, sourced(min, max).describe(meaning)]),
) as Record<CostName, ReturnType<typeof sourced>>;
const stage = sourced(0, 1_000_000).optional();
const stages = Object.fromEntries(Object.keys(STAGES).map((name) => [name, stage])) as Record<
  string,
  typeof stage
>;

/** A profile file: every cost with its kind and source, each within its bounds. */
const profile = z.strictObject({
  $schema: text.optional(),
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._-]{0,99}$/, 'is no profile name: small letters, digits, "-", "." and "_"'),
  description: text,
  cpu: z.strictObject({
    model: printable(1, 200),
    vendor: z.enum(['intel', 'amd']),
    signature: z.string().regex(/^0x[0-9A-Fa-f]{1,8}$/, 'is no CPUID signature like "0x000306F2"'),
    tsc_khz: sourced(100_000, 10_000_000),
    preemption_timer_rate_shift: sourced(0, 31).nullable(),
    apicv: z.boolean(),
    tsc_scaling: z.boolean(),
    tsc_deadline: z.boolean(),
  }),
  cstates: z
    .array(
      z.strictObject({
        name: z.enum(['c1', 'c1e', 'c3', 'c6']),
        exit_latency_us: sourced(0, 100_000),
        target_residency_us: sourced(0, 1_000_000),
      }),
    )
    .max(8),
  costs: z.strictObject(costs),
  stages: z.strictObject(stages).optional(),
  made_by: z.strictObject({ command: text, inputs: z.array(text).max(100) }).optional(),
});

export const profileFields = checked(profile);

/** The schema yields what the engine takes. */
export type CheckedProfile = zod.output<typeof profile> extends CostProfile ? CostProfile : never;
