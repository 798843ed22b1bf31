import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { readResultFile } from '../formats/read-file.ts';
import { BINARY } from '../testing/command.ts';
import { folderWith } from '../testing/folder.ts';
import { record } from './record.ts';

const isInstalled = spawnSync('cyclictest', ['--help']).error === undefined;
if (!isInstalled && !process.env.CI) {
  console.warn('cyclictest is not installed: the tests that run it are skipped (apt-get install rt-tests)');
}

/** In CI the real one must be there. */
describe.skipIf(!isInstalled && !process.env.CI)('the real cyclictest', () => {
  it('runs for two seconds, and what it printed is what is kept', async () => {
    const { document, text } = await record(['-D', '2', '-h', '200'], 'host');
    const [thread] = document.measurements;
    const rows = text.match(/^\d{6} \d+/gm)!.map((row) => row.split(' ').map(Number));
    const binned = rows.reduce((sum, [, count]) => sum + count, 0);
    const overflows = Number(/# Histogram Overflows: (\d+)/.exec(text)![1]);
    expect(rows).toHaveLength(200);
    expect(thread.samples).toBe(binned + overflows);
    expect(thread.samples).toBeGreaterThan(100);
    expect(thread.bins).toEqual(rows.filter(([, count]) => count > 0));
    expect(thread.maxNs).toBe(Number(/# Max Latencies: (\d+)/.exec(text)![1]) * 1000);
    expect(document).toMatchObject({
      name: 'host',
      origin: 'measured',
      partial: false,
      facts: {
        unit: 'us',
        command_line: 'cyclictest -q -m -S -p 80 -i 1000 -D 2 -h 200',
        histogram_limit: 200,
        machine: { kernel: { release: readFileSync('/proc/sys/kernel/osrelease', 'utf8').trim() } },
      },
    });
  });

  it('counts ns with -N, and tells how it goes', async () => {
    const statuses: string[] = [];
    const { document } = await record(['-N', '-D', '3', '-h', '1000000'], undefined, {
      onStatus: (lines) => statuses.push(...lines),
    });
    expect(document.measurements[0].binWidthNs).toBe(1);
    expect(statuses[0]).toMatch(/^T: 0 /);
    expect(document.warnings).toEqual([]);
  });

  it('keeps what was measured when it is interrupted', async () => {
    const folder = folderWith({});
    const output = join(folder, 'result.json');
    const child = spawn(process.execPath, [BINARY, 'record', '-o', output, '--', '-h', '100'], {
      stdio: 'ignore',
    });
    setTimeout(() => child.kill('SIGINT'), 2500);
    expect(await new Promise((resolve) => child.on('close', resolve))).toBe(130);
    const [document] = readResultFile(output);
    expect(document.partial).toBe(true);
    expect(document.measurements[0].samples).toBeGreaterThan(100);
  });
});

describe('a cyclictest', () => {
  /** A program of that name that prints this and ends with that code. */
  function installed(stdout: string, stderr: string, code: number): void {
    const folder = folderWith({});
    const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
    const script = `#!/bin/sh\nprintf %s ${quoted(stdout)}\nprintf %s ${quoted(stderr)} >&2\nexit ${code}\n`;
    writeFileSync(join(folder, 'cyclictest'), script);
    chmodSync(join(folder, 'cyclictest'), 0o755);
    vi.stubEnv('PATH', `${folder}${delimiter}${process.env.PATH}`);
  }
  const failure = async () => {
    const error = await record([], undefined).catch((reason) => reason);
    vi.unstubAllEnvs();
    return error;
  };

  it('that is not there is named, with the package that has it', async () => {
    vi.stubEnv('PATH', folderWith({}));
    expect(await failure()).toMatchObject({
      code: 'cyclictest-missing',
      message: expect.stringMatching(/^cyclictest is not installed.*apt-get install rt-tests/),
    });
  });

  it('without privileges says which are needed', async () => {
    const said = 'Unable to change scheduling policy!\nProbably missing capabilities, either run as root\n';
    installed('', said, 1);
    expect(await failure()).toMatchObject({
      code: 'privileges-missing',
      message: expect.stringMatching(/Unable to change scheduling policy!.*CAP_SYS_NICE/),
    });
  });

  it('that refuses an option, with exit code 0, is no success', async () => {
    installed(
      'cyclictest V 2.40\nUsage:\ncyclictest <options>\n',
      "cyclictest: unrecognized option '--x'\n",
      0,
    );
    expect(await failure()).toMatchObject({
      code: 'cyclictest-failed',
      message: expect.stringContaining("unrecognized option '--x'"),
    });
  });

  it('that warns is heard', async () => {
    const text = readFileSync(
      new URL('../formats/fixtures/cyclictest/2.4/h100.stdout', import.meta.url),
      'utf8',
    );
    installed(text, 'WARN: High resolution timers not available\n', 0);
    const { document } = await record([], undefined);
    vi.unstubAllEnvs();
    expect(document.warnings).toEqual(['cyclictest: WARN: High resolution timers not available']);
    expect(document.measurements[0].samples).toBe(5000);
  });
});
