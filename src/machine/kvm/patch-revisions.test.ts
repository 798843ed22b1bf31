import { expect, test } from 'vitest';
import { bench } from '../../testing/bench.ts';
import type { PatchRevision } from './versions.ts';

/** What arming costs the guest under a posting of 2016, and what an exit costs it while the timer is armed or is not. */
function costsUnder(patch_revision: PatchRevision) {
  const { cpu, pcpu, runFor } = bench('4.8', { kvm: { patch_revision } });
  const cyclesOf = (act: () => void) => {
    const begin = pcpu.now;
    act();
    return pcpu.now - begin;
  };
  const exitUnarmed = cyclesOf(() => cpu.cpuid());
  const arm = cyclesOf(() => cpu.writeTscDeadline(cpu.readTsc() + 1_000_000));
  runFor(10_000);
  return { exitUnarmed, arm, exitArmed: cyclesOf(() => cpu.cpuid()) };
}

const [v1, v2, v3, v4] = (['v1', 'v2', 'v3', 'v4'] as const).map(costsUnder);
/** The lab's profile executes an instruction a cycle. */
const CHECK = 29;
const CONVERSION = 75;

test('v1 looks twice on every entry whether an armed deadline has passed, v2 no longer', () => {
  expect(v1.arm - v2.arm).toBe(2 * CHECK);
  expect(v1.exitArmed - v2.exitArmed).toBe(2 * CHECK);
});

test('v2 converts an armed deadline on every entry, v3 once when it is armed', () => {
  expect(v2.arm).toBe(v3.arm);
  expect(v2.exitArmed - v3.exitArmed).toBe(CONVERSION);
});

test('an entry without an armed deadline costs the same in all postings', () => {
  expect([v1, v2, v3].map(({ exitUnarmed }) => exitUnarmed)).toEqual(Array(3).fill(v4.exitUnarmed));
});

test('v3 costs what v4 costs', () => expect(v3).toEqual(v4));
