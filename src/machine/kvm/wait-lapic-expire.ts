import type { Cycles } from '../../time.ts';
import { Stage } from '../costs/stages.ts';
import type { VcpuState } from './vcpu-state.ts';

/**
 * wait_lapic_expire, kvm_wait_lapic_expire: the timer was programmed early by the advance; spin until the deadline,
 * so that the guest sees its interrupt in time and not before.
 */
export function waitLapicExpire(vcpu: VcpuState): void {
  const { timer, features, advance } = vcpu;
  if (timer.expiredTscdeadline === 0) return;
  if (advance.ns === 0 && !features.waitTracedWithoutAdvance) return;
  if (!interruptOnItsWay(vcpu)) return;
  waitForDeadline(vcpu);
}

/** __kvm_wait_lapic_expire; a posted timer calls it from the housekeeping CPU, before it posts. */
export function waitForDeadline(vcpu: VcpuState): void {
  const { timer, features, pcpu } = vcpu;
  const deadline = timer.expiredTscdeadline;
  timer.expiredTscdeadline = 0;
  const delta = vcpu.guestTsc.fromHost(pcpu.now) - deadline;
  if (features.waitTrace === 'at-wait') vcpu.trace.waitLapicExpire(delta);
  else vcpu.deferredWaitDelta = delta;
  if (features.adjustBeforeWait) adjust(vcpu, delta);
  spinUntilDeadline(vcpu, deadline);
  if (!features.adjustBeforeWait) adjust(vcpu, delta);
  pcpu.spend(Stage['kvm.wait_lapic_expire_exit']);
}

/** adjust_lapic_timer_advance: skipped by a fixed advance. */
function adjust({ advance, pcpu }: VcpuState, delta: Cycles): void {
  if (!advance.adapts) return;
  pcpu.spend(Stage['kvm.adjust_timer_advance']);
  advance.adjust(delta);
}

/** lapic_timer_int_injected: the vector is in ISR (injected) or, under APICv, in the IRR. */
function interruptOnItsWay({ interrupts, apicvActive, timer }: VcpuState): boolean {
  if (!timer.registers.hardwareEnabled) return false;
  return apicvActive ? interrupts.requested || interrupts.posted : interrupts.inService;
}

/**
 * __wait_lapic_expire: at most as long as the advance. Before 5.2 the cycles of a scaled guest TSC were spun as if they
 * were the host's.
 */
function spinUntilDeadline(vcpu: VcpuState, deadline: number): void {
  const { pcpu, guestTsc, advance, features } = vcpu;
  const early = deadline - guestTsc.fromHost(pcpu.now);
  if (early <= 0) return;
  const limit = features.waitCapped ? guestTsc.nsToCycles(advance.ns) : early;
  const guestCycles = Math.min(early, limit);
  const scaled = features.waitHonoursTscScaling ? guestTsc.spanToHost(guestCycles) : null;
  const hostCycles = scaled ?? guestCycles;
  pcpu.passTo(Stage['kvm.wait_lapic_expire'], pcpu.now + hostCycles);
}
