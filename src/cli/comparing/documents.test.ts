import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BINARY } from '../../testing/command.ts';
import { blocksOf, consoleExamples, ROOT } from '../../testing/documents.ts';
import { folderWith } from '../../testing/folder.ts';
import { parseXml } from '../../testing/xml.ts';

/** Runs a line of a document as bash does, with `kvmtimer` being the built program. */
function bash(script: string, cwd: string) {
  const program = `kvmtimer() { '${process.execPath}' '${BINARY}' "$@"; }; npx() { "$@"; }; npm() { :; }\n`;
  const env = { ...process.env, NO_COLOR: '1', FORCE_COLOR: '', GITHUB_STEP_SUMMARY: '' };
  return spawnSync('bash', ['-c', `${program}exec 2>&1; ${script}`], { cwd, env, encoding: 'utf8' });
}

describe('docs/compare.md', () => {
  const examples = consoleExamples('docs/compare.md');

  it('has examples', () => expect(examples.length).toBeGreaterThan(3));

  it.each(examples)('shows what happens: $command', ({ command, output }) => {
    expect(bash(command, ROOT).stdout).toBe(output);
  });
});

describe('docs/ci.md', () => {
  const blocks = blocksOf('docs/ci.md');
  const fileOf = (name: string) => blocks.find(({ info }) => info.endsWith(`file=${name}`))!.text;
  const pipelines = ['.github/workflows/latency.yml', '.gitlab-ci.yml'];
  const simulated = 'run -q -l 20000 jiang-2016-v4-hv-timer-on --output';

  it.each(pipelines)('shows %s in valid YAML', (name) => {
    // The parser comes with a tool of the development dependencies.
    const parser = join(ROOT, 'node_modules/.bin/yaml');
    expect(() => execFileSync(parser, ['valid'], { input: fileOf(name), stdio: 'pipe' })).not.toThrow();
    expect(() => execFileSync(parser, ['valid'], { input: 'a: [', stdio: 'pipe' })).toThrow();
  });

  it.each(pipelines)('shows steps in %s that run, pass and report', (name) => {
    const folder = folderWith({ 'kvmtimer.gate.json': fileOf('kvmtimer.gate.json'), 'latency/.keep': '' });
    expect(bash(`kvmtimer ${simulated} latency/baseline.json --seed accepted`, folder).status).toBe(0);
    const steps = [...fileOf(name).matchAll(/^ *(?:- |run: )(?:run: )?(npx kvmtimer .*)$/gm)].map(
      ([, step]) => step!,
    );
    expect(steps).toHaveLength(2);
    const { status, stdout } = bash(`set -e\n${steps.join('\n')}`, folder);
    expect(stdout).toContain('gate passed: 3 rules: 3 passed');
    expect(status).toBe(0);
    expect(parseXml(readFileSync(join(folder, 'gate.xml'), 'utf8')).attributes.tests).toBe('3');
  });

  it('stops a pipeline whose latency became worse', () => {
    const folder = folderWith({ 'kvmtimer.gate.json': fileOf('kvmtimer.gate.json'), 'latency/.keep': '' });
    const off = simulated.replace('timer-on', 'timer-off');
    bash(`kvmtimer ${simulated} latency/baseline.json`, folder);
    bash(`kvmtimer ${off} candidate.json`, folder);
    const gate = 'kvmtimer gate candidate.json --baseline latency/baseline.json';
    expect(bash(gate, folder).status).toBe(3);
    expect(bash(`${gate} --vary host.kvm.enable_hv_timer`, folder).status).toBe(2);
  });
});
