import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readResultText } from '../read-file.ts';

const fixture = (name: string) => readFileSync(new URL(`../fixtures/${name}`, import.meta.url), 'utf8');
const H100 = fixture('cyclictest/2.4/h100-S.stdout');
const STATUS = fixture('cyclictest/2.4/q-t2.stdout');
const SPARSE = fixture('cyclictest/2.10/H100-S.stdout');
const read = (text: string, unit?: 'us' | 'ns') => readResultText(text, 'log', { unit });
const measured = (text: string, unit: 'us' | 'ns' = 'us') => read(text, unit).map((run) => run.measurements);

describe('the unit', () => {
  it('is asked for where a histogram does not state it', () => {
    expect(() => read(H100)).toThrow(
      'log:1:1: the text does not state the unit of its latencies (--unit us, or --unit ns if cyclictest ran with -N)',
    );
    expect(measured(H100, 'us')[0][0].minNs).toBe(4000);
    expect(measured(H100, 'ns')[0][0].minNs).toBe(4);
  });

  it('is told by the widths of the fields of T: lines, and by nothing when blanks are lost', () => {
    expect(read(STATUS)[0].facts).toMatchObject({ unit: 'us', unit_stated_by: 'text' });
    expect(read(fixture('cyclictest/2.4/N-q.stdout'))[0].facts).toMatchObject({ unit: 'ns' });
    expect(() => read(STATUS.replaceAll(/ +/g, ' '))).toThrow(/does not state the unit/);
  });

  it.each([
    ['root@vm:~# cyclictest -q -m -h 100', 'us'],
    ['+ /usr/bin/cyclictest -qNh100', 'ns'],
    ['# kvmtimer 0.1.0, unit: us', 'us'],
  ])('is told by the line %j before the output', (line, unit) => {
    expect(read(`${line}\n${H100}`)[0].facts).toMatchObject({ unit, unit_stated_by: 'text' });
  });

  it('does not pass from one run to the next', () => {
    expect(() => read(`# cyclictest -q -h 100\n${H100}${H100}`)).toThrow(
      /^log:\d{3}:1: the text does not state/,
    );
  });

  it('of the text wins over the option, not silently', () => {
    const [run] = read(STATUS, 'ns');
    expect(run.facts).toMatchObject({ unit: 'us' });
    expect(run.warnings).toEqual(['the text states that it counts us: --unit ns was not used']);
  });
});

describe('captures', () => {
  const plain = measured(H100);

  it.each([
    ['CR LF', (text: string) => text.replaceAll('\n', '\r\n')],
    ['a label of a virtual machine', (text: string) => text.replaceAll(/^/gm, '[VM 3] ')],
    ['time stamps of a kernel log', (text: string) => text.replaceAll(/^/gm, '[   12.345678] ')],
    ['ISO time stamps', (text: string) => text.replaceAll(/^/gm, '2026-11-22T12:00:00.123Z ')],
    ['colours', (text: string) => text.replaceAll(/^/gm, '\x1b[32m').replaceAll('\n', '\x1b[0m\n')],
    ['other lines between', (text: string) => text.replaceAll('\n', '\nrandom: crng init done\n')],
    ['a byte order mark', (text: string) => `\ufeff${text}`],
  ])('%s', (_, change) => expect(measured(change(H100))).toEqual(plain));

  it('of several machines in one log are told apart', () => {
    const [one, two] = [H100, SPARSE].map((text, vm) =>
      text.split('\n').map((line) => `[VM ${vm + 1}] ${line}\n`),
    );
    const mixed = one.map((line, index) => line + (two[index] ?? '')).join('');
    const runs = read(mixed, 'us');
    expect(runs.map((run) => run.measurements)).toEqual([...plain, ...measured(SPARSE)]);
    expect(runs.map(({ name, facts }) => [name, facts?.source])).toEqual([
      ['log #1 (VM 1)', 'VM 1'],
      ['log #2 (VM 2)', 'VM 2'],
    ]);
  });

  it('of two boots of a guest with its kernel log', () => {
    const [on, off] = readResultText(fixture('console/two-guests-ns.txt'), 'console', { unit: 'ns' });
    expect(
      [on, off].map(({ measurements: [{ samples, minNs, maxNs, bins }] }) => [
        samples,
        minNs,
        maxNs,
        bins.length,
      ]),
    ).toEqual([
      [300, 2316, 2927, 37],
      [300, 2996, 12848, 49],
    ]);
  });
});

describe('several runs in one text', () => {
  it.each([
    ['with headers', [H100, STATUS, SPARSE]],
    ['histogram files without headers', [H100, SPARSE].map((text) => text.replace(/^.*\n/, ''))],
    [
      'T: lines without headers',
      [STATUS, fixture('cyclictest/2.4/q.stdout'.replace('q.', 'q-S.'))].map((text) =>
        text.replace(/^#.*\n/, ''),
      ),
    ],
    ['live output', [fixture('cyclictest/2.4/live-t2.stdout'), fixture('cyclictest/2.4/live-1t.stdout')]],
    ['printed samples', [fixture('cyclictest/2.4/v.stdout'), fixture('cyclictest/2.4/v-t2.stdout')]],
  ])('%s', (_, texts) => {
    expect(measured(texts.join(''))).toEqual(texts.flatMap((text) => measured(text)));
  });
});

describe('a text that breaks off', () => {
  const lines = H100.split('\n');

  it('in the rows has a histogram of unknown size', () => {
    const [{ partial, warnings, measurements }] = read(lines.slice(0, 40).join('\n'), 'us');
    expect(partial).toBe(true);
    expect(warnings).toEqual([
      'the end of the histogram is missing: how many samples there were is not known',
    ]);
    expect(measurements.map(({ samples, censored, maxNs }) => [samples, censored, maxNs])).toEqual([
      [null, null, null],
      [null, null, null],
    ]);
    // Line 40 has no newline: its last count may lack digits.
    const rows = lines.slice(2, 39).map((line) => line.split(/\s/).map(Number));
    expect(measurements[0].bins).toEqual(
      rows.filter(([, count]) => count > 0).map(([bin, count]) => [bin, count]),
    );
  });

  it('in a number never gives that number', () => {
    const whole = new Set(
      measured(H100)[0].flatMap((thread) => [thread.minNs, thread.maxNs, thread.samples]),
    );
    for (let length = H100.indexOf('# Total'); length < H100.length; length++) {
      const [run] = read(H100.slice(0, length), 'us');
      for (const { minNs, maxNs, samples } of run.measurements) {
        for (const figure of [minNs, maxNs, samples]) expect(figure === null || whole.has(figure)).toBe(true);
      }
    }
  });

  it('in a T: line tells no maximum', () => {
    const [{ partial, measurements }] = read(STATUS.slice(0, -2));
    expect(partial).toBe(true);
    expect(measurements.map(({ maxNs }) => maxNs)).toEqual([1885000, null]);
    expect(read(STATUS.slice(0, -1))[0].partial).toBe(false);
  });

  it('before the first sample has no results', () => {
    expect(() => read(lines.slice(0, 5).join('\n'), 'us')).toThrow(/holds no results of cyclictest/);
  });
});

describe('text that cannot be', () => {
  it.each([
    [
      'lost rows',
      H100.replace(/^000009 .*\n/m, ''),
      /:102:1: # Total of column 1 is 4981, but its rows add up to \d+/,
    ],
    ['a row twice', H100.replace(/^(000009 .*\n)/m, '$1$1'), /:13:1: row 9 follows row 9/],
    ['a count less', H100.replace(/^(000009 \d+).*/m, '$1'), /:12:1: the row has 1 counts/],
    [
      'a row with a log line in it',
      H100.replace(/^000009/m, '00[ 12.3] 0009'),
      /:12:1: "00\[ 12\.3\] 0009.*is not a row/,
    ],
    [
      'an absurd count',
      H100.replace(/^000009 \d+/m, '000009 99999999999999999999'),
      /:12:1: 9{20} is too large/,
    ],
    ['an absurd row', H100.replace(/^000099/m, '9999999'), /row 9999999 is beyond 1000000/],
    ['a negative sample', '       0:       0:      -5\n', /:1:1: a negative latency/],
  ])('%s', (_, text, message) => expect(() => read(text, 'us')).toThrow(message));

  it('is warned of where figures contradict each other', () => {
    const text = fixture('cyclictest/1.0/H100-1t.stdout').replace(
      '# Max Latencies: 00065',
      '# Max Latencies: 00099',
    );
    expect(read(text, 'us')[0].warnings).toEqual(['thread 0: Max is stated as 99, but its samples give 65']);
  });
});

describe('what only the text of a release tells', () => {
  it('takes the limit of a sparse histogram from the command line, else from what is certain', () => {
    expect(measured(SPARSE)[0][0].censored).toEqual({ count: 1, atLeastNs: 89000 });
    expect(measured(`$ cyclictest -S -H 100\n${SPARSE}`)[0][0].censored).toEqual({
      count: 1,
      atLeastNs: 100000,
    });
    expect(measured(fixture('cyclictest/2.10/h3-exact.stdout'))[0][0].censored).toEqual({
      count: 3,
      atLeastNs: 27000,
    });
  });

  it('knows the sum column of -H by its sums when the footers are lost', () => {
    const lostTail = (text: string) => text.slice(0, text.indexOf('# Min'));
    expect(measured(lostTail(SPARSE))[0].map(({ bins }) => bins.length)).toEqual([32, 26]);
    expect(measured(lostTail(fixture('cyclictest/2.10/H100-1t.stdout')))[0]).toHaveLength(1);
  });

  it('keeps what else the text says', () => {
    const [run] = read(fixture('cyclictest/2.4/b60-H-noq.stdout'));
    expect(run.facts).toEqual({
      format: 'cyclictest-text',
      tool: 'cyclictest',
      unit: 'us',
      unit_stated_by: 'text',
      policy: 'fifo',
      cpu_dma_latency_us: 0,
      histogram_limit: 80,
      break_value: 62,
      threads: [
        { name: '0', priority: 80, interval_us: 200 },
        { name: '1', priority: 80, interval_us: 200 },
      ],
    });
  });
});
