import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { serializeResult } from '../measurement/serialize.ts';
import { documentOf, threadOf } from '../testing/results.ts';
import { readResultFile, readResultText } from './read-file.ts';

const pathOf = (name: string) => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));
const fixture = (name: string) => readFileSync(pathOf(name), 'utf8');
const words = (line: string) => line.trim().split(/\s+/);

describe('cyclictest JSON', () => {
  const JSON_H = fixture('cyclictest/2.4/json-h.json');

  it('accepts a command line that is not escaped', () => {
    const text = JSON_H.replace('--json=json-h.json', '--json=a"b\\d.json');
    expect(readResultText(text, 'x')[0].facts?.command_line).toMatch(/--json=a"b\\d\.json$/);
  });

  it('accepts file version 2, with interrupts and a fractional number of threads', () => {
    const entry = { histogram: { 3: 2 }, cycles: 2, min: 3, max: 3, avg: 3 };
    const text = JSON.stringify({
      ...{ file_version: 2, num_threads: 1.0, num_irqs: 1, resolution_in_ns: 0 },
      ...{ thread: { 0: entry }, irq: { 0: entry } },
    });
    expect(readResultText(text, 'x')[0].measurements.map(({ name, samples }) => [name, samples])).toEqual([
      ['0', 2],
      ['irq 0', 2],
    ]);
  });

  it('finds the runs of a terminal, each line labelled', () => {
    const run = `# /dev/cpu_dma_latency set to 0us\n${JSON_H}`;
    const log = `boot\n${run}${run}done\n`.replaceAll(/^/gm, '[VM 1] ').replaceAll('\n', '\r\n');
    const plain = readResultText(JSON_H, 'x')[0].measurements;
    expect(readResultText(log, 'x').map((document) => document.measurements)).toEqual([plain, plain]);
  });

  it('says so when text has runs that the JSON lacks', () => {
    const text = fixture('cyclictest/2.4/json-stdout.stdout') + fixture('cyclictest/2.4/h100.stdout');
    expect(readResultText(text, 'x')[0].warnings).toEqual([
      '1 runs that are in the text only were not read: --from cyclictest-text reads them',
    ]);
  });

  it.each([
    ['cut off', JSON_H.slice(0, -40), /^x:1:1: the JSON that begins here has no end/],
    ['a broken line', JSON_H.replace('"cycles": 5000,', '"cycles" 5000,'), /^x:\d{2}:1: is not valid JSON/],
    [
      'an unknown version',
      JSON_H.replace('"file_version": 1', '"file_version": 3'),
      /file_version is 3 \(1 and 2/,
    ],
    [
      'fewer cycles than samples',
      JSON_H.replace('"cycles": 5000', '"cycles": 50'),
      /thread\.0\.cycles is 50, but/,
    ],
    ['a count below zero', JSON_H.replace('"6": 3', '"6": -3'), /thread\.0\.histogram\.6 is -3/],
    ['a text for a count', JSON_H.replace('"6": 3', '"6": "3"'), /thread\.0\.histogram\.6 is "3"/],
    ['a bin that is none', JSON_H.replace('"6": 3', '"six": 3'), /"six" is not a whole number/],
    ['no threads', JSON_H.replace(/"thread": \{.*/s, '"thread": {}}'), /holds no threads/],
    [
      'another flag',
      JSON_H.replace('"resolution_in_ns": 0', '"resolution_in_ns": 1000'),
      /0 for µs or 1 for ns/,
    ],
  ])('%s is one clear error', (_, text, message) => expect(() => readResultText(text, 'x')).toThrow(message));
});

describe('rtla', () => {
  it('timerlat: interrupts and threads of each CPU, as the manual page shows them', () => {
    const lines = fixture('rtla/timerlat-hist.txt').split('\n');
    const [run] = readResultFile(pathOf('rtla/timerlat-hist.txt'));
    expect(run.measurements.map(({ name }) => name).slice(0, 4)).toEqual(['irq 0', '0', 'irq 1', '1']);
    expect(run.measurements).toHaveLength(10);
    const figure = (name: string, column: number) =>
      Number(words(lines.find((line) => line.startsWith(name))!)[column + 1]);
    run.measurements.forEach((thread, column) => {
      const filled = lines
        .filter((line) => /^\d/.test(line))
        .map((line) => [Number(words(line)[0]), Number(words(line)[column + 1])])
        .filter(([, count]) => count > 0);
      const mean = filled.reduce((sum, [bin, count]) => sum + bin * count, 0) / 600002;
      expect(thread).toMatchObject({
        binWidthNs: 1000,
        bins: filled,
        samples: 600002,
        censored: null,
        minNs: figure('min:', column) * 1000,
        maxNs: figure('max:', column) * 1000,
      });
      expect(thread.meanNs).toBeCloseTo(mean * 1000, 6);
      expect(Math.floor(mean)).toBe(figure('avg:', column));
    });
  });

  it('osnoise: buckets of 10 µs', () => {
    const [{ measurements, facts }] = readResultFile(pathOf('rtla/osnoise-hist.txt'));
    expect(facts).toMatchObject({ tool: 'rtla osnoise', unit: 'us', bucket_size: 10 });
    expect(measurements).toHaveLength(12);
    expect(measurements[0]).toMatchObject({
      name: '0',
      binWidthNs: 10_000,
      bins: [
        [0, 42982],
        [1, 12224],
        [2, 8],
        [3, 1],
      ],
      samples: 55215,
      minNs: 0,
      meanNs: 0,
      maxNs: 30_000,
    });
  });

  it('takes samples beyond the histogram as censored, and skips the summary over all CPUs', () => {
    const text = [
      '# RTLA timerlat histogram',
      '# Time unit is nanoseconds (ns)',
      '# Duration:   0 00:00:10',
      'Index   IRQ-003   Thr-003   Usr-003',
      '5             7         0         0',
      '8             1         4         0',
      'over:         2         0         0',
      'count:       10         4         0',
      'min:          5         8         -',
      'avg:       6.25      8.00         -',
      'max:        900         8         -',
      'ALL:        IRQ       Thr       Usr',
      'count:       10         4         0',
      '',
    ].join('\n');
    const [{ measurements }] = readResultText(text, 'x');
    expect(
      measurements.map(({ name, samples, censored, meanNs }) => [name, samples, censored, meanNs]),
    ).toEqual([
      ['irq 3', 10, { count: 2, atLeastNs: 9 }, 6.25],
      ['3', 4, null, 8],
      ['user 3', 0, null, null],
    ]);
  });

  it.each([
    ['cut in the rows', (text: string) => text.slice(0, text.indexOf('over:'))],
    ['cut in the summary', (text: string) => text.slice(0, text.indexOf('count:') + 20)],
  ])('%s: the number of samples is unknown', (_, cut) => {
    const [{ partial, measurements }] = readResultText(cut(fixture('rtla/timerlat-hist.txt')), 'x');
    expect(partial).toBe(true);
    expect(measurements.every(({ samples }) => samples === null)).toBe(true);
  });

  it('refuses a column that is there twice', () => {
    const text = fixture('rtla/timerlat-hist.txt').replace('Thr-000', 'IRQ-000');
    expect(() => readResultText(text, 'x')).toThrow(/^x: has two threads called "irq 0"/);
  });

  it('finds lost rows', () => {
    const text = fixture('rtla/timerlat-hist.txt').replace(/^7 .*\n/m, '');
    expect(() => readResultText(text, 'x')).toThrow(
      /column irq 0 counts 600002 samples, but has 599928 in rows/,
    );
  });
});

describe('jitterdebugger', () => {
  it.each([
    ['us.json', 1000],
    ['ns.json', 1],
  ])('%s', (name, unit) => {
    const { cpu } = JSON.parse(fixture(`jitterdebugger/${name}`));
    const [{ measurements }] = readResultFile(pathOf(`jitterdebugger/${name}`));
    expect(measurements.map((thread) => thread.name)).toEqual(['0', '1']);
    for (const thread of measurements) {
      const { histogram, count, min, max, avg } = cpu[thread.name];
      expect(Object.fromEntries(thread.bins)).toEqual(histogram);
      expect(thread).toMatchObject({
        binWidthNs: unit,
        samples: count,
        minNs: min * unit,
        maxNs: max * unit,
      });
      expect(Math.abs(thread.meanNs! - avg * unit)).toBeLessThanOrEqual(0.00501 * unit);
    }
  });

  it('asks for the unit that older versions do not state', () => {
    const text = fixture('jitterdebugger/us.json').replace(/,\s*"resolution_in_ns": 1000/, '');
    expect(() => readResultText(text, 'x')).toThrow(/does not state the unit/);
    expect(readResultText(text, 'x', { unit: 'us' })[0].measurements[0].binWidthNs).toBe(1000);
  });
});

describe('oslat', () => {
  it('takes bucket N as the gaps from N - 1 to N µs, and the last one as open', () => {
    const { thread } = JSON.parse(fixture('oslat/two-cores.json'));
    const [{ measurements }] = readResultFile(pathOf('oslat/two-cores.txt'));
    expect(measurements.map(({ name }) => name)).toEqual(['0', '1']);
    for (const measured of measurements) {
      const { histogram, min, max } = thread[measured.name];
      const entries = Object.entries<number>(histogram).map(([us, count]) => [Number(us), count]);
      expect(measured.bins).toEqual(entries.filter(([us]) => us < 32).map(([us, count]) => [us - 1, count]));
      expect(measured.censored).toEqual({ count: histogram[32], atLeastNs: 31_000 });
      expect(measured.samples).toBe(entries.reduce((sum, [, count]) => sum + count, 0));
      expect([measured.minNs, measured.maxNs]).toEqual([(min - 1) * 1000, (max - 1) * 1000]);
    }
  });

  it('has no mean when a bias was taken off', () => {
    const [{ measurements, warnings }] = readResultFile(pathOf('oslat/bias.txt'));
    expect(measurements[0].meanNs).toBeNull();
    expect(warnings[0]).toContain('--bias');
  });
});

describe('tscdeadline_latency', () => {
  const name = 'tscdeadline-latency/breakmax.txt';

  it('is in cycles of a TSC whose frequency is asked for', () => {
    expect(() => readResultFile(pathOf(name))).toThrow(
      /:7:1: latencies are in TSC cycles of unstated frequency \(--tsc-khz N/,
    );
    const [{ measurements, facts }] = readResultFile(pathOf(name), { tscKhz: 2_000_000 });
    expect(facts).toMatchObject({ tsc_khz: 2_000_000, tsc_khz_stated_by: 'option', breakmax_cycles: 4000 });
    expect(measurements[0]).toMatchObject({
      binWidthNs: 1,
      bins: [
        [949, 2],
        [1058, 1],
        [1266, 1],
        [2052, 1],
      ],
      samples: 5,
      minNs: 949,
      maxNs: 2052,
      meanNs: (2116 + 1898 + 1898 + 2532 + 4104) / 5 / 2,
      cycles: { tsc_khz: 2_000_000, min: 1898, max: 4104, sum: 12548 },
    });
  });

  it('may state the frequency in a comment, and hold several runs', () => {
    const runs = readResultText(
      `# tsc_khz: 1000000\n${fixture(name)}# tsc_khz: 2000000\n${fixture(name)}`,
      'x',
    );
    expect(runs.map(({ measurements }) => measurements[0].minNs)).toEqual([1898, 949]);
  });

  it('refuses an interrupt that came before its deadline', () => {
    expect(() => readResultText('latency: -5\n', 'x', { tscKhz: 1 })).toThrow(
      /^x:1:1: a negative latency \(-5\)/,
    );
  });
});

describe('HdrHistogram', () => {
  it('keeps the counts at the printed percentiles', () => {
    const name = 'hgrm/exponential-ns.hgrm';
    expect(() => readResultFile(pathOf(name))).toThrow(/does not state the unit/);
    const [{ measurements }] = readResultFile(pathOf(name), { unit: 'ns' });
    const [thread] = measurements;
    // Computed from the 20000 values themselves when the file was made.
    expect(thread).toMatchObject({ samples: 20000, maxNs: 29944, meanNs: 7989.054, censored: null });
    const upTo = (ns: number) =>
      thread.bins.filter(([bin]) => bin <= ns).reduce((sum, [, count]) => sum + count, 0);
    expect([upTo(6003), upTo(7339), upTo(29944)]).toEqual([47, 10005, 20000]);
    expect(readResultFile(pathOf(name), { unit: 'us' })[0].measurements[0].maxNs).toBe(29944000);
  });
});

describe('kvmtimer', () => {
  it('gives its own documents back as they were, under a new name only if one is given', () => {
    const document = documentOf([threadOf([1000, 2000], 10)], { name: 'lab', facts: { a: 1 } });
    expect(readResultText(serializeResult(document), 'x')).toEqual([document]);
    expect(readResultText(serializeResult(document), 'x', { label: 'y' })).toEqual([
      { ...document, name: 'y' },
    ]);
  });

  it('names the line of a syntax error', () => {
    const text = serializeResult(documentOf([threadOf([1000], 10)]));
    expect(() => readResultText(text.replace('"seed":', '"seed"'), 'x')).toThrow(
      /^x:\d+:1: is not valid JSON/,
    );
  });
});
