import { z } from 'zod';

/**
 * The only place where a field of a sweep file is declared: types, checks and the JSON Schema that editors use are
 * derived from here. Field paths of the scenario ("host.kvm.halt_poll_ns", "vcpus.0.pinned") are checked against
 * the scenario's own schema when the sweep is loaded.
 */
const json = z.json();

/** A span of numbers: `points` of them or one every `step`; without either it is sampled continuously. */
const range = z
  .strictObject({
    from: z.number().describe('First value'),
    to: z.number().describe('Last value; larger than `from`'),
    step: z.number().positive().optional().describe('Distance of two values (linear ranges)'),
    points: z
      .number()
      .int()
      .min(2)
      .max(1_000_000)
      .optional()
      .describe('Number of values, both ends included'),
    scale: z.enum(['linear', 'log']).default('linear').describe('How values are spread between the ends'),
  })
  .describe('Values from `from` to `to`; whole numbers where the field takes only whole numbers');

const list = z.array(json).min(1).max(1_000_000).describe('The values, in this order');
const values = z.union([list, range]);
const byPath = <Value extends z.ZodType>(value: Value) => z.record(z.string().min(1).max(300), value);

const bounds = z
  .strictObject({ min: z.number().optional(), max: z.number().optional() })
  .describe('Numbers from `min` to `max`, both included');
const scalar = z.union([z.null(), z.boolean(), z.number(), z.string()]);
const condition = z
  .union([scalar, z.array(json).min(1), bounds])
  .describe('A value, one of a list, or bounds');

export const SAMPLE_METHODS = ['random', 'latin-hypercube', 'sobol', 'halton'] as const;

export const DEFAULT_QUANTILES = [50, 90, 99, 99.9, 99.99] as const;

export const sweepSchema = z
  .strictObject({
    $schema: z.string().max(1000).optional().describe('Where editors find the JSON Schema of this file'),
    name: z.string().min(1).max(200).describe('Short name, shown in every report'),
    description: z.string().max(2000).default('').describe('What the sweep shows'),
    base: z
      .union([z.string().min(1).max(1000), z.record(z.string(), json)])
      .describe('The scenario that is varied: its file, relative to this one, or the scenario itself'),
    set: byPath(json).default({}).describe('Fields that differ from the base in every point, by field path'),
    vary: byPath(values)
      .default({})
      .describe('Values by field path of the scenario; the full grid of them is run'),
    zip: z
      .array(byPath(values))
      .max(100)
      .default([])
      .describe('Groups of fields that change together: the lists of a group are of equal length'),
    sample: z
      .strictObject({
        method: z.enum(SAMPLE_METHODS).describe('How the points are spread over the space'),
        points: z.number().int().min(1).max(100_000_000).describe('How many'),
        seed: z.string().min(1).max(200).default('kvmtimer').describe('Same seed, same points'),
      })
      .optional()
      .describe('Run a sample of the space that `vary` and `zip` span instead of the full grid'),
    seeds: z
      .number()
      .int()
      .min(1)
      .max(1_000_000)
      .default(1)
      .describe('Repetitions of each point with seeds of their own (the same ones for every point)'),
    exclude: z
      .array(byPath(condition))
      .max(1000)
      .default([])
      .describe('Points that fulfil every condition of one of these rules are left out'),
    include: z
      .array(byPath(json))
      .max(100_000)
      .default([])
      .describe('Points in addition; fields that a rule does not name keep the value of the base'),
    quantiles: z
      .array(z.number().gt(0).lt(100))
      .min(1)
      .max(20)
      .default([...DEFAULT_QUANTILES])
      .describe('Quantiles kept of each point, in percent'),
    keep_histograms: z.boolean().default(false).describe('Keep the whole histogram of each point, too'),
  })
  .describe('A parameter sweep for kvmtimer: a scenario and what to vary in it');

/** A sweep file with every default filled in. */
export type SweepFile = z.output<typeof sweepSchema>;
/** What is varied, without what it is varied in. */
export type SweepSpace = Omit<SweepFile, 'base'>;
export type RangeValues = z.output<typeof range>;
export type Values = z.output<typeof values>;
export type Condition = z.output<typeof condition>;
