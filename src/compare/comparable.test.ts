import { describe, expect, it } from 'vitest';
import type { ResultDocument } from '../measurement/result-document.ts';
import { sampledRun } from '../testing/sampled-runs.ts';
import { ExitCode, UserError } from '../user-error.ts';
import { assertComparable } from './comparable.ts';
import { differences } from './differences.ts';
import type { Side } from './side.ts';

const run = (seed: number, scenario: object = {}, more: Partial<ResultDocument> = {}): ResultDocument => {
  const merged = {
    host: { kvm: { enable_hv_timer: true }, kernel: { version: '4.8' } },
    vcpus: [{ pinned: true }],
    ...scenario,
  };
  const hash = JSON.stringify([merged, seed]);
  return {
    ...sampledRun(seed, 10),
    scenario: { ...merged, seed: String(seed) },
    scenario_hash: hash,
    ...more,
  };
};
const side = (label: string, ...documents: ResultDocument[]): Side => ({
  label,
  runs: documents.map((document, index) => ({ file: `${label}${index}.json`, document })),
});
const measured = (facts: ResultDocument['facts']) =>
  run(1, {}, { origin: 'measured', scenario: null, scenario_hash: null, seed: null, facts });

function refusal(sides: readonly Side[], vary: readonly string[] = []): string {
  try {
    assertComparable(sides, vary);
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).exitCode).toBe(ExitCode.notComparable);
    return (error as UserError).message;
  }
  throw new Error('it was not refused');
}

const off = {
  host: { kvm: { enable_hv_timer: false }, kernel: { version: '4.8' } },
  vcpus: [{ pinned: false }],
};

describe('assertComparable', () => {
  it('takes seeds, names and descriptions for no difference', () => {
    expect(
      assertComparable([side('a', run(1)), side('b', run(2, { name: 'x', description: 'y' }))], []),
    ).toEqual([]);
  });

  it('lists every difference that is not the experiment', () => {
    expect(refusal([side('a', run(1)), side('b', run(1, off))])).toBe(
      'b0.json: host.kvm.enable_hv_timer: is false, but true in a (if this is the experiment: --vary host.kvm.enable_hv_timer)\n' +
        'b0.json: vcpus.0.pinned: is false, but true in a (if this is the experiment: --vary vcpus.0.pinned)',
    );
    expect(refusal([side('a', run(1)), side('b', run(1, off))], ['host.kvm'])).not.toContain(
      'enable_hv_timer',
    );
  });

  it('returns the declared ones', () => {
    const declared = assertComparable(
      [side('a', run(1)), side('b', run(1, off))],
      ['host.kvm.enable_hv_timer', 'vcpus'],
    );
    expect(declared).toEqual([
      { label: 'b', path: 'host.kvm.enable_hv_timer', before: true, after: false },
      { label: 'b', path: 'vcpus.0.pinned', before: true, after: false },
    ]);
  });

  it('does not let a mistyped path allow nothing', () => {
    const sides = [side('a', run(1)), side('b', run(2))];
    expect(() => assertComparable(sides, ['host.kvm.enable_hv_timr'])).toThrow(
      'no input has a field "host.kvm.enable_hv_timr"',
    );
    expect(assertComparable(sides, ['host.kvm.enable_hv_timer'])).toEqual([]);
  });

  it('refuses a side that mixes experiments or counts a run twice', () => {
    expect(refusal([side('a', run(1), run(2, off)), side('b', run(3))])).toContain('which is also "a"');
    expect(refusal([side('a', run(1), run(2), run(1)), side('b', run(3))])).toBe(
      'a2.json: has the seed "1" of a0.json: it is the same run of "a" again (repetitions need seeds of their own)',
    );
  });

  it('compares simulated with measured runs only when told so', () => {
    const sides = [side('a', run(1)), side('b', measured({ tool: 'cyclictest' }))];
    expect(refusal(sides)).toContain('origin: is "measured", but "simulated" in a');
    expect(assertComparable(sides, ['origin'])).toHaveLength(1);
  });
});

describe('differences of measured runs', () => {
  it('are facts that both state, but not how the file was written', () => {
    const a = measured({
      tool: 'cyclictest',
      kernel: '6.1',
      format: 'cyclictest-text',
      governor: 'performance',
    });
    const b = measured({ tool: 'cyclictest', kernel: '6.6', format: 'cyclictest-json' });
    expect(differences(a, b)).toEqual([{ path: 'facts.kernel', before: '6.1', after: '6.6' }]);
    expect(differences(measured(null), b)).toEqual([]);
  });
});
