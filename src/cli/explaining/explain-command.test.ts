import { beforeAll, describe, expect, it } from 'vitest';
import type { ResultDocument } from '../../measurement/result-document.ts';
import type { Breakdown } from '../../report/explain/breakdown.ts';
import type { Comparison, Explanation } from '../../report/explain/explanation.ts';
import { kvmtimer } from '../../testing/command.ts';
import { folderWith } from '../../testing/folder.ts';

const ON = 'jiang-2016-v4-hv-timer-on';
const OFF = 'jiang-2016-v4-hv-timer-off';
const LOOPS = ['--loops', '2000'];
const HALTING = { name: 'halting', extends: ON, guest: { idle: 'hlt' } };
const HALTING_OFF = { name: 'halting-off', extends: OFF, guest: { idle: 'hlt' } };

/** Standard output of a command that must succeed without a word on standard error. */
async function explained(args: readonly string[], cwd?: string): Promise<string> {
  const { code, stdout, stderr } = await kvmtimer(['explain', ...args], { cwd });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
}

/** The results that `run` writes. */
const RESULTS: Record<string, string> = {};
beforeAll(async () => {
  for (const scenario of [ON, OFF]) {
    const { stdout } = await kvmtimer(['run', '-q', ...LOOPS, '--format', 'json', scenario]);
    RESULTS[scenario] = stdout;
  }
});

// After a change of the engine: `npx vitest run src/cli/explaining -u`, and read what changed.
describe('kvmtimer explain', () => {
  it('says where the microseconds of a scenario go', async () => {
    expect(await explained([...LOOPS, OFF])).toMatchSnapshot();
  });

  it('says what the preemption timer is good for', async () => {
    expect(await explained([...LOOPS, ON, '--against', OFF])).toMatchSnapshot();
  });

  it('says why it is of no use to a guest that halts', async () => {
    const cwd = folderWith({ 'on.json': HALTING, 'off.json': HALTING_OFF });
    expect(await explained([...LOOPS, 'on.json', '--against', 'off.json'], cwd)).toMatchSnapshot();
  });

  it('explains a result like the scenario that it came from, less the tail', async () => {
    const cwd = folderWith({ 'on.json': RESULTS[ON] });
    const fromResult = await explained(['on.json'], cwd);
    expect(fromResult).toMatchSnapshot();
    const fromScenario = await explained([...LOOPS, ON]);
    expect(fromScenario.replace(/The slowest[\s\S]*?together\n\n/, '')).toBe(fromResult);
  });

  it('says nothing changed where nothing did', async () => {
    expect(await explained(['--loops', '50', ON, '--against', ON])).toMatchInlineSnapshot(`
      "jiang-2016-v4-hv-timer-on against jiang-2016-v4-hv-timer-on, thread 0: 6.515 - 6.515 = +0.000 µs on average

      The machines are the same.

      The timer that fires, in both: the VMX preemption timer

         0.000 µs  together
      "
    `);
  });

  it('explains each thread', async () => {
    const args = ['--loops', '50', '--format', 'json', '--set', 'workload.threads=2', ON];
    const explanations: Explanation[] = JSON.parse(await explained(args));
    expect(explanations.map(({ thread }) => thread)).toEqual(['0', '1']);
  });

  it('prints the same as JSON, of which every stage counts', async () => {
    const cwd = folderWith({ 'on.json': RESULTS[ON], 'off.json': RESULTS[OFF] });
    const args = ['--format', 'json', 'on.json', '--against', 'off.json'];
    const [comparison]: Comparison[] = JSON.parse(await explained(args, cwd));
    expect(comparison.settings).toEqual([{ path: 'host.kvm.enable_hv_timer', before: false, after: true }]);
    const { from, to, change, groups } = comparison;
    expect(from.mean.totalNs).toBe(meanNs(RESULTS[OFF]));
    expect(to.mean.totalNs).toBe(meanNs(RESULTS[ON]));
    expect(change.totalNs).toBe(to.mean.totalNs - from.mean.totalNs);
    const parts: Breakdown[] = [from.mean, to.mean, change, groups.gone, groups.added, groups.changed];
    for (const part of parts) {
      expect(part.stages.reduce((sum, { ns }) => sum + ns, 0)).toBe(part.totalNs);
    }
    expect(groups.gone.totalNs + groups.added.totalNs + groups.changed.totalNs).toBe(change.totalNs);
  });

  it('warns of what the machine does not have', async () => {
    const { code, stderr } = await kvmtimer([
      'explain',
      ...['--loops', '10', 'amd-svm', '--set', 'host.kvm.enable_hv_timer=true'],
    ]);
    expect(code).toBe(0);
    expect(stderr).toMatch(/^warning: .*enable_hv_timer.*\n$/);
  });

  it.each([
    [['nix'], 'nix: neither a file nor the name of a shipped scenario'],
    [[ON, '--loops', '5', '--against', 'nix'], 'nix: neither a file nor the name of a shipped scenario'],
    [[ON, '--format', 'xml'], "option '--format <format>' argument 'xml' is invalid."],
    [[ON, '--set', 'guest.idel=hlt'], '--set guest.idel=hlt: no such field'],
    [[ON, '--loops', 'many'], '--loops: is "many"'],
    [[], "missing required argument 'scenario|result'"],
    [['measured.json'], 'measured: does not say where its cycles went'],
    [['broken.json'], 'broken.json:'],
    [['result.json', '--set', 'guest.idle=hlt'], 'result.json: is a result: --set and --loops come too late'],
    [['result.json', '--against', 'two.json'], 'two.json: holds 2 results'],
    [['result.json', '--against', 'threads.json'], '--against: '],
  ])('%j fails with one error and nothing on standard output', async (args, message) => {
    const document: ResultDocument = JSON.parse(RESULTS[ON]);
    const { measurements } = document;
    const cwd = folderWith({
      'result.json': document,
      'two.json': [document, document],
      'threads.json': { ...document, measurements: [...measurements, { ...measurements[0], name: '1' }] },
      'measured.json': {
        ...document,
        name: 'measured',
        measurements: measurements.map((thread) => ({ ...thread, ledger: null })),
      },
      'broken.json': '{"document": "kvmtimer-result"',
    });
    const { code, stdout, stderr } = await kvmtimer(['explain', ...args], { cwd });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(`error: ${message}`);
    expect(stderr.match(/^error: /gm)).toHaveLength(1);
    expect(stderr).not.toMatch(/^ +at /m);
  });
});

/** The mean as the result states it, apart from its ledger. */
function meanNs(result: string): number {
  const [{ cycles, samples }] = (JSON.parse(result) as ResultDocument).measurements;
  return Math.round((cycles!.sum / samples! / cycles!.tsc_khz) * 1_000_000);
}
