import { releaseNumber } from '../versions.ts';

/** From this release on the kernel behaves so. A release without a preset of its own may be named. */
export type Step<Value> = readonly [since: string, value: Value];

/** One version-dependent behaviour: what it decides, and its value from release to release. */
export interface FeatureRow<Value> {
  readonly label: string;
  readonly steps: readonly Step<Value>[];
}

/** A table of behaviours; the documentation of a row becomes that of the resolved field. */
export type FeatureTable = Readonly<Record<string, FeatureRow<unknown>>>;
export type Features<Table extends FeatureTable> = {
  readonly [Name in keyof Table]: Table[Name] extends FeatureRow<infer Value> ? Value : never;
};

/** Declares a row. `steps` ascend; the first one also holds for every older release. */
export function row<const Value>(label: string, ...steps: Step<Value>[]): FeatureRow<Value> {
  return { label, steps };
}

/** A yes-or-no behaviour that is absent before `release`. */
export function since(release: string, label: string): FeatureRow<boolean> {
  return row<boolean>(label, ['4.4', false], [release, true]);
}

/** A yes-or-no behaviour that is gone from `release` on. */
export function until(release: string, label: string): FeatureRow<boolean> {
  return row<boolean>(label, ['4.4', true], [release, false]);
}

/** The column of a table for one release. */
export function resolveFeatures<Table extends FeatureTable>(table: Table, version: string): Features<Table> {
  const release = releaseNumber(version);
  const resolved = Object.entries(table).map(([name, { steps }]) => {
    const current = steps.findLast(([first]) => releaseNumber(first) <= release) ?? steps[0];
    return [name, current[1]];
  });
  return Object.freeze(Object.fromEntries(resolved)) as Features<Table>;
}
