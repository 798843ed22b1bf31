import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { kvmtimer } from '../../testing/command.ts';
import { folderWith } from '../../testing/folder.ts';
import { parseFtrace } from '../../testing/ftrace.ts';

const SCENARIO = {
  name: 'six',
  host: { kernel: { version: '6.1' } },
  guest: { idle: 'hlt', kernel: { version: '6.1' } },
  workload: { tool: 'cyclictest', loops: 500 },
};
/** The program in a folder that holds the scenario. */
function workshop() {
  const cwd = folderWith({ 'six.json': SCENARIO });
  const trace = (...args: string[]) => kvmtimer(['trace', 'six.json', ...args], { cwd });
  return { cwd, trace };
}

describe('kvmtimer trace', () => {
  test('prints an ftrace of 20 loops, and nothing else', async () => {
    const { trace } = workshop();
    const { code, stdout, stderr } = await trace();
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^# tracer: nop\n#\n# entries-in-buffer\/entries-written: (\d+)\/\1 {3}#P:2\n/);
    const lines = parseFtrace(stdout);
    expect(lines.length).toBe(Number(/written: (\d+)/.exec(stdout)![1]));
    const halts = lines.filter(({ text }) => text.includes('reason HLT'));
    expect(halts.length).toBeGreaterThanOrEqual(20);
    expect(halts.length).toBeLessThan(60);
  });

  test('--loops, --clock and --events', async () => {
    const { trace } = workshop();
    const { stdout } = await trace('--loops', '3', '--clock', 'tsc', '--events', 'kvm_exit,sched:*');
    const lines = stdout.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    expect(new Set(parseFtrace(stdout).map(({ point }) => point))).toEqual(
      new Set(['kvm_exit', 'sched_switch', 'sched_wakeup']),
    );
    for (const line of lines)
      expect(line).toMatch(/^ {7}CPU 0\/KVM-2001 {4}\[000\] |^ {10}<idle>-0 {7}\[000\] /);
    for (const line of lines) expect(line).toMatch(/^.{31}\S{5} +\d+: /);
  });

  test('the same bytes twice, to standard output and to a file', async () => {
    const { cwd, trace } = workshop();
    const { stdout } = await trace('--loops', '5', '--format', 'perfetto');
    const written = await trace('--loops', '5', '--format', 'perfetto', '--output', 'out.json');
    expect(written).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(readFileSync(join(cwd, 'out.json'), 'utf8')).toBe(stdout);
    expect(JSON.parse(stdout).otherData).toMatchObject({ scenario: 'six', kernel: '6.1' });
  });

  test('--format json names its document, its events, stages and samples', async () => {
    const { trace } = workshop();
    const { stdout } = await trace('--loops', '2', '--format', 'json');
    const document = JSON.parse(stdout);
    expect(document).toMatchObject({ document: 'kvmtimer-trace', schema_version: 1, name: 'six' });
    expect(document.samples).toHaveLength(2);
    expect(document.events[0]).toMatchObject({ cpu: 0, comm: 'CPU 0/KVM', event: 'kvm_exit' });
    expect(document.stages[0]).toMatchObject({ vcpu: 0, stage: expect.stringContaining('.') });
  });

  test('--around-worst runs everything, and tells on standard error what it found', async () => {
    const { trace } = workshop();
    const { code, stdout, stderr } = await trace('--around-worst', '2', '--format', 'json');
    expect(code).toBe(0);
    expect(stderr).toMatch(/^worst 1: cyclictest thread 0, sample \d+: \d+ ns\nworst 2: [^\n]*\n$/);
    const cycles = JSON.parse(stdout).samples.map(({ cycle }: { cycle: number }) => cycle);
    expect(cycles).toContain(Number(/sample (\d+)/.exec(stderr)![1]));
    expect(cycles.length).toBeLessThanOrEqual(6);
  });

  test('bare metal is traced as its own kernel', async () => {
    const { trace } = workshop();
    const { stdout } = await trace('--loops', '3', '--set', 'virtualization=bare-metal');
    const lines = parseFtrace(stdout);
    expect(lines.filter(({ point }) => point.startsWith('kvm_'))).toEqual([]);
    expect(lines.map(({ text }) => text).join('\n')).toContain('function=hrtimer_wakeup');
  });

  test.each([
    [['--around-worst', '0'], '--around-worst: "0" is not a number of samples (1 to 10: '],
    [['--around-worst', '3.5'], '--around-worst: "3.5" is not a number of samples (1 to 10: '],
    [['--events', 'kvm_foo'], '--events: "kvm_foo" names no tracepoint (known are kvm_entry, kvm_exit, '],
    [['--events', ''], '--events: "" names no tracepoint (known are '],
    [['--loops', 'many'], '--loops: is "many" (allowed: a whole number from 1 to '],
    [
      ['--format', 'vcd'],
      "option '--format <format>' argument 'vcd' is invalid. Allowed choices are ftrace, perfetto",
    ],
    [['--output', 'none/trace.txt'], 'none/trace.txt: cannot be written: '],
  ])('%j is refused before anything runs', async (args, message) => {
    const { trace } = workshop();
    const { code, stdout, stderr } = await trace(...args);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr).not.toContain('    at ');
  });

  test('--output may not name the scenario', async () => {
    const { cwd, trace } = workshop();
    const { code, stderr } = await trace('--output', 'six.json');
    expect(code).toBe(1);
    expect(stderr).toBe('error: --output: would overwrite the scenario (name another file)\n');
    expect(JSON.parse(readFileSync(join(cwd, 'six.json'), 'utf8'))).toEqual(SCENARIO);
  });
});
