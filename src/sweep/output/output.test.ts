import { describe, expect, it } from 'vitest';
import { planOf } from '../../testing/sweeps.ts';
import { parseGoal } from '../analysis/goal.ts';
import { metricOf } from '../metric.ts';
import type { PointRecord } from '../record.ts';
import { SweepResults } from '../results.ts';
import { parquet } from './parquet.ts';
import { plot } from './plot.ts';
import type { SweepTable } from './rows.ts';
import { summary } from './summary.ts';
import { csv, json, ndjson } from './text-formats.ts';

/** Latency follows from the place in the plan; the last two points have no figures and a warning. */
async function tableOf(sweep: object): Promise<SweepTable> {
  const plan = await planOf({ quantiles: [50, 99.9], ...sweep });
  const results = new SweepResults(plan.size, 2);
  for (let index = 0; index < plan.size; index++) results.put(index, recordOf(index));
  return { plan, results };
}

function recordOf(index: number): PointRecord {
  const ns = 1000 + 100 * ((index * 7) % 11);
  return {
    samples: 100,
    min_ns: ns,
    mean_ns: ns + 50.5,
    max_ns: ns + 900,
    quantiles_ns: [ns + 40, index % 2 ? null : ns + 500],
  };
}

const SMALL = {
  vary: { 'guest.idle': ['poll', 'hlt'], 'host.noise.smi': [null, { per_second: 1, duration_us: [1, 2] }] },
};

async function odd(): Promise<SweepTable> {
  const table = await tableOf(SMALL);
  table.results.put(2, { error: 'said "no", twice\nor so' });
  const record = recordOf(3) as Exclude<PointRecord, { error: string }>;
  table.results.put(3, { ...record, warnings: ['host.x: 1 is not possible'] });
  return table;
}

describe('csv', () => {
  it('has a line for each point, quoted where needed, with what is missing left empty', async () => {
    expect([...csv(await odd())].join('')).toBe(
      [
        'point,guest.idle,host.noise.smi,repeat,samples,min_ns,mean_ns,p50_ns,p99.9_ns,max_ns,warnings,error\n',
        '0,poll,null,1,100,1000,1050.5,1040,1500,1900,,\n',
        '1,poll,"{""per_second"":1,""duration_us"":[1,2]}",1,100,1700,1750.5,1740,,2600,,\n',
        '2,hlt,null,1,0,,,,,,,"said ""no"", twice\nor so"\n',
        '3,hlt,"{""per_second"":1,""duration_us"":[1,2]}",1,100,2000,2050.5,2040,,2900,host.x: 1 is not possible,\n',
      ].join(''),
    );
  });
});

describe('ndjson and json', () => {
  it('have the same points, null for figures that too few samples leave open', async () => {
    const table = await odd();
    const lines = [...ndjson(table)].map((line) => JSON.parse(line));
    expect(lines[1]).toEqual({
      point: 1,
      parameters: { 'guest.idle': 'poll', 'host.noise.smi': { per_second: 1, duration_us: [1, 2] } },
      repeat: 1,
      samples: 100,
      min_ns: 1700,
      mean_ns: 1750.5,
      p50_ns: 1740,
      'p99.9_ns': null,
      max_ns: 2600,
    });
    expect(lines[2]).toMatchObject({ point: 2, error: 'said "no", twice\nor so' });
    const document = JSON.parse([...json(table)].join(''));
    expect(document.points).toEqual(lines);
    expect(document).toMatchObject({
      name: 'test',
      partial: false,
      parameters: ['guest.idle', 'host.noise.smi'],
      quantiles: [50, 99.9],
    });
  });
});

describe('parquet', () => {
  it('is the same bytes for the same points, and other bytes for others', async () => {
    const [one, two] = [parquet(await odd()), parquet(await odd())];
    expect(Buffer.from(one).equals(two)).toBe(true);
    expect(Buffer.from(one).equals(parquet(await tableOf(SMALL)))).toBe(false);
    expect(Buffer.from(one).toString('latin1')).toContain('p99.9_ns');
  });
});

describe('summary', () => {
  const options = { metric: metricOf('max', [50, 99.9], ''), goals: [], color: false };
  it('shows few points as a whole, with what each parameter does and what must be known', async () => {
    expect(summary(await odd(), options)).toMatchInlineSnapshot(`
      "test: 4 points; latencies in µs

      By max, best first
        point  guest.idle  host.noise.smi                         min  mean   p50  p99.9   max
        0      poll        null                                  1.00  1.05  1.04   1.50  1.90
        1      poll        {"per_second":1,"duration_us":[1,2]}  1.70  1.75  1.74      -  2.60
        3      hlt         {"per_second":1,"duration_us":[1,2]}  2.00  2.05  2.04      -  2.90

      Main effects on max
        parameter       best        worst                                       span  variance
        host.noise.smi  null  1.90  {"per_second":1,"duration_us":[1,2]}  2.75  0.85      91 %
        guest.idle      poll  2.25  hlt                                   2.90  0.65      53 %

      Strongest interaction: guest.idle × host.noise.smi, up to 0.28 µs beyond the two effects

      ! 1 points: host.x: 1 is not possible
      ! 1 points have no result
      "
    `);
  });
  it('shows the ends of many points, and the Pareto set of two goals', async () => {
    const table = await tableOf({
      vary: { 'workload.interval_us': { from: 100, to: 900, step: 100 }, 'guest.idle': ['poll', 'hlt'] },
      seeds: 2,
    });
    const goals = ['min max', 'max workload.interval_us'].map((text) =>
      parseGoal(text, table.plan.parameters, [50, 99.9]),
    );
    expect(summary(table, { ...options, goals })).toMatchInlineSnapshot(`
      "test: 36 points, 18 configurations with 2 seeds; latencies in µs

      Best by max
        point  workload.interval_us  guest.idle   min  mean   p50  p99.9   max
        10     300                   hlt         1.20  1.25  1.24   1.90  2.10
        32     900                   poll        1.20  1.25  1.24   1.90  2.10
        18     500                   hlt         1.30  1.35  1.34   2.00  2.20
        0      100                   poll        1.35  1.40  1.39   1.50  2.25
        22     600                   hlt         1.35  1.40  1.39   1.50  2.25

      Worst by max
        point  workload.interval_us  guest.idle   min  mean   p50  p99.9   max
        14     400                   hlt         1.80  1.85  1.84   2.50  2.70
        28     800                   poll        1.70  1.75  1.74   2.40  2.60
        6      200                   hlt         1.70  1.75  1.74   2.40  2.60
        24     700                   poll        1.65  1.70  1.69   1.80  2.55
        2      100                   hlt         1.65  1.70  1.69   1.80  2.55

      Main effects on max
        parameter             best        worst        span  variance
        workload.interval_us  300   2.23  400    2.55  0.33      35 %
        guest.idle            hlt   2.38  poll   2.39  0.01       0 %

      Strongest interaction: workload.interval_us × guest.idle, up to 0.15 µs beyond the two effects

      Pareto set for min max, max workload.interval_us: 1 of 18
        point  workload.interval_us  guest.idle   max  workload.interval_us
        32     900                   poll        2.10                   900
      "
    `);
  });
  it('says so when no point has the figure', async () => {
    const table = await tableOf({ vary: { 'guest.idle': ['poll'] } });
    table.results.put(0, { error: 'no' });
    expect(summary(table, options)).toContain('no point has a max');
    expect(summary(table, options)).toContain('! 1 points have no result');
  });
});

describe('plot', () => {
  const svg = async (sweep: object) => plot(await tableOf(sweep), metricOf('max', [50, 99.9], ''));
  it('draws lines for one parameter, the chosen figure strong', async () => {
    const text = await svg({
      vary: { 'workload.interval_us': { from: 10, to: 1000, points: 3, scale: 'log' } },
    });
    expect(text).toContain('<title>test</title>');
    expect(text.match(/<path /g)).toHaveLength(5);
    expect(text.match(/<path [^>]*stroke-width="3"/g)).toHaveLength(1);
    expect(text.match(/<circle [^>]*cx="([\d.]+)"/g)?.slice(0, 3)).toEqual([
      '<circle cx="70"',
      '<circle cx="350"',
      '<circle cx="630"',
    ]);
  });
  it('draws a heat map for two, a cell for each pair', async () => {
    const text = await svg(SMALL);
    expect(text).toContain('<title>test: max in µs</title>');
    expect(text.match(/<rect [^>]*stroke="#fff"/g)).toHaveLength(4);
    for (const value of ['1.9', '2.6', '2.2', '2.9']) expect(text).toContain(`>${value}</text>`);
  });
  it('draws main effects and interactions for more', async () => {
    const text = await svg({ vary: { ...SMALL.vary, 'host.kernel.hz': [100, 250, 1000] } });
    expect(text).toContain('main effects on max');
    expect(text.match(/<path /g)).toHaveLength(3);
    expect(text).toContain('guest.idle × host.noise.smi');
    expect(text).not.toMatch(/NaN|Infinity|undefined/);
  });
  it('is the same bytes each time and takes any text', async () => {
    const sweep = { name: 'a <b> & "c"', vary: { 'guest.idle': ['poll', 'hlt'] } };
    expect(await svg(sweep)).toBe(await svg(sweep));
    expect(await svg(sweep)).toContain('<title>a &lt;b&gt; &amp; &quot;c&quot;</title>');
  });
  it('refuses a single point', async () => {
    await expect(svg({ vary: { 'guest.idle': ['poll'] } })).rejects.toThrow('there is nothing to plot');
  });
});
