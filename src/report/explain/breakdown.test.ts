import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { breakdown, byOwner, difference, grouped, roundToSum } from './breakdown.ts';
import { timerOf } from './timer.ts';

const ledger = [
  { stage: 'kvm.exit_tail', owner: 'kvm', cycles: 3_333 },
  { stage: 'guest.wakeup', owner: 'guest', cycles: 10_000 },
  { stage: 'hardware.vm_exit', owner: 'hardware', cycles: 1 },
] as const;

describe('breakdown', () => {
  it('gives nanoseconds per sample, longest first, that add up to the total', () => {
    const { stages, totalNs } = breakdown(ledger, 10, 1_000_000);
    expect(totalNs).toBe(1_333);
    expect(stages.map(({ stage, ns }) => [stage, ns])).toEqual([
      ['guest.wakeup', 1_000],
      ['kvm.exit_tail', 333],
    ]);
  });

  it('shares the total among the owners', () => {
    const owners = byOwner(breakdown(ledger, 1, 1_000_000));
    expect(owners).toEqual([
      { owner: 'hardware', ns: 1 },
      { owner: 'kvm', ns: 3_333 },
      { owner: 'host', ns: 0 },
      { owner: 'guest', ns: 10_000 },
    ]);
  });

  it('explains a difference by stages of both sides that add up to it', () => {
    const one = breakdown(ledger, 1, 1_000_000);
    const other = breakdown([{ stage: 'host.irq_entry', owner: 'host', cycles: 700 }], 1, 1_000_000);
    const change = difference(one, other);
    expect(change.totalNs).toBe(700 - 13_334);
    expect(change.stages.reduce((sum, { ns }) => sum + ns, 0)).toBe(change.totalNs);
    expect(change.stages.find(({ stage }) => stage === 'guest.wakeup')?.ns).toBe(-10_000);
  });
});

describe('grouped', () => {
  it('tells what is gone, what came and what both have', () => {
    const [exitTail, ...rest] = ledger;
    const one = breakdown([exitTail, { stage: 'host.irq_entry', owner: 'host', cycles: 700 }], 1, 1_000_000);
    const other = breakdown([{ ...exitTail, cycles: 4_333 }, ...rest], 1, 1_000_000);
    const { gone, added, changed } = grouped(difference(one, other), one, other);
    expect([gone, added, changed].map(({ totalNs }) => totalNs)).toEqual([-700, 10_001, 1_000]);
    expect(added.stages.map(({ stage }) => stage)).toEqual(['guest.wakeup', 'hardware.vm_exit']);
  });
});

describe('timerOf', () => {
  const pathOf = (...stages: string[]) =>
    breakdown(
      stages.map((stage) => ({ stage, owner: 'kvm', cycles: 1 })),
      1,
      1_000_000,
    );
  it.each([
    [['kvm.expired_hv_timer'], /^the VMX preemption timer$/],
    [['host.apic_timer_fn'], /^a host hrtimer$/],
    [['host.apic_timer_fn', 'host.wakeup'], /^a host hrtimer \(the vCPU sleeps/],
    [['guest.native_eoi'], /^the LAPIC itself$/],
    [['kvm.wait_lapic_expire_exit'], /ahead of the deadline$/],
    [['host.apic_timer_fn', 'kvm.expired_hv_timer'], /^the VMX preemption timer or a host hrtimer$/],
  ])('%j', (stages, timer) => {
    expect(timerOf(pathOf(...stages))).toMatch(timer);
  });

  it('is none where the deadline had passed when it was written', () => {
    expect(timerOf(pathOf('kvm.expired_at_arm'))).toBeNull();
  });
});

describe('roundToSum', () => {
  it('never changes the sum, nor a number by one or more', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1 }), (values) => {
        const total = Math.round(values.reduce((sum, value) => sum + value, 0));
        const rounded = roundToSum(values, total);
        expect(rounded.reduce((sum, value) => sum + value, 0)).toBe(total);
        for (const [index, value] of rounded.entries()) {
          expect(Math.abs(value - values[index])).toBeLessThanOrEqual(1);
        }
      }),
    );
  });
});
