import type { LedgerEntry } from '../../measurement/result-document.ts';

export type Owner = LedgerEntry['owner'];
export const OWNERS: readonly Owner[] = ['hardware', 'kvm', 'host', 'guest'];

export interface StageShare {
  readonly stage: string;
  readonly owner: Owner;
  readonly ns: number;
}

/** Where the mean of some samples goes: stages that add up to `totalNs` exactly, also as printed. */
export interface Breakdown {
  readonly samples: number;
  readonly totalNs: number;
  readonly stages: readonly StageShare[];
}

/** The ledger of `samples` samples as whole nanoseconds per sample, longest stage first. */
export function breakdown(ledger: readonly LedgerEntry[], samples: number, tscKhz: number): Breakdown {
  const exact = ledger.map(({ cycles }) => (cycles / samples / tscKhz) * 1_000_000);
  const totalNs = Math.round(exact.reduce((sum, ns) => sum + ns, 0));
  const rounded = roundToSum(exact, totalNs);
  const stages = ledger.map(({ stage, owner }, index) => ({ stage, owner, ns: rounded[index] }));
  return { samples, totalNs, stages: stages.filter(({ ns }) => ns !== 0).sort(longestFirst) };
}

/** One breakdown less another, stage by stage: positive where `other` takes longer. */
export function difference(one: Breakdown, other: Breakdown): Breakdown {
  const change = new Map<string, StageShare>();
  for (const { stage, owner, ns } of other.stages) change.set(stage, { stage, owner, ns });
  for (const { stage, owner, ns } of one.stages) {
    change.set(stage, { stage, owner, ns: (change.get(stage)?.ns ?? 0) - ns });
  }
  const stages = [...change.values()].filter(({ ns }) => ns !== 0).sort(longestFirst);
  return { samples: other.samples, totalNs: other.totalNs - one.totalNs, stages };
}

/** The stages of a difference, by whether both sides have them: together they are all of it. */
export interface Groups {
  readonly gone: Breakdown;
  readonly added: Breakdown;
  readonly changed: Breakdown;
}

export function grouped(change: Breakdown, one: Breakdown, other: Breakdown): Groups {
  const isIn = ({ stages }: Breakdown) => {
    const names = new Set(stages.map(({ stage }) => stage));
    return ({ stage }: StageShare) => names.has(stage);
  };
  const [inOne, inOther] = [isIn(one), isIn(other)];
  const only = (belongs: (share: StageShare) => boolean): Breakdown => {
    const stages = change.stages.filter(belongs);
    return { samples: change.samples, totalNs: stages.reduce((sum, { ns }) => sum + ns, 0), stages };
  };
  return {
    gone: only((share) => !inOther(share)),
    added: only((share) => !inOne(share)),
    changed: only((share) => inOne(share) && inOther(share)),
  };
}

export function byOwner({ stages }: Breakdown): { owner: Owner; ns: number }[] {
  return OWNERS.map((owner) => ({
    owner,
    ns: stages.filter((stage) => stage.owner === owner).reduce((sum, { ns }) => sum + ns, 0),
  }));
}

/**
 * Rounds numbers to whole ones that add up to `total` (largest remainders are rounded up), so that a printed table
 * adds up like the exact one.
 */
export function roundToSum(values: readonly number[], total: number): number[] {
  const floors = values.map(Math.floor);
  const missing = total - floors.reduce((sum, value) => sum + value, 0);
  const order = [...values.keys()].sort(
    (one, other) => values[other] - floors[other] - (values[one] - floors[one]),
  );
  for (const index of order.slice(0, missing)) floors[index]++;
  return floors;
}

function longestFirst(one: StageShare, other: StageShare): number {
  return Math.abs(other.ns) - Math.abs(one.ns) || (one.stage < other.stage ? -1 : 1);
}
