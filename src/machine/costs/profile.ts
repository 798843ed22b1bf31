import type { ValueKind } from '../../measurement/result-document.ts';

/** A number with its origin: no cost enters the engine without one. */
export interface SourcedValue {
  readonly value: number;
  readonly kind: ValueKind;
  readonly source: string;
}

/** The costs of one CPU model. The shape is declared here; the data are the files in scenarios/profiles/. */
export interface CostProfile {
  readonly name: string;
  readonly description: string;
  readonly values: { readonly [name: string]: SourcedValue };
}
