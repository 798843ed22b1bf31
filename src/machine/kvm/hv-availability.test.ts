import { describe, expect, test } from 'vitest';
import { kernelFeatures } from './features.ts';
import { type HvTimerFacts, hvTimerObstacle } from './hv-availability.ts';
import type { KernelVersion } from './versions.ts';

function obstacle(version: KernelVersion, change: Partial<HvTimerFacts> = {}): string | null {
  return hvTimerObstacle({
    version,
    features: kernelFeatures(version),
    kernelBits: 64,
    vendor: 'intel',
    signature: 0x306f2,
    rateShift: 5,
    tscKhz: 2_300_000,
    offeredByOuterHypervisor: true,
    countLimited: true,
    mwaitInGuest: false,
    postedTimer: false,
    ...change,
  });
}

describe('hv timer availability', () => {
  test('a sound Intel CPU has it since 4.8', () => {
    expect(obstacle('4.8')).toBeNull();
    expect(obstacle('6.19')).toBeNull();
    expect(obstacle('4.4')).toMatch(/4\.8 and later/);
  });

  test('errata are looked up by CPU signature and release', () => {
    expect(obstacle('4.8', { signature: 0x106a5 })).toMatch(/Xeon 5500 D0/);
    expect(obstacle('4.20', { signature: 0x306a8 })).toBeNull();
    expect(obstacle('5.0', { signature: 0x306a8 })).toMatch(/E3-1220 V2/);
    expect(obstacle('6.1', { signature: 0x50654, rateShift: 7 })).toBeNull();
    expect(obstacle('4.8', { signature: 0xf000_c000 + 0x106a5 })).toMatch(/broken/);
  });

  test('a counter that lasts less than 10 s is refused since 5.3', () => {
    expect(obstacle('5.2', { rateShift: 0, tscKhz: 3_000_000 })).toBeNull();
    expect(obstacle('5.3', { rateShift: 0, tscKhz: 3_000_000 })).toMatch(/3000000000 Hz/);
    expect(obstacle('5.3', { rateShift: 5, tscKhz: 3_000_000 })).toBeNull();
  });

  test('MWAIT pass-through excludes it since 4.17', () => {
    expect(obstacle('4.16', { mwaitInGuest: true })).toBeNull();
    expect(obstacle('4.17', { mwaitInGuest: true })).toMatch(/MWAIT/);
  });

  test('AMD, 32 bits, a hiding outer hypervisor, no timer, posted timer', () => {
    expect(obstacle('6.1', { vendor: 'amd', rateShift: null })).toMatch(/AMD/);
    expect(obstacle('4.8', { kernelBits: 32 })).toMatch(/32-bit/);
    expect(obstacle('6.1', { offeredByOuterHypervisor: false })).toMatch(/outer hypervisor/);
    expect(obstacle('6.1', { rateShift: null })).toMatch(/no VMX preemption timer/);
    expect(obstacle('6.1', { postedTimer: true })).toMatch(/posted/);
  });

  test('early postings of the series looked neither at errata nor at the word size', () => {
    expect(obstacle('4.8', { features: kernelFeatures('4.8', 'v2'), signature: 0x106a5 })).toBeNull();
    expect(obstacle('4.8', { features: kernelFeatures('4.8', 'v3'), kernelBits: 32 })).toBeNull();
    expect(obstacle('4.8', { features: kernelFeatures('4.8', 'v4'), kernelBits: 32 })).toMatch(/32-bit/);
  });
});
