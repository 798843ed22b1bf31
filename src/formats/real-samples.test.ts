import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { ThreadResult } from '../measurement/result-document.ts';
import { UserError } from '../user-error.ts';
import { readResultFile } from './read-file.ts';

/** Every real cyclictest output, against figures that this test takes from the text in a way of its own. */
const FOLDER = fileURLToPath(new URL('fixtures/cyclictest/', import.meta.url));
const FILES = ['1.0', '2.4', '2.10'].flatMap((release) =>
  readdirSync(FOLDER + release)
    .filter((name) => /\.(stdout|hist|shm|json)$|^sigusr1.*stderr$/.test(name))
    .map((name) => `${release}/${name}`),
);
const textOf = (file: string) => readFileSync(FOLDER + file, 'utf8');
const commandOf = (file: string) => readFileSync(FOLDER + file.replace(/\.\w+$/, '.cmd'), 'utf8');
const nsPerUnit = (file: string) => (/ -N /.test(commandOf(file)) ? 1 : 1000);
const read = (file: string) =>
  readResultFile(FOLDER + file, { unit: nsPerUnit(file) === 1 ? 'ns' : 'us' }).flatMap(
    (run) => run.measurements,
  );

const words = (line: string) => line.trim().split(/\s+/);
const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

const isJson = (file: string) => /\.json$|json-stdout/.test(file);
const isHistogram = (file: string) => !isJson(file) && textOf(file).includes('# Histogram\n');
const isStatus = (file: string) =>
  !isJson(file) && !isHistogram(file) && /^(\x1b\[\dA)?T: 0 /m.test(textOf(file));
const isSamples = (file: string) =>
  !isHistogram(file) && / -v /.test(commandOf(file)) && file.endsWith('stdout');
const isNothing = (file: string) => ![isJson, isHistogram, isStatus, isSamples].some((kind) => kind(file));

it('there are samples of every kind', () => {
  const counts = [isJson, isHistogram, isStatus, isSamples, isNothing].map(
    (kind) => FILES.filter(kind).length,
  );
  expect(counts).toEqual([10, 40, 39, 7, 12]);
  expect(sum(counts)).toBe(FILES.length);
});

describe('histograms', () => {
  it.each(FILES.filter(isHistogram))('%s', (file) => {
    const text = textOf(file);
    const unit = nsPerUnit(file);
    const footer = (name: string) => words(text.split(`# ${name}:`)[1].split('\n')[0]).map(Number);
    const rows = text.match(/^\d{6} .*$/gm)?.map((line) => words(line).map(Number)) ?? [];
    const threads = read(file);
    expect(threads.map(({ name }) => name)).toEqual(footer('Min Latencies').map((_, index) => String(index)));
    threads.forEach((thread, index) => {
      const filled = rows.filter((row) => row[index + 1] > 0).map((row) => [row[0], row[index + 1]]);
      const binned = sum(filled.map(([, count]) => count));
      const overflows = footer('Histogram Overflows')[index];
      const weighted = sum(filled.map(([bin, count]) => bin * count));
      const isEmpty = binned + overflows === 0;
      const cycles = words(text.split(`# Thread ${index}:`)[1].split(/\n|#/)[0]);
      expect(thread).toMatchObject({
        binWidthNs: unit,
        bins: filled,
        samples: binned + overflows,
        minNs: isEmpty ? null : footer('Min Latencies')[index] * unit,
        maxNs: isEmpty ? null : footer('Max Latencies')[index] * unit,
        overflow_cycles: cycles[0] === '' ? [] : cycles.map(Number),
      });
      expect(thread.censored?.count ?? 0).toBe(overflows);
      if (overflows > 0)
        expect(thread.censored!.atLeastNs).toBeGreaterThan(rows.length === 0 ? 0 : rows.at(-1)![0] * unit);
      if (isEmpty) expect(thread.meanNs).toBeNull();
      else if (overflows > 0) expect(thread.meanNs).toBe(footer('Avg Latencies')[index] * unit);
      else expect(thread.meanNs).toBeCloseTo((weighted / binned) * unit, 6);
    });
  });
});

describe('T: lines', () => {
  it.each(FILES.filter(isStatus))('%s', (file) => {
    const last = new Map<string, string[]>();
    for (const line of textOf(file).split('\n')) {
      const fields = words(line.replace(/.*\x1b\[\dA/, '').replace(/[():]/g, ' '));
      if (fields[0] === 'T' && fields[3] === 'P') last.set(fields[1], fields);
    }
    const expected = [...last.values()].map((fields) => {
      const [cycles, min, avg, max] = [8, 10, 14, 16].map((field) => Number(fields[field]));
      const ns = (value: number) => (cycles === 0 ? null : value * nsPerUnit(file));
      return {
        name: fields[1],
        samples: cycles,
        bins: [],
        censored: cycles === 0 ? null : { count: cycles, atLeastNs: ns(min) },
        minNs: ns(min),
        meanNs: ns(avg),
        maxNs: ns(max),
      };
    });
    expect(expected.length).toBeGreaterThan(0);
    // The unit is in the form of the lines: no option is needed.
    expect(readResultFile(FOLDER + file)[0].measurements).toMatchObject(expected);
  });
});

describe('printed samples', () => {
  it.each(FILES.filter(isSamples))('%s', (file) => {
    const samples = textOf(file)
      .match(/^ *\d+: *\d+: *\d+$/gm)!
      .map((line) => line.split(':').map(Number));
    const threads = read(file);
    expect(threads.length).toBe(new Set(samples.map(([thread]) => thread)).size);
    threads.forEach((thread) => {
      const own = samples.filter(([name]) => String(name) === thread.name).map(([, , value]) => value);
      const expanded = thread.bins.flatMap(([bin, count]) => Array<number>(count).fill(bin));
      expect(expanded).toEqual([...own].sort((a, b) => a - b));
      expect(thread.maxNs).toBe(Math.max(...own) * 1000);
      const isReduced = file.includes('v-o10');
      expect(thread.samples).toBe(isReduced ? null : own.length);
      expect(thread.minNs).toBe(isReduced ? null : Math.min(...own) * 1000);
    });
  });
});

describe('JSON', () => {
  it.each(FILES.filter(isJson))('%s', (file) => {
    const json = textOf(file)
      .replace(/^#.*\n/, '')
      .replace(/^}\n.*/ms, '}')
      .replace('-nan', 'null');
    const { thread: expected, resolution_in_ns } = JSON.parse(json);
    const unit = resolution_in_ns === 1 ? 1 : 1000;
    const [{ measurements, partial }] = readResultFile(FOLDER + file);
    expect(partial).toBe(false);
    expect(measurements.map(({ name }) => name)).toEqual(Object.keys(expected));
    for (const thread of measurements) {
      const { histogram = {}, cycles, min, max, avg } = expected[thread.name];
      const bins = Object.entries<number>(histogram).map(([bin, count]) => [Number(bin), count]);
      const overflows = cycles - sum(bins.map(([, count]) => count));
      expect(thread).toMatchObject({ binWidthNs: unit, bins, samples: cycles });
      expect(thread.censored?.count ?? 0).toBe(overflows);
      expect([thread.minNs, thread.maxNs]).toEqual(cycles === 0 ? [null, null] : [min * unit, max * unit]);
      if (cycles > 0) expect(Math.abs(thread.meanNs! - avg * unit)).toBeLessThanOrEqual(0.00501 * unit);
    }
  });

  const twins = FILES.filter(
    (file) =>
      file.endsWith('.json') &&
      FILES.some((other) => other === file.replace('.json', '.stdout') && isHistogram(other)),
  );

  it.each(twins)('%s tells the same as the text of the same run', (file) => {
    const text = read(file.replace('.json', '.stdout'));
    const json = read(file);
    const shared = ({ name, bins, samples, minNs, maxNs, censored }: ThreadResult) => {
      return { name, bins, samples, minNs, maxNs, overflows: censored?.count };
    };
    expect(json.map(shared)).toEqual(text.map(shared));
    expect(json.map(({ meanNs }) => Math.floor((meanNs ?? 0) / 1000))).toEqual(
      text.map(({ meanNs }) => Math.floor((meanNs ?? 0) / 1000)),
    );
  });

  it('has twins', () => expect(twins.length).toBeGreaterThanOrEqual(6));
});

describe('outputs without results', () => {
  it.each(FILES.filter(isNothing))('%s gives one clear error', (file) => {
    try {
      read(file);
      expect.unreachable('an error is expected');
    } catch (error) {
      expect(error).toBeInstanceOf(UserError);
      expect((error as UserError).code).toMatch(/^(no-results|input-empty|format-unknown)$/);
      expect((error as UserError).problems).toHaveLength(1);
      expect((error as UserError).message).toContain(file);
    }
  });
});
