import type { CostProfile } from '../machine/costs/profile.ts';
import { runScenario } from '../run/run-at-once.ts';
import type { ResolvedScenario } from '../scenario/presets.ts';
import { projected, type Target } from './dataset.ts';

/** A scenario with the costs that a fit tries, and the bins in which the outcome is wanted. */
export interface Trial {
  readonly scenario: ResolvedScenario;
  readonly profile: CostProfile;
  readonly target: Target;
}

/** Shares of the samples in the bins of the target. */
export type RunTrial = (trial: Trial) => number[] | Promise<number[]>;

export function runTrial({ scenario, profile, target }: Trial): number[] {
  return projected(runScenario({ scenario, profile }).measurements[0], target);
}
