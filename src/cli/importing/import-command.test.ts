import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { FORMATS } from '../../formats/formats.ts';
import { readResultFile } from '../../formats/read-file.ts';
import { kvmtimer } from '../../testing/command.ts';
import { folderWith } from '../../testing/folder.ts';

const FIXTURES = fileURLToPath(new URL('../../formats/fixtures/', import.meta.url));
const HISTOGRAM = `${FIXTURES}cyclictest/2.4/h100.stdout`;
const STATUS = `${FIXTURES}cyclictest/2.4/q-t2.stdout`;

describe('kvmtimer import', () => {
  it('writes a result document that compare and the rest read', async () => {
    const output = join(folderWith({}), 'result.json');
    const finished = await kvmtimer([
      'import',
      HISTOGRAM,
      '--unit',
      'us',
      '--label',
      'lab',
      '--output',
      output,
    ]);
    expect(finished).toEqual({ code: 0, stdout: '', stderr: '' });
    const [document] = readResultFile(output);
    expect(document).toMatchObject({ name: 'lab', origin: 'measured', facts: { unit: 'us' } });
    expect(document.measurements).toEqual(readResultFile(HISTOGRAM, { unit: 'us' })[0].measurements);
  });

  it('puts several files into one result, the same bytes each time', async () => {
    const args = ['import', STATUS, `${FIXTURES}cyclictest/2.4/json-h.json`];
    const [one, two] = [await kvmtimer(args), await kvmtimer(args)];
    expect(one).toEqual(two);
    expect(one.stderr).toBe('');
    expect(JSON.parse(one.stdout).map(({ name }: { name: string }) => name)).toEqual([
      'q-t2.stdout',
      'json-h.json',
    ]);
  });

  it('reads standard input', async () => {
    const input = readFileSync(HISTOGRAM, 'utf8');
    const { code, stdout } = await kvmtimer(['import', '-', '--unit', 'us'], { input });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ name: 'stdin', measurements: [{ samples: 5000 }] });
  });

  it('asks for the unit, and for every file that it cannot read', async () => {
    const finished = await kvmtimer(['import', HISTOGRAM, 'nowhere.txt']);
    expect(finished.code).toBe(1);
    expect(finished.stdout).toBe('');
    expect(finished.stderr).toBe(
      `error: ${HISTOGRAM}:1:1: the text does not state the unit of its latencies ` +
        '(--unit us, or --unit ns if cyclictest ran with -N)\nerror: nowhere.txt: no such file\n',
    );
  });

  it('warns of what the numbers are not', async () => {
    const folder = folderWith({ 'cut.txt': readFileSync(HISTOGRAM, 'utf8').slice(0, 900) });
    const { code, stderr } = await kvmtimer(['import', 'cut.txt', '--unit', 'us'], { cwd: folder });
    expect(code).toBe(0);
    expect(stderr).toBe(
      'warning: cut.txt: the end of the histogram is missing: how many samples there were is not known\n',
    );
    const quiet = await kvmtimer(['import', 'cut.txt', '--unit', 'us', '--quiet'], { cwd: folder });
    expect(quiet.stderr).toBe('');
    expect(JSON.parse(quiet.stdout).partial).toBe(true);
  });

  it('never overwrites its input', async () => {
    const folder = folderWith({ 'a.txt': readFileSync(STATUS, 'utf8') });
    const { code, stderr } = await kvmtimer(['import', 'a.txt', '-o', './a.txt'], { cwd: folder });
    expect([code, stderr]).toEqual([1, 'error: --output: would overwrite the input (name another file)\n']);
    expect(readFileSync(join(folder, 'a.txt'), 'utf8')).toBe(readFileSync(STATUS, 'utf8'));
  });

  it('never shows escapes of a file raw', async () => {
    const folder = folderWith({ 'a.txt': '# Histogram\n0\x1b]0;x\x07\x9b31m000 1\n' });
    const { stderr } = await kvmtimer(['import', 'a.txt', '--unit', 'us'], { cwd: folder });
    expect(stderr).toMatch(/^error: a\.txt:2:1: /);
    expect(stderr).not.toMatch(/[\x1b\x07\x9b]/);
  });

  it('lists every format in its help', async () => {
    const { stdout } = await kvmtimer(['import', '--help']);
    const list = stdout.slice(stdout.indexOf('Formats,'));
    const listed = [...list.matchAll(/^ {2}([a-z-]+) {2,}(.+)$/gm)].map(
      ([, name, text]) => `${name}: ${text}`,
    );
    for (const { name, description } of FORMATS) expect(listed).toContain(`${name}: ${description}`);
    expect(listed).toHaveLength(FORMATS.length);
  });
});
