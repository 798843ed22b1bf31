import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { serializeResult } from '../../measurement/serialize.ts';
import { kvmtimer } from '../../testing/command.ts';
import { folderWith } from '../../testing/folder.ts';
import { measurementOf } from '../../testing/measurements.ts';
import { documentOf } from '../../testing/results.ts';
import { sampledRun } from '../../testing/sampled-runs.ts';
import { parseXml } from '../../testing/xml.ts';

const UNTOLD = { cycles: null, ledger: null, worst: null, overflow_cycles: null };

/** Small numbers that can be checked by hand: µs bins, 1000 samples. */
function measured(...bins: [number, number][]): string {
  const stated = { minNs: bins[0]![0] * 1000, maxNs: bins.at(-1)![0] * 1000 };
  const thread = { ...measurementOf(bins, stated), ...UNTOLD };
  return serializeResult(documentOf([thread], { origin: 'measured', seed: null, kvmtimer_version: '0.1.0' }));
}

const FILES = {
  'before.json': measured([4, 600], [5, 300], [6, 90], [9, 10]),
  'after.json': measured([4, 300], [5, 600], [6, 90], [9, 10]),
};

describe('kvmtimer compare', () => {
  it('prints a table, the histograms and the verdict', async () => {
    const folder = folderWith(FILES);
    const args = [
      'compare',
      'before.json',
      'after.json',
      '--above',
      '5us',
      '--histogram',
      '--gate',
      'max < 12us',
    ];
    const { code, stdout, stderr } = await kvmtimer(args, { cwd: folder });
    expect(stderr).toBe('');
    expect(stdout).toMatchSnapshot();
    expect(code).toBe(0);
  });

  it('prints the same facts as Markdown and CSV', async () => {
    const folder = folderWith(FILES);
    for (const format of ['markdown', 'csv']) {
      const { code, stdout, stderr } = await kvmtimer(
        ['compare', 'before.json', 'after.json', '-f', format],
        { cwd: folder },
      );
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toMatchSnapshot();
    }
  });

  it('prints and writes JSON with the numbers of the table', async () => {
    const folder = folderWith(FILES);
    const args = ['compare', 'before.json', 'after.json', '--format', 'json', '--export-json', 'copy.json'];
    const { stdout } = await kvmtimer(args, { cwd: folder });
    expect(readFileSync(join(folder, 'copy.json'), 'utf8')).toBe(stdout);
    const document = JSON.parse(stdout);
    expect(document).toMatchObject({
      document: 'kvmtimer-comparison',
      basis: 'samples',
      alpha: 0.01,
      gate: null,
    });
    const metric = (name: string) =>
      document.threads[0].metrics.find((one: { metric: string }) => one.metric === name);
    expect(metric('mean').values.before.value).toBe(4530);
    expect(metric('mean').changes.after).toMatchObject({ significant: true });
    expect(metric('p99.99').values.after).toEqual({ value: null, reason: '1000 samples are too few' });
    expect(document.threads[0].tests.after.kolmogorov_smirnov.statistic).toBeCloseTo(0.3, 12);
  });

  it('compares repetitions and says when they are too few', async () => {
    const runs = Object.fromEntries(
      [1, 2, 3, 4, 5, 6].map((seed) => [`${seed}.json`, serializeResult(sampledRun(seed, 2000))]),
    );
    const folder = folderWith(runs);
    const args = ['compare', 'a=1.json', 'a=2.json', 'a=3.json', 'b=4.json', 'b=5.json', 'b=6.json'];
    const { stdout, code } = await kvmtimer(args, { cwd: folder });
    expect(stdout).toContain(
      '[1] 3 and 3 runs can show no difference at p <= 0.01: the least possible p is 0.100',
    );
    expect(code).toBe(0);
    const pooled = await kvmtimer([...args, '--pool'], { cwd: folder });
    expect(pooled.stdout).toMatch(/samples +6000 +6000/);
  });

  it('refuses what is not comparable with 3, and tells the experiment from it', async () => {
    const document = sampledRun(1, 100);
    const other = {
      ...document,
      scenario: { name: 'sampled', host: { kvm: { enable_hv_timer: false } }, seed: '1' },
      scenario_hash: 'x',
    };
    const folder = folderWith({ 'on.json': serializeResult(document), 'off.json': serializeResult(other) });
    const refused = await kvmtimer(['compare', 'on.json', 'off.json'], { cwd: folder });
    expect(refused).toEqual({
      code: 3,
      stdout: '',
      stderr:
        'error: off.json: host.kvm.enable_hv_timer: is false, but true in on ' +
        '(if this is the experiment: --vary host.kvm.enable_hv_timer)\n',
    });
    const varied = await kvmtimer(['compare', 'on.json', 'off.json', '--vary', 'host.kvm.enable_hv_timer'], {
      cwd: folder,
    });
    expect(varied.code).toBe(0);
    expect(varied.stdout).toContain('host.kvm.enable_hv_timer is true in on, false in off');
    expect((await kvmtimer(['compare', 'on.json'], { cwd: folder })).code).toBe(3);
  });

  it('brings different resolutions to the coarser one and says so', async () => {
    const folder = folderWith({
      'fine.json': serializeResult({
        ...sampledRun(1, 5000),
        origin: 'measured',
        scenario: null,
        scenario_hash: null,
        seed: null,
      }),
      'coarse.json': measured([4, 3000], [5, 2000]),
    });
    const { stdout } = await kvmtimer(['compare', 'fine.json', 'coarse.json'], { cwd: folder });
    expect(stdout).toContain('the inputs have bins of 10ns and 1us: all were brought to 1us');
  });
});

describe('the gate', () => {
  it('has an exit code for each verdict', async () => {
    const folder = folderWith(FILES);
    const codeOf = async (...rules: string[]) => {
      const args = [
        'gate',
        'after.json',
        '--baseline',
        'before.json',
        ...rules.flatMap((rule) => ['--gate', rule]),
      ];
      return (await kvmtimer(args, { cwd: folder })).code;
    };
    expect(await codeOf('max < 12us', 'mean <= baseline * 1.1')).toBe(0);
    expect(await codeOf('max < 12us', 'mean <= baseline * 1.05')).toBe(2);
    expect(await codeOf('significant')).toBe(2);
    expect(await codeOf('p99.99 < 12us')).toBe(3);
    expect(await codeOf()).toBe(3);
    expect(await codeOf('max < 12')).toBe(1);
  });

  it('reads its rules from the file of the working folder', async () => {
    const settings = { rules: ['mean <= baseline * 1.05'], alpha: 0.02, min_effect: '2%' };
    const folder = folderWith({ ...FILES, 'kvmtimer.gate.json': settings });
    const { code, stdout } = await kvmtimer(['gate', 'after.json', '--baseline', 'before.json'], {
      cwd: folder,
    });
    expect(code).toBe(2);
    expect(stdout).toBe(
      'FAILED     after 0: mean <= baseline * 1.05: mean = 4.83us is not <= 4.7565us\ngate FAILED: 1 rule: 1 failed\n',
    );
  });

  it('names every wrong place of a gate file', async () => {
    const settings = { rulez: [], rules: ['p99 < 4', 7], alpha: 2, exact: 'yes' };
    const folder = folderWith({ ...FILES, 'gate.json': settings });
    const { code, stderr } = await kvmtimer(['gate', 'after.json', '--gate-file', 'gate.json'], {
      cwd: folder,
    });
    expect(code).toBe(1);
    expect(stderr).toBe(
      [
        'error: gate.json:2:3: "rulez" is no field of a gate file (did you mean "rules"?)',
        'error: gate.json:8:12: a string where a boolean belongs (true or false)',
        'error: gate.json:5:5: a number where a string belongs (a list of rules)',
        'error: gate.json:4:5: "p99 < 4" column 7: p99 is a latency: its limit needs a unit (4us?)',
        'error: gate.json:7:12: 2 is no level (as in 0.01)',
        '',
      ].join('\n'),
    );
  });

  it('reports to CI systems', async () => {
    const folder = folderWith({ ...FILES, 'summary.md': '' });
    const args = [
      'gate',
      'after.json',
      '--baseline',
      'before.json',
      '--gate',
      'mean <= baseline * 1.05',
      '--gate',
      'p99.99 < 9us',
    ];
    const env = { GITHUB_STEP_SUMMARY: join(folder, 'summary.md') };
    const { code, stderr } = await kvmtimer([...args, '--export-junit', 'gate.xml', '--github'], {
      cwd: folder,
      env,
    });
    expect(code).toBe(2);
    expect(stderr).toBe(
      '::error title=gate FAILED%3A after 0%3A mean <= baseline * 1.05::mean = 4.83us is not <= 4.7565us (after.json)\n' +
        '::error title=gate UNDECIDED%3A after 0%3A p99.99 < 9us::p99.99: 1000 samples are too few (after.json)\n' +
        '::error title=gate FAILED::2 rules: 1 failed, 1 undecided\n',
    );
    expect(readFileSync(env.GITHUB_STEP_SUMMARY, 'utf8')).toContain('## Gate FAILED');
    const suite = parseXml(readFileSync(join(folder, 'gate.xml'), 'utf8')).children[0]!;
    expect(suite.attributes).toMatchObject({ tests: '2', failures: '1', errors: '1' });
  });

  it('demands identity of simulated runs with --exact', async () => {
    const run = sampledRun(1, 500);
    const moved = {
      ...run,
      measurements: [{ ...run.measurements[0]!, cycles: { tsc_khz: 1, min: 1, max: 1, sum: 1 } }],
    };
    const folder = folderWith({
      'once.json': serializeResult(run),
      'again.json': serializeResult(run),
      'moved.json': serializeResult(moved),
    });
    const exact = (file: string) =>
      kvmtimer(['gate', file, '--baseline', 'once.json', '--exact'], { cwd: folder });
    expect(await exact('again.json')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('every sample is the same'),
    });
    expect(await exact('moved.json')).toMatchObject({
      code: 2,
      stdout: expect.stringContaining('measurements.0.cycles.tsc_khz is 1, not 1000000'),
    });
  });
});
