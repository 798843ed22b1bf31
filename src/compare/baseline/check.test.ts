import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folderWith } from '../../testing/folder.ts';
import { sampledRun } from '../../testing/sampled-runs.ts';
import { checkBaseline } from './check.ts';
import { baselineOf } from './document.ts';
import { readBaselines, removeBaseline, writeBaseline } from './folder.ts';
import { renderFindings, renderFindingsJson } from './report.ts';

const document = sampledRun(1, 2000);
const [thread] = document.measurements;
const accepted = baselineOf('example', document);
const changed = (more: object, whole: object = {}) =>
  baselineOf('example', { ...document, measurements: [{ ...thread!, ...more }], ...whole });

describe('checkBaseline', () => {
  it('takes equal runs for the same, whatever version and order of keys they have', () => {
    const again = baselineOf('example', {
      ...document,
      kvmtimer_version: '9',
      measurements: [{ ...thread!, name: '0' }],
    });
    expect(checkBaseline(accepted, again)).toMatchObject({ status: 'same', moves: [] });
    const reversed = Object.fromEntries(Object.entries(thread!).reverse()) as typeof thread;
    expect(baselineOf('example', { ...document, measurements: [reversed!] })).toEqual(accepted);
  });

  it('tells which figures moved', () => {
    const moved = checkBaseline(accepted, changed({ maxNs: thread!.maxNs! + 10 }));
    expect(moved).toMatchObject({ status: 'moved', scenarioChanged: false });
    expect(moved.moves).toEqual([
      { thread: '0', figure: 'max_ns', before: thread!.maxNs, after: thread!.maxNs! + 10 },
    ]);
  });

  it('sees what no figure shows', () => {
    const moved = checkBaseline(
      accepted,
      changed({ ledger: [{ stage: 'vm-exit', owner: 'hardware', cycles: 7 }] }),
    );
    expect(moved.moves).toMatchObject([{ figure: 'digest' }]);
    expect(renderFindings([moved])).toBe(
      'MOVED example\n  thread 0: no figure, but single samples, stages or worst cases moved\n1 scenario: 1 moved\n',
    );
  });

  it('sees threads come, go and scenarios change', () => {
    const renamed = checkBaseline(accepted, changed({ name: '1' }));
    expect(renamed.moves.map(({ thread: name, before, after }) => [name, before, after])).toEqual([
      ['0', 'present', 'absent'],
      ['1', 'absent', 'present'],
    ]); // prettier-ignore
    const other = checkBaseline(accepted, changed({}, { scenario_hash: 'other' }));
    expect(other).toMatchObject({ status: 'moved', scenarioChanged: true, moves: [] });
    expect(renderFindings([other])).toContain('MOVED example (the scenario or its profile was changed)');
  });

  it('reports what has no partner', () => {
    const findings = [checkBaseline(undefined, accepted), checkBaseline(accepted, undefined)];
    expect(renderFindings(findings)).toBe(
      'MISSING example\nSTALE example\n2 scenarios: 1 missing, 1 stale\n',
    );
    expect(JSON.parse(renderFindingsJson(findings)).findings).toEqual(findings);
  });
});

describe('the folder of baselines', () => {
  it('keeps them unchanged', () => {
    const folder = join(folderWith({}), 'results/baselines');
    expect(readBaselines(folder).size).toBe(0);
    writeBaseline(folder, accepted);
    expect(readBaselines(folder).get('example')).toEqual(accepted);
    removeBaseline(folder, 'example');
    expect(readBaselines(folder).size).toBe(0);
  });

  it('names a file that is no baseline', () => {
    const folder = folderWith({ 'a.json': '{}' });
    expect(() => readBaselines(folder)).toThrow(
      `${join(folder, 'a.json')}: is no baseline (kvmtimer baseline update`,
    );
    writeFileSync(join(folder, 'a.json'), '{');
    expect(() => readBaselines(folder)).toThrow('cannot be read');
  });
});
