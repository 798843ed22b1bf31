/**
 * Interrupt state of the virtual LAPIC. The timer's is the only vector of this machine, so IRR, ISR and the
 * posted-interrupt descriptor are one bit each.
 */
export class InterruptState {
  /** The vector waits in IRR. */
  requested = false;
  /** The vector is being served: in ISR until EOI. */
  inService = false;
  /** The vector waits in the PIR (APICv). */
  posted = false;

  /** A vector waits and nothing of its class is in service. */
  get deliverable(): boolean {
    return this.requested && !this.inService;
  }

  /** Exactly one vector in service and none waiting: KVM may let the guest signal EOI through shared memory. */
  get pvEoiPossible(): boolean {
    return this.inService && !this.requested;
  }

  /** kvm_apic_update_irr: folds the PIR into the (virtual) IRR. */
  foldPir(): void {
    if (!this.posted) return;
    this.posted = false;
    this.requested = true;
  }

  /** Moves the vector from IRR to ISR: it is being delivered. */
  serve(): void {
    this.requested = false;
    this.inService = true;
  }
}
