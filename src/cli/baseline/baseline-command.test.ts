import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { kvmtimer } from '../../testing/command.ts';
import { folderWith } from '../../testing/folder.ts';

const NAME = 'kvm-unit-tests-vmexit-vmcall';

describe('kvmtimer baseline', () => {
  it('misses a baseline, accepts it, holds to it and sees it move', async () => {
    const folder = join(folderWith({}), 'baselines');
    const baseline = (mode: string, ...more: string[]) =>
      kvmtimer(['baseline', mode, NAME, '--folder', folder, ...more]);
    expect(await baseline('check')).toEqual({
      code: 2,
      stdout: `MISSING ${NAME}\n1 scenario: 1 missing\n`,
      stderr: '',
    });
    expect((await baseline('update')).code).toBe(0);
    expect(await baseline('check')).toEqual({ code: 0, stdout: '1 scenario: 1 same\n', stderr: '' });

    const file = join(folder, `${NAME}.json`);
    const accepted = readFileSync(file, 'utf8');
    const value = JSON.parse(accepted);
    const [thread] = value.threads;
    thread.digest = 'other';
    thread.figures.max_ns = thread.figures.max_ns / 2;
    writeFileSync(file, JSON.stringify(value));
    const moved = await baseline('check');
    expect(moved.code).toBe(2);
    expect(moved.stdout).toMatch(
      /^MOVED \S+\n {2}thread vmcall: max [\d.]+[un]s -> [\d.]+[un]s \(\+100\.00%\)\n1 scenario: 1 moved\n$/,
    );
    const [finding] = JSON.parse((await baseline('check', '--format', 'json')).stdout).findings;
    expect(finding).toMatchObject({
      scenario: NAME,
      status: 'moved',
      moves: [{ thread: 'vmcall', figure: 'max_ns' }],
    });

    expect((await baseline('update')).code).toBe(0);
    expect(readFileSync(file, 'utf8')).toBe(accepted);
  });

  it('knows only scenarios that ship', async () => {
    const { code, stderr } = await kvmtimer([
      'baseline',
      'check',
      'kvm-unit-tests-vmexit-vmcal',
      'nothing-like-it',
    ]);
    expect(code).toBe(1);
    expect(stderr).toBe(
      `error: kvm-unit-tests-vmexit-vmcal: no scenario of that name ships (did you mean "${NAME}"?)\n` +
        'error: nothing-like-it: no scenario of that name ships (kvmtimer list prints them)\n',
    );
  });

  it('names a file that is no baseline', async () => {
    const folder = folderWith({ 'x.json': '{}' });
    const { code, stderr } = await kvmtimer(['baseline', 'check', NAME, '--folder', folder]);
    expect(code).toBe(1);
    expect(stderr).toContain('x.json: is no baseline');
  });
});
