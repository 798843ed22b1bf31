import type { KernelFeatures } from '../../machine/kvm/features.ts';

/** The comment above the lines of `/sys/kernel/tracing/trace`. `cpus` are the CPUs online. */
export function ftraceHeader(events: number, cpus: number, features: KernelFeatures): string {
  return [
    '# tracer: nop',
    '#',
    `# entries-in-buffer/entries-written: ${events}/${events}   #P:${cpus}`,
    '#',
    ...COLUMNS[features.ftraceHeader],
    '',
  ].join('\n');
}

const WIDE_FLAGS = [
  '#                               / _----=> need-resched',
  '#                              | / _---=> hardirq/softirq',
  '#                              || / _--=> preempt-depth',
];
const MIGRATE_DISABLE = [
  ...WIDE_FLAGS,
  '#                              ||| / _-=> migrate-disable',
  '#                              |||| /     delay',
  '#           TASK-PID     CPU#  |||||  TIMESTAMP  FUNCTION',
  '#              | |         |   |||||     |         |',
];

/** print_func_help_header_irq of each layout. */
const COLUMNS: Readonly<Record<KernelFeatures['ftraceHeader'], readonly string[]>> = {
  narrow: [
    '#                              _-----=> irqs-off',
    '#                             / _----=> need-resched',
    '#                            | / _---=> hardirq/softirq',
    '#                            || / _--=> preempt-depth',
    '#                            ||| /     delay',
    '#           TASK-PID   CPU#  ||||    TIMESTAMP  FUNCTION',
    '#              | |       |   ||||       |         |',
  ],
  wide: [
    '#                                _-----=> irqs-off',
    ...WIDE_FLAGS,
    '#                              ||| /     delay',
    '#           TASK-PID     CPU#  ||||   TIMESTAMP  FUNCTION',
    '#              | |         |   ||||      |         |',
  ],
  'migrate-disable': ['#                                _-----=> irqs-off', ...MIGRATE_DISABLE],
  'bottom-halves': ['#                                _-----=> irqs-off/BH-disabled', ...MIGRATE_DISABLE],
};
