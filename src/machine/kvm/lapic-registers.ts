import type { Nanoseconds } from '../../time.ts';

export type TimerMode = 'oneshot' | 'periodic' | 'deadline' | 'inert';

const LVT_MASKED = 1 << 16;
const MODES: readonly TimerMode[] = ['oneshot', 'periodic', 'deadline', 'inert'];

/** Divide configuration: code = bits 3, 1, 0; divide by 2^((code + 1) mod 8). */
export function divideCountOf(tdcr: number): number {
  const code = (tdcr & 3) | ((tdcr & 8) >>> 1);
  return 2 ** ((code + 1) % 8);
}

/** The timer registers of the virtual LAPIC (SDM vol. 3, 11.5.4) and what KVM derives from them. */
export class LapicRegisters {
  mode: TimerMode = 'oneshot';
  masked = true;
  vector = 0;
  /** Initial count. */
  tmict = 0;
  tdcr = 0;
  divideCount = 2;
  periodNs: Nanoseconds = 0;
  /** SPIV bit 8. */
  softwareEnabled = true;
  /** IA32_APIC_BASE bit 11. */
  hardwareEnabled = true;
  readonly busCycleNs: Nanoseconds;
  private readonly minPeriodNs: Nanoseconds;

  constructor(
    settings: { minTimerPeriodUs: number; apicBusCycleNs: number },
    private readonly tdcrMasked: boolean,
  ) {
    this.minPeriodNs = settings.minTimerPeriodUs * 1000;
    this.busCycleNs = settings.apicBusCycleNs;
  }

  get enabled(): boolean {
    return this.hardwareEnabled && this.softwareEnabled;
  }

  writeLvtt(value: number): void {
    this.vector = value & 0xff;
    this.masked = (value & LVT_MASKED) !== 0 || !this.softwareEnabled;
    this.mode = MODES[(value >>> 17) & 3];
  }

  writeTdcr(value: number): void {
    this.tdcr = this.tdcrMasked ? value & 0xb : value;
    this.divideCount = divideCountOf(value);
  }

  updatePeriod(): void {
    this.periodNs = this.tmict * this.busCycleNs * this.divideCount;
  }

  /** limit_periodic_timer_frequency: only periodic timers have a minimum. */
  limitPeriod(): void {
    if (this.mode === 'periodic') this.periodNs = Math.max(this.periodNs, this.minPeriodNs);
  }

  reset(): void {
    this.mode = 'oneshot';
    this.masked = true;
    this.tmict = 0;
    this.writeTdcr(0);
    this.periodNs = 0;
  }
}
