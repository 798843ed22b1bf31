import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseResult, parseResults } from '../../measurement/serialize.ts';
import { BINARY, kvmtimer } from '../../testing/command.ts';
import { folderWith } from '../../testing/folder.ts';

const ON = 'jiang-2016-v4-hv-timer-on';
const OFF = 'jiang-2016-v4-hv-timer-off';
const SHORT = ['-l', '2000'];
/** A line of cyclictest's histogram output, or a comment. */
const CYCLICTEST_LINE = /^(\d{6} \d{6}(\t\d{6})*|#.*|)$/;

describe('kvmtimer run', () => {
  it('prints what cyclictest -q -h prints, and nothing else', async () => {
    const { code, stdout, stderr } = await kvmtimer(['run', ...SHORT, ON]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const lines = stdout.split('\n');
    expect(lines.filter((line) => !CYCLICTEST_LINE.test(line))).toEqual([]);
    expect(lines.slice(0, 3)).toEqual(['# /dev/cpu_dma_latency set to 0us', '# Histogram', '000000 000000']);
    expect(lines.filter((line) => /^\d/.test(line))).toHaveLength(50);
    expect(stdout).toContain('\n# Total: 000002000\n');
    expect(stdout.endsWith('# Thread 0:\n\n')).toBe(true);
  });

  it('repeats the same bytes for the same seed, and others for another', async () => {
    for (const format of ['cyclictest', 'json', 'table']) {
      const run = async (...more: string[]) =>
        (await kvmtimer(['run', ...SHORT, '--format', format, ...more, ON])).stdout;
      const first = await run();
      expect(await run()).toBe(first);
      expect(await run('--seed', 'another')).not.toBe(first);
    }
  });

  it('reads a scenario from standard input', async () => {
    const input = JSON.stringify({ name: 'piped', workload: { tool: 'cyclictest', loops: 100 } });
    const { code, stdout } = await kvmtimer(['run', '--format', 'json', '-'], { input });
    expect(code).toBe(0);
    expect(parseResult(stdout, '-')).toMatchObject({ name: 'piped', origin: 'simulated', partial: false });
  });

  it('maps the familiar options onto the scenario', async () => {
    const args = [
      '-l',
      '300',
      '-i',
      '500',
      '-t',
      '2',
      '--histogram',
      '20',
      '--seed',
      '7',
      '--format',
      'json',
    ];
    const { stdout } = await kvmtimer(['run', ...args, ON]);
    const document = parseResult(stdout, '-');
    expect(document.seed).toBe('7');
    expect(document.scenario?.workload).toMatchObject({
      loops: 300,
      interval_us: 500,
      threads: 2,
      histogram_us: 20,
    });
    expect(document.measurements.map(({ name }) => name)).toEqual(['0', '1']);
    expect(document.measurements[0].samples).toBe(300);
  });

  it('adds a column with the sum under -H', async () => {
    const { stdout } = await kvmtimer(['run', ...SHORT, '-t', '2', '-H', ON]);
    const rows = stdout.split('\n').filter((line) => /^\d/.test(line));
    for (const row of rows) {
      const [first, second, sum] = row.split(' ')[1].split('\t').map(Number);
      expect(sum).toBe(first + second);
    }
    expect(stdout).toMatch(/^# Max Latencies: \d+ \d+ \d+$/m);
  });

  it('leaves out empty rows in the form of rt-tests 2.7', async () => {
    const { stdout } = await kvmtimer(['run', ...SHORT, '--format', 'rt-tests-2.7', ON]);
    const rows = stdout.split('\n').filter((line) => /^\d/.test(line));
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.filter((row) => row.endsWith(' 000000'))).toEqual([]);
    expect(stdout).not.toContain('# Total:');
  });

  it('prints several scenarios one after the other, each under its name', async () => {
    const { code, stdout, stderr } = await kvmtimer(['run', ...SHORT, ON, OFF]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.match(/^# scenario: .*$/gm)).toEqual([`# scenario: ${ON}`, `# scenario: ${OFF}`]);
    const single = (await kvmtimer(['run', ...SHORT, OFF])).stdout;
    expect(stdout.endsWith(single)).toBe(true);
    const json = await kvmtimer(['run', ...SHORT, '--format', 'json', ON, OFF]);
    expect(parseResults(json.stdout, '-').map(({ name }) => name)).toEqual([ON, OFF]);
  });

  it('shows several scenarios side by side in a table', async () => {
    const { code, stdout, stderr } = await kvmtimer(['run', ...SHORT, '--format', 'table', ON, OFF]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.split('\n')[0]).toMatch(new RegExp(`^ +${ON} +${OFF}$`));
    expect(stdout).toMatch(/^kvm +enable_hv_timer=Y.* enable_hv_timer=N/m);
  });

  it('writes the files that were asked for besides', async () => {
    const folder = folderWith({});
    const files = ['--output', 'r.json', '--json', 'c.json', '--histfile', 'h.txt'];
    const { code, stdout } = await kvmtimer(['run', ...SHORT, ...files, ON], { cwd: folder });
    expect({ code, stdout }).toEqual({ code: 0, stdout: '# /dev/cpu_dma_latency set to 0us\n' });
    const printed = (await kvmtimer(['run', ...SHORT, ON])).stdout;
    const read = (name: string) => readFileSync(join(folder, name), 'utf8');
    expect(stdout + read('h.txt')).toBe(printed);
    expect(read('r.json')).toBe((await kvmtimer(['run', ...SHORT, '--format', 'json', ON])).stdout);
    expect(JSON.parse(read('c.json'))).toMatchObject({ file_version: 1, num_threads: 1 });
    expect(readdirSync(folder).sort()).toEqual(['c.json', 'h.txt', 'r.json']);
  });

  it('prints an output named - instead of the histogram', async () => {
    const { stdout } = await kvmtimer(['run', ...SHORT, '--json', '-', ON]);
    expect(JSON.parse(stdout)).toMatchObject({ 'rt_test_version:': '2.40' });
  });
});

describe('kvmtimer run, given what cannot be', () => {
  it.each([
    [
      ['-l', '0'],
      /^error: --loops: is 0 \(allowed: a whole number from 1 to 1000000000; default 600000\)\n$/,
    ],
    [['-l', '1000000001'], /^error: --loops: is 1000000001 \(allowed: a whole number from 1 to 1000000000/],
    [['-i', 'often'], /^error: --interval: is "often" \(allowed: a whole number/],
    [['--output', '/nonexistent/r.json'], /^error: \/nonexistent\/r\.json: cannot be written: /],
    [['--output', '/tmp'], /^error: \/tmp: cannot be written: it is a directory/],
    [['--output', 'x', '--json', './x'], /^error: --json: names the same file as --output/],
    [['--output', '-', '--json', '-'], /^error: --json: names the same file as --output/],
    [['--json', 'x', OFF], /^error: --json: cyclictest's form holds one run/],
    [['--strict', '--set', 'host.kernel.version=4.4'], /^error: .*enable_hv_timer.*is not possible/],
  ])('%j: one clear error, nothing printed, nothing written', async (args, message) => {
    const folder = folderWith({});
    const { code, stdout, stderr } = await kvmtimer(['run', ...args, ON], { cwd: folder });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('never overwrites a scenario with its result', async () => {
    const folder = folderWith({ 's.json': { name: 's' } });
    const { code, stderr } = await kvmtimer(['run', '--output', './s.json', 's.json'], { cwd: folder });
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: 'error: --output: would overwrite the scenario (name another file)\n',
    });
  });

  it('tells what is wrong with every scenario at once', async () => {
    const folder = folderWith({ 'a.json': { name: 'a', seed: 5 }, 'b.json': '{' });
    const { code, stdout, stderr } = await kvmtimer(['run', 'a.json', 'b.json', 'c.json'], { cwd: folder });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    for (const file of ['a.json', 'b.json', 'c.json'])
      expect(stderr).toMatch(new RegExp(`^error: ${file}:`, 'm'));
  });

  // In the longer run one of two threads makes chains for both.
  it.each([250_000, 3_500_000])(
    'prints the same bytes on one thread and on several: %i loops',
    async (loops) => {
      const long = ['run', '-l', `${loops}`, '--format', 'json', ON];
      const [one, ...others] = await Promise.all(
        ['1', '2', '3'].map((jobs) => kvmtimer([...long, '--jobs', jobs])),
      );
      expect(one.code).toBe(0);
      expect(others).toEqual([one, one]);
      expect(parseResult(one.stdout, 'stdout').measurements[0].samples).toBe(loops);
    },
  );

  it('warns of a setting that the machine does not have, unless quiet, and runs', async () => {
    const old = ['run', ...SHORT, '--set', 'host.kernel.version=4.4', ON];
    const loud = await kvmtimer(old);
    expect(loud.code).toBe(0);
    expect(loud.stderr).toMatch(/^warning: .*enable_hv_timer/);
    expect(await kvmtimer([...old, '-q'])).toEqual({ ...loud, stderr: '' });
  });
});

describe('kvmtimer run, disturbed', () => {
  /** A shell line in which $KVMTIMER is the program. */
  const shell = (line: string) =>
    new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
      const child = spawn('bash', ['-c', line], {
        env: { ...process.env, FORCE_COLOR: undefined, KVMTIMER: `${process.execPath} ${BINARY}` },
      });
      let [stdout, stderr] = ['', ''];
      child.stdout.on('data', (data) => {
        stdout += data;
      });
      child.stderr.on('data', (data) => {
        stderr += data;
      });
      child.on('close', (code) => resolve({ code, stdout, stderr }));
    });

  it.each([1, 2])(
    'prints the results so far at Ctrl-C, marks them as partial and exits 130: %i jobs',
    async (jobs) => {
      const folder = folderWith({});
      const line = `$KVMTIMER run -j ${jobs} -l 1000000000 --output ${folder}/r.json ${ON} ${OFF} & sleep 3; kill -INT $!; wait $!`;
      const { code, stdout, stderr } = await shell(line);
      expect({ code, stderr }).toEqual({
        code: 130,
        stderr: 'interrupted: the results are partial; 1 of 2 scenarios were not run\n',
      });
      const document = parseResult(readFileSync(`${folder}/r.json`, 'utf8'), 'r.json');
      expect(document.partial).toBe(true);
      expect(document.measurements[0].samples).toBeLessThan(1_000_000_000);
      expect(stdout).toContain(`# Total: ${String(document.measurements[0].samples).padStart(9, '0')}\n`);
    },
  );

  it('ends quietly when the reader has seen enough', async () => {
    const { code, stdout, stderr } = await shell(
      `$KVMTIMER run -l 1000 ${ON} | head -n 1; exit \${PIPESTATUS[0]}`,
    );
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: '# /dev/cpu_dma_latency set to 0us\n',
      stderr: '',
    });
  });

  it.skipIf(!existsSync('/dev/full'))('says that the disk is full', async () => {
    const printed = await shell(`$KVMTIMER run -l 1000 ${ON} > /dev/full`);
    expect(printed).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^error: -: standard output .*ENOSPC/),
    });
    const written = await shell(`$KVMTIMER run -l 1000 --output /dev/full ${ON} > /dev/null`);
    expect(written).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^error: \/dev\/full: .*ENOSPC/),
    });
  });
});
