import { Stage } from '../costs/stages.ts';
import type { VmexitConfig } from '../workload.ts';
import { BareGuest, BareSeries, LVTT } from './bare-guest.ts';
import type { GuestCpu } from './guest-cpu.ts';

const VECTOR = 0xf0;
/** Distance of the deadline in the row `tscdeadline`, guest cycles. */
const TSCDEADLINE_DELTA = 3000;

/** Rows of kvm-unit-tests' vmexit: what one instruction that exits, or one armed timer, costs its program. */
export class BareVmexit extends BareGuest {
  readonly series: readonly BareSeries[];
  private readonly cost: BareSeries;
  private served = false;

  constructor(
    cpu: GuestCpu,
    private readonly workload: VmexitConfig,
    hostTscKhz: number,
  ) {
    super(cpu);
    this.cost = new BareSeries(workload.test, cpu, hostTscKhz);
    this.series = [this.cost];
    cpu.writeLvtt(LVTT.deadline | VECTOR);
    cpu.enableInterrupts();
  }

  loop(): void {
    const { cpu } = this;
    const begin = cpu.readTsc();
    this.forgetBefore(begin);
    this.act();
    this.run(Stage['guest.bare_loop']);
    this.cost.record(begin);
    this.recorded++;
  }

  interrupt(): void {
    this.served = true;
    this.run(Stage['guest.bare_handler']);
    this.cpu.endOfInterrupt();
  }

  private act(): void {
    const { cpu } = this;
    switch (this.workload.test) {
      case 'cpuid':
        cpu.cpuid();
        break;
      case 'vmcall':
        cpu.hypercall();
        break;
      case 'tscdeadline_immed':
        cpu.writeTscDeadline(cpu.readTsc());
        break;
      case 'tscdeadline':
        this.served = false;
        cpu.writeTscDeadline(cpu.readTsc() + TSCDEADLINE_DELTA);
        while (!this.served) cpu.spin(Stage['guest.bare_spin']);
    }
  }
}
