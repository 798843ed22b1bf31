import type { PointFigures, PointRecord } from './record.ts';

const FIXED_COLUMNS = 4;

/**
 * Records by place in the plan. The numbers lie in one typed array, 72 bytes for a point with five quantiles, where
 * objects would take a kilobyte.
 */
export class SweepResults {
  readonly size: number;
  readonly #width: number;
  readonly #numbers: Float64Array;
  readonly #present: Uint8Array;
  readonly #errors = new Map<number, string>();
  readonly #warnings = new Map<number, readonly string[]>();
  readonly #histograms = new Map<number, PointFigures['histogram']>();
  #count = 0;

  constructor(size: number, quantiles: number) {
    this.size = size;
    this.#width = FIXED_COLUMNS + quantiles;
    this.#numbers = new Float64Array(size * this.#width);
    this.#present = new Uint8Array(size);
  }

  /** Points that have a record. */
  get count(): number {
    return this.#count;
  }

  /** Points that have a record that says why they have no result. */
  get failures(): number {
    return this.#errors.size;
  }

  has(index: number): boolean {
    return this.#present[index] === 1;
  }

  put(index: number, record: PointRecord): void {
    if (!this.has(index)) this.#count++;
    this.#present[index] = 1;
    if ('error' in record) {
      this.#errors.set(index, record.error);
      return;
    }
    if (record.warnings !== undefined) this.#warnings.set(index, record.warnings);
    if (record.histogram !== undefined) this.#histograms.set(index, record.histogram);
    const { samples, min_ns, mean_ns, max_ns, quantiles_ns } = record;
    const numbers = [samples, min_ns, mean_ns, max_ns, ...quantiles_ns].map((value) => value ?? Number.NaN);
    this.#numbers.set(numbers, index * this.#width);
  }

  get(index: number): PointRecord | undefined {
    if (!this.has(index)) return undefined;
    const error = this.#errors.get(index);
    if (error !== undefined) return { error };
    const start = index * this.#width;
    const numbers = this.#numbers.subarray(start, start + this.#width);
    const [min_ns, mean_ns, max_ns, ...quantiles_ns] = Array.from(numbers.subarray(1), orNull);
    const warnings = this.#warnings.get(index);
    const histogram = this.#histograms.get(index);
    return {
      ...{ samples: numbers[0], min_ns, mean_ns, max_ns, quantiles_ns },
      ...(warnings && { warnings }),
      ...(histogram && { histogram }),
    };
  }
}

function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
