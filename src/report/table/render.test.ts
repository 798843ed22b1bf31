import { describe, expect, it } from 'vitest';
import { documentOf, threadOf } from '../../testing/results.ts';
import { bandsFor, countBands } from './bands.ts';
import { bar } from './bar.ts';
import { renderTable } from './render.ts';

/** 2000 samples: a body from 4 to 5 µs and two stragglers, one beyond 50 rows. */
const body = Array.from({ length: 1998 }, (_, index) => (index % 3 === 0 ? 5_010 : 4_200));
const thread = (name = '0') => threadOf([...body, 12_340, 61_000], 50, name);
const scenario = {
  virtualization: 'kvm',
  host: {
    cpu: 'xeon-e5-2699-v3',
    kernel: { version: '4.8', hz: 1000, nohz_full: true },
    kvm: { enable_hv_timer: true, lapic_timer_advance_ns: 0, halt_poll_ns: null, patch_revision: null },
  },
  vcpus: [{}, {}],
  guest: { idle: 'poll', kernel: { version: '4.8', hz: 1000 } },
  workload: {
    tool: 'cyclictest',
    threads: 1,
    smp: false,
    priority: 99,
    interval_us: 1000,
    loops: 2000,
    histogram_us: 50,
  },
};
const document = documentOf([thread()], { name: 'hv-on', scenario });

describe('renderTable', () => {
  it('shows bars, figures and parameters', () => {
    expect(renderTable([document], { columns: 60, color: false })).toBe(`          hv-on
────────  ────────────────────────────────────────────────
4         ██████████████████████████████████████      1332
5         ███████████████████                          666
≥ 6       ▏                                              2
────────  ────────────────────────────────────────────────
samples   2000
min       4.20
avg       4.50
p50       4.20
p90       5.01
p99       5.01
p99.9     5.01
p99.99    too few
max       61.00 *
────────  ────────────────────────────────────────────────
host      xeon-e5-2699-v3, Linux 4.8, 1000 Hz, nohz_full
kvm       enable_hv_timer=Y, lapic_timer_advance_ns=0
guest     2 vCPU, Linux 4.8, 1000 Hz, idle=poll
workload  cyclictest -t 1 -p 99 -i 1000 -l 2000
seed      example
origin    simulated, kvmtimer 0.0.0-test

latencies in µs
* beyond the histogram
`);
  });

  it.each([40, 80, 120, 200])('keeps within %i characters and loses no column', (columns) => {
    const documents = ['one', 'two', 'three', 'four', 'five'].map((name) => ({ ...document, name }));
    const text = renderTable(documents, { columns, color: false });
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(columns);
    for (const { name } of documents) expect(text).toMatch(new RegExp(` ${name}( |$)`, 'm'));
  });

  it('names the threads of a result with several, and says what is partial', () => {
    const several = documentOf([thread(), thread('1')], { name: 'two', partial: true });
    const head = renderTable([several], { columns: 100, color: false }).split('\n')[0];
    expect(head).toMatch(/^ +two, thread 0 \(partial\) +two, thread 1 \(partial\)$/);
  });

  it('colours only when asked to, and never lets a name colour anything', () => {
    const named = { ...document, name: 'a\u001b[31mb' };
    expect(renderTable([named], { columns: 80, color: false })).not.toContain('\u001b');
    expect(renderTable([named], { columns: 80, color: true })).toContain('\u001b[32m█');
    expect(renderTable([named], { columns: 80, color: true })).toContain('a\\x1b[31mb');
  });

  it('marks figures that are only lower limits, and rounds like the source', () => {
    const censored = { count: 400, atLeastNs: 50_000 };
    const bins = [[4, 1600]] as const;
    const imported = {
      ...thread(),
      binWidthNs: 1000,
      bins,
      censored,
      minNs: 4000,
      maxNs: 71_000,
      meanNs: 9_000,
    };
    const text = renderTable([documentOf([imported])], { columns: 80, color: false });
    expect(text).toMatch(/^min +4$/m);
    expect(text).toMatch(/^p50 +4$/m);
    expect(text).toMatch(/^p90 +≥ 50 \*$/m);
    expect(text).toMatch(/^max +71 \*$/m);
  });

  it('has something to say about a run without samples', () => {
    const text = renderTable([documentOf([threadOf([], 50)], { partial: true })], {
      columns: 80,
      color: false,
    });
    expect(text).toMatch(/^samples +0$/m);
  });
});

describe('bandsFor', () => {
  it('widens the rows until they fit on a screen, and leaves no sample out', () => {
    const wide = threadOf(
      Array.from({ length: 5000 }, (_, index) => index * 100),
      500,
    );
    const bands = bandsFor([wide]);
    expect(bands.length).toBeLessThanOrEqual(42);
    expect(bands[0]).toEqual({ fromUs: 0, toUs: 20 });
    expect(countBands(wide, bands).reduce((sum, count) => sum + count, 0)).toBe(5000);
  });
});

describe('bar', () => {
  it('shows eighths, and something for whatever is not zero', () => {
    expect([bar(0, 8), bar(1e-9, 8), bar(0.5, 8), bar(0.516, 8), bar(1, 8)]).toEqual([
      '',
      '▏',
      '████',
      '████▏',
      '████████',
    ]);
  });
});
