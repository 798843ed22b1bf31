import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadScenario } from '../../scenario/load.ts';
import { CostModel } from './cost-model.ts';
import type { CostProfile } from './profile.ts';
import { STAGE_NAMES, STAGES, type StageId } from './stages.ts';

/** A stage that reads lines which the housekeeping CPU's tick writes. */
const READER = STAGE_NAMES.findIndex((name) => STAGES[name].sharedLines > 0) as StageId;
const TICK_CYCLES = 1000.25;

let profile: CostProfile;
beforeAll(async () => {
  profile = (await loadScenario('jiang-2016-v4-hv-timer-on')).profile;
});

/** Nothing else is ever gone from the caches. */
function modelWith(phase: number): CostModel {
  return new CostModel({
    profile,
    seed: 'ticks',
    memoryPressure: 1e-12,
    siblingBusy: false,
    guestClocksource: 'tsc',
    mitigationExitCycles: 0,
    mitigationEntryCycles: 0,
    housekeepingTickCycles: TICK_CYCLES,
    housekeepingPhaseCycles: phase,
  });
}

describe('lines that the housekeeping CPU writes', () => {
  it('are gone once it has ticked since, whether once or many times', () => {
    const gaps = fc.array(fc.oneof(fc.integer({ min: 1, max: 1500 }), fc.nat(1e6)), { minLength: 1 });
    fc.assert(
      fc.property(gaps, fc.nat(1000), (all, phase) => {
        const model = modelWith(phase);
        const tickAt = (now: number) => Math.floor((now + phase) / TICK_CYCLES);
        const warm = model.warmCycles(READER);
        let now = 0;
        model.draw(READER, now);
        for (const gap of all) {
          const isTicked = tickAt(now + gap) > tickAt(now);
          now += gap;
          expect(model.draw(READER, now) > warm).toBe(isTicked);
        }
      }),
    );
  });
});
