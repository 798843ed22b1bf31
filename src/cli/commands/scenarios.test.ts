import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { SHIPPED_FOLDER } from '../../scenario/shipped.ts';
import { kvmtimer } from '../../testing/command.ts';
import { folderWith } from '../../testing/folder.ts';

describe('validate', () => {
  test('a good file', async () => {
    const cwd = folderWith({ 'good.json': { name: 'good' } });
    expect(await kvmtimer(['validate', 'good.json'], { cwd })).toEqual({
      code: 0,
      stdout: 'good.json: ok\n',
      stderr: '',
    });
  });

  test('bad files leave stdout empty, say where, and show no stack', async () => {
    const cwd = folderWith({ 'bad.json': '{\n  "nam": "x"\n}', 'worse.json': '{' });
    const { code, stdout, stderr } = await kvmtimer(['validate', 'bad.json', 'worse.json', 'none.json'], {
      cwd,
    });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr.split('\n')).toEqual([
      'error: bad.json:1:1: name: is missing (allowed: a text of 1 to 200 characters)',
      'error: bad.json:2:3: nam: no such field (did you mean "name"?)',
      'error: worse.json:1:2: is not valid JSON: "}" is expected before the end of the file',
      'error: none.json: no such file',
      '',
    ]);
  });

  test('a knob that the machine does not have is a warning, or an error under --strict', async () => {
    const input = '{"name": "x", "host": {"cpu": "epyc-7742", "kvm": {"enable_hv_timer": true}}}';
    const message =
      '-:1:71: host.kvm.enable_hv_timer: true is not possible: AMD SVM has no preemption timer; ' +
      'the host hrtimer is used; continuing with false\n';
    expect(await kvmtimer(['validate', '-'], { input })).toEqual({
      code: 0,
      stdout: '-: ok\n',
      stderr: `warning: ${message}`,
    });
    expect(await kvmtimer(['validate', '--strict', '-'], { input })).toEqual({
      code: 1,
      stdout: '',
      stderr: `error: ${message}`,
    });
  });

  test('as JSON, with the same exit code', async () => {
    const cwd = folderWith({ 'bad.json': { name: 5 }, 'good.json': { name: 'x' } });
    const { code, stdout, stderr } = await kvmtimer(
      ['validate', '--format', 'json', 'good.json', 'bad.json'],
      { cwd },
    );
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    const { files } = JSON.parse(stdout);
    expect(files.map(({ file, valid }: { file: string; valid: boolean }) => [file, valid])).toEqual([
      ['good.json', true],
      ['bad.json', false],
    ]);
    expect(files[1].problems[0]).toMatchObject({ line: 2, column: 11, path: 'name', message: 'is 5' });
  });

  test('a profile is checked as a profile', async () => {
    const profile = JSON.parse(readFileSync(join(SHIPPED_FOLDER, 'profiles', 'epyc-7742.json'), 'utf8'));
    profile.costs.vm_exit.value = -1;
    const cwd = folderWith({ 'cpu.json': profile });
    const { code, stdout, stderr } = await kvmtimer(['validate', 'cpu.json'], { cwd });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(
      /^error: cpu\.json:\d+:\d+: costs\.vm_exit\.value: is -1 \(allowed: a number from 0 to 5000\)\n$/,
    );
  });
});

describe('show', () => {
  test('each value with its origin', async () => {
    const cwd = folderWith({
      'base.json': { name: 'base', seed: 'b' },
      'a.json': { extends: './base.json', name: 'a' },
    });
    const { code, stdout, stderr } = await kvmtimer(['show', '--set', 'guest.idle=hlt', 'a.json'], { cwd });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const lines = stdout.split('\n').map((line) => line.replace(/ {2,}/g, '  '));
    expect(lines[0]).toBe('# a');
    expect(lines[1]).toMatch(/^# hash [0-9a-f]{64}$/);
    expect(lines).toContain('name  "a"  a.json:3:11');
    expect(lines).toContain('seed  "b"  base.json:3:11');
    expect(lines).toContain('guest.idle  "hlt"  --set guest.idle=hlt');
    expect(lines).toContain('host.kernel.hz  1000  default');
    expect(lines).toContain('host.kvm.halt_poll_ns  400000  default of Linux 4.8');
    expect(lines).toContain('guest.tsc_khz  2294684  CPU profile');
    expect(lines).toContain(
      'host.kvm.pi_inject_timer  0  decided by the machine: posted timer interrupts came with Linux 5.3',
    );
  });

  test('as JSON, complete enough to be read again', async () => {
    const { stdout } = await kvmtimer(['show', '--costs', '--format', 'json', 'jiang-2016-v4-hv-timer-on']);
    const { scenario, scenario_hash, origins, profile } = JSON.parse(stdout);
    expect(origins['host.kvm.enable_hv_timer'].kind).toBe('file');
    expect(profile.costs.vm_exit).toHaveProperty('source');
    const again = await kvmtimer(['show', '--format', 'json', '-'], { input: JSON.stringify(scenario) });
    expect(JSON.parse(again.stdout).scenario_hash).toBe(scenario_hash);
  });
});

describe('schema and list', () => {
  test('schema prints the committed file', async () => {
    const { stdout } = await kvmtimer(['schema']);
    expect(stdout).toBe(readFileSync(join(SHIPPED_FOLDER, 'scenario.schema.json'), 'utf8'));
  });

  test('list names what ships', async () => {
    const { stdout, stderr } = await kvmtimer(['list']);
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^scenarios:\njiang-2016-v4-base {2,}Host, guest/);
    expect(stdout).toMatch(/^profiles:\n(.*\n)*xeon-e5-2699-v3 {2,}Intel/m);
  });

  test('list presets tells what changed when, or one column a release', async () => {
    const history = (await kvmtimer(['list', 'presets'])).stdout;
    expect(history).toMatch(
      /^host {2,}hvTimer {2,}none {2}4\.8: deadline-only {2}4\.10: all-modes {2,}hv timer/m,
    );
    const columns = (await kvmtimer(['list', 'presets', '4.8', '6.1'])).stdout;
    expect(columns).toMatch(/^host {2,}hvTimer {2,}deadline-only {2,}all-modes {2,}hv timer/m);
    const json = JSON.parse((await kvmtimer(['list', 'presets', '4.8', '--format', 'json'])).stdout);
    expect(json.presets['4.8'].host.hvTimer).toBe('deadline-only');
  });

  test('an unknown release or topic', async () => {
    const { code, stdout, stderr } = await kvmtimer(['list', 'presets', '5.10']);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toBe('error: 5.10: is no release with a preset (nearest: 5.9 and 5.11)\n');
    expect((await kvmtimer(['list', 'nothing'])).code).toBe(1);
  });
});
