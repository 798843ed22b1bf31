import { describe, expect, it } from 'vitest';
import { kvmtimer } from '../testing/command.ts';
import { VERSION } from '../version.ts';
import { COMMAND_GROUPS } from './command.ts';
import { COMMANDS } from './commands.ts';

describe('kvmtimer', () => {
  it.each(['--version', '-V'])('%s prints the version alone', async (option) => {
    expect(await kvmtimer([option])).toEqual({ code: 0, stdout: `${VERSION}\n`, stderr: '' });
  });

  it.each([[['--help']], [['-h']], [['help']], [[]]])('%j prints the overview', async (args) => {
    const { code, stdout, stderr } = await kvmtimer(args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const { name, summary, hidden } of COMMANDS) {
      if (!hidden) expect(stdout).toMatch(new RegExp(`^  ${name} +\\S`, 'm'));
      if (hidden) expect(stdout).not.toContain(summary);
    }
  });

  it('has every command in a group, under a name of its own, with a help of its own', async () => {
    const names = COMMANDS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { name, group, summary } of COMMANDS.filter(({ hidden }) => !hidden)) {
      expect(COMMAND_GROUPS).toContain(group);
      const { code, stdout, stderr } = await kvmtimer(['help', name]);
      expect({ name, code, stderr }).toEqual({ name, code: 0, stderr: '' });
      expect(stdout).toContain(`Usage: kvmtimer ${name}`);
      expect(stdout.toLowerCase()).toContain(summary.toLowerCase().slice(0, 30));
      expect(stdout).toContain('Examples:');
      expect(stdout).not.toMatch(/default: (false|\[\])/);
    }
  });

  it.each([
    [['rnu'], "error: unknown command 'rnu'\n(Did you mean run?)\n"],
    [['run', 'x.json', '--lops', '5'], "error: unknown option '--lops'\n(Did you mean --loops?)\n"],
    [['run'], "error: missing required argument 'scenario'\n"],
    [['run', 'x.json', '--format', 'xml'], "error: option '--format <format>' argument 'xml' is invalid."],
    [['--nix'], "error: unknown option '--nix'\n"],
  ])('%j fails with one error and nothing on stdout', async (args, message) => {
    const { code, stdout, stderr } = await kvmtimer(args);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/^ +at /m);
  });

  it.each(['bash', 'zsh', 'fish', 'powershell'])('prints a completion script for %s', async (shell) => {
    const { code, stdout, stderr } = await kvmtimer(['completion', shell]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('kvmtimer complete');
  });

  it('completes commands and options from the same table', async () => {
    const commands = await kvmtimer(['complete', '--', '']);
    for (const { name } of COMMANDS.filter(({ hidden }) => !hidden)) {
      expect(commands.stdout).toMatch(new RegExp(`^${name}\t`, 'm'));
    }
    const options = await kvmtimer(['complete', '--', 'run', '--']);
    expect(options.stdout).toMatch(/^--histofall\t/m);
    const formats = await kvmtimer(['complete', '--', 'run', '--format', '']);
    expect(formats.stdout).toMatch(/^rt-tests-2\.7/m);
  });
});
