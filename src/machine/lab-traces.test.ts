import { describe, expect, test } from 'vitest';
import {
  essence,
  type FtraceLine,
  parseFtrace,
  recordedTrace,
  tickLength,
  withoutTicks,
} from '../testing/ftrace.ts';
import { labMachine, traceOf } from '../testing/lab.ts';

/** Loops before recording begins, in the lab and here. */
const WARM_UP = 20;

const BARE_TRACES = [
  'disarm',
  'far',
  'hlt',
  'hlt-adaptive',
  'hlt-adv1000',
  'hlt-haltpoll',
  'oneshot-hlt',
  'oneshot-poll',
  'past-poll',
  'periodic-hlt',
  'periodic-poll',
  'poll',
  'poll-adaptive',
  'poll-adv1000',
  'rearm-earlier',
].flatMap((name) => [`hv-${name}`, `hrtimer-${name}`]);
/** Recorded for one of the two timers only. */
const NOT_RECORDED = ['hrtimer-far', 'hv-periodic-hlt', 'hrtimer-periodic-poll', 'hv-hlt-adv1000'];

/** The events of the guest's loops; what switched recording on and off is the emulated VMM's, not KVM's. */
function loopsOf(lines: readonly FtraceLine[]): FtraceLine[] {
  const first = lines.findIndex(({ point }) => point === 'kvm_exit');
  const end = lines.findIndex(
    ({ text }) => text.includes('IO_INSTRUCTION') || text.startsWith('apic_write APIC_TMICT = 0x0'),
  );
  const last = lines.slice(0, end).findLastIndex(({ point }) => point === 'kvm_entry');
  return lines.slice(first, last + 1);
}

function loopCount(header: string): number {
  return Number(/^# vmm \S+ \S+ (\d+)/.exec(header)![1]);
}

/** sched_* was not recorded in the lab. */
function recorded(trace: string): FtraceLine[] {
  return parseFtrace(trace).filter(({ point }) => !point.startsWith('sched_'));
}

/** The loops of a recorded trace in the engine. */
function simulate(name: string, header: string): FtraceLine[] {
  const [, action, wait, loops, delta] = /^# vmm (\S+) (\S+) (\d+) (\d+) trace/.exec(header)!;
  const kvm = {
    lapic_timer_advance_ns: name.includes('adv1000') ? 1000 : name.includes('adaptive') ? -1 : 0,
    halt_poll_ns: name.includes('haltpoll') ? 200_000 : 0,
  };
  const workload = {
    tool: 'lapic_timer',
    action,
    wait,
    delta_cycles: Number(delta),
    loops: WARM_UP + Number(loops),
  };
  return recorded(traceOf({ ...labMachine(name.startsWith('hv-'), kvm), workload }, WARM_UP, Number(loops)));
}

describe.each(BARE_TRACES.filter((name) => !NOT_RECORDED.includes(name)))('%s', (name) => {
  const { header, lines } = recordedTrace(`${name}.txt`);

  test('the engine tells the same events in the same order', () => {
    const real = withoutTicks(loopsOf(lines)).map(essence);
    const simulated = withoutTicks(simulate(name, header)).map(essence);
    expect(real.length).toBeGreaterThanOrEqual(5 * loopCount(header));
    expect(simulated).toEqual(real);
  });
});

/** Enough loops that a tick of the host (4 ms) falls among them. */
const MANY = 60;

function firstTick(lines: readonly FtraceLine[]): string[] {
  const start = lines.findIndex(
    (_, index) => lines[index].text.includes('EXTERNAL') && tickLength(lines, index) > 0,
  );
  return lines.slice(start, start + tickLength(lines, start)).map(essence);
}

test("the host's tick interrupts the guest as in a real trace", () => {
  const { header, lines } = recordedTrace('hv-periodic-poll.txt');
  const simulated = simulate('hv-periodic-poll', header.replace(/poll \d+/, `poll ${MANY}`));
  expect(firstTick(lines)).toHaveLength(7);
  expect(firstTick(simulated)).toEqual(firstTick(lines));
});

test('the comment above the lines is that of the real trace', () => {
  const { header } = recordedTrace('hv-poll.txt');
  const real = header.slice(header.indexOf('# tracer'));
  const trace = traceOf({ ...labMachine(true), workload: { tool: 'cyclictest', loops: 3 } }, 0, 3);
  const simulated = trace.slice(0, trace.search(/^[^#]/m));
  const counts = /\d+\/\d+/;
  expect(simulated.replace(counts, 'n/n')).toBe(real.replace(counts, 'n/n'));
});

/**
 * A real Linux guest shares its CPU with the shell that started it and with QEMU's own timers: their wake-ups set
 * need-resched, and their lines stand among those of the vCPU. kvm_pv_tlb_flush belongs to the steal-time page, kvm_fpu
 * and kvm_userspace_exit to returns to QEMU; the engine has neither.
 */
const OF_OTHERS = ['kvm_pv_tlb_flush', 'kvm_fpu', 'kvm_userspace_exit'];

/** The guest's ticks must not fall together with the host's, as they would with clocks that start as one. */
const TICKS_APART = 5_000_000;

/** From each exit to its entry, each line without what depends on time. */
function passes(lines: readonly FtraceLine[]): string[][] {
  const own = lines.filter(({ comm, point }) => !comm.startsWith('sleep') && !OF_OTHERS.includes(point));
  const starts = own.flatMap(({ point }, index) => (point === 'kvm_exit' ? [index] : []));
  return starts
    .map((start, index) => own.slice(start, starts[index + 1] ?? own.length))
    .filter((pass) => pass.at(-1)!.point === 'kvm_entry')
    .filter((pass) => !pass.some(({ text }) => text.includes('hrtimer_wakeup')))
    .map((pass) => pass.map((line) => essence(line).replace(/^(\S+ .)N/, '$1.')));
}

const isTick = (pass: readonly string[]) => pass.some((line) => line.includes('tick_sched_timer'));
const isWrite = (pass: readonly string[]) => pass[0].includes('MSR_WRITE');

/** How many deadline writes follow a timer exit: of the guest's interrupt, and of the next sleep of cyclictest. */
function writesPerTimerExit(all: readonly string[][]): Set<number> {
  const word = all.filter((pass) => !isTick(pass)).map((pass) => (isWrite(pass) ? 'w' : 't'));
  return new Set(
    word
      .join('')
      .split('t')
      .slice(1, -1)
      .map((writes) => writes.length),
  );
}

describe.each(['hv', 'hrtimer'])('linux-guest-idle-poll-%s', (timer) => {
  const real = passes(recordedTrace(`linux-guest-idle-poll-${timer}.txt`).lines);
  const machine = labMachine(timer === 'hv') as { guest: object };
  const raw = {
    ...machine,
    vcpus: [{}],
    guest: { ...machine.guest, tsc_offset: TICKS_APART },
    workload: { tool: 'cyclictest', loops: 300, interval_us: 1000 },
  };
  const simulated = passes(recorded(traceOf(raw, 20, 280)));

  test('the engine passes through the host in the same ways', () => {
    const ways = (all: readonly string[][]) => [...new Set(all.map((pass) => pass.join('\n')))].sort();
    expect(real.length).toBeGreaterThan(50);
    expect(ways(simulated)).toEqual(ways(real));
  });

  test('an interrupt of the guest reprograms once, and once more before cyclictest sleeps', () => {
    expect(writesPerTimerExit(real)).toEqual(new Set([1, 2]));
    expect(writesPerTimerExit(simulated)).toEqual(new Set([1, 2]));
  });
});
