import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { scenarioHash } from '../../scenario/hash.ts';
import { loadScenario } from '../../scenario/load.ts';
import type { UserError } from '../../user-error.ts';
import { parseScoreboard, scoreboardJson } from './document.ts';
import { judge, type Score, summarise } from './judge.ts';
import { chooseExperiments, PUBLISHED_FOLDER, readExperiment, shippedExperiments } from './load.ts';
import { scoreboardMarkdown, scoreboardTable } from './report.ts';
import type { ExperimentRow } from './schema.ts';
import { scoreboard } from './scoreboard.ts';

const README = fileURLToPath(new URL('../../../README.md', import.meta.url));
const BEGIN =
  '<!-- scoreboard: `npx vitest run src/calibration/fidelity -u` writes this from results/scoreboard.json -->';
const END = '<!-- end of scoreboard -->';

const experiments = shippedExperiments();
const committedText = readFileSync(join(PUBLISHED_FOLDER, '../scoreboard.json'), 'utf8');
const committed = parseScoreboard(committedText, experiments);
const keyOf = ({ experiment, row }: Score) => `${experiment}/${row.id}`;

const folder = mkdtempSync(join(tmpdir(), 'kvmtimer-fidelity-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the committed scoreboard', () => {
  it('has a score for each row of the experiments, ten seeds each', () => {
    const rows = experiments.flatMap(({ experiment }) =>
      experiment.rows.map(({ id }) => `${experiment.id}/${id}`),
    );
    expect(committed.map(keyOf)).toEqual(rows);
    expect(new Set(rows).size).toBe(rows.length);
    expect(new Set(committed.map(({ values }) => values.length))).toEqual(new Set([10]));
  });

  it('was made with the scenarios and profiles as they are', async () => {
    for (const { experiment } of experiments) {
      for (const { id, set } of experiment.rows) {
        const loaded = await loadScenario(experiment.base, { set: [...experiment.set, ...set] });
        const score = committed.find((one) => keyOf(one) === `${experiment.id}/${id}`)!;
        expect
          .soft(score.scenarioHashes[0], keyOf(score))
          .toBe(scenarioHash(loaded.scenario, loaded.profile));
      }
    }
  });

  it('comes out the same to the last digit, in the rows that are cheap to run', async () => {
    const cheap = experiments.filter(({ experiment }) => experiment.base !== 'jiang-2016-v4-hv-timer-on');
    const scores = await scoreboard(cheap, { seeds: 1 });
    expect(scores.length).toBeGreaterThan(30);
    for (const score of scores) {
      const before = committed.find((one) => keyOf(one) === keyOf(score))!;
      expect.soft(score.values[0], keyOf(score)).toBe(before.values[0]);
    }
  });

  it('meets what is asked of it: every row within its tolerance, no wrong sign, predictions within 15 %', () => {
    expect(committed.filter(({ withinTolerance }) => !withinTolerance).map(keyOf)).toEqual([]);
    const predicted = summarise(committed, 'predicted');
    expect(predicted.wrongSigns).toBe(0);
    expect(predicted.rows).toBeGreaterThan(20);
    expect(predicted.medianErrorPercent).toBeLessThanOrEqual(15);
  });

  it('stands in the README', async () => {
    const text = readFileSync(README, 'utf8');
    const [before, rest] = text.split(BEGIN);
    const after = rest.split(END)[1];
    const expected = `${before}${BEGIN}\n\n${scoreboardMarkdown(committed)}\n${END}${after}`;
    await expect(expected).toMatchFileSnapshot(README);
  });
});

describe('what was published', () => {
  it('is told in full: each experiment has rows or says why not', () => {
    for (const { experiment } of experiments)
      expect.soft(experiment.rows.length + experiment.outside.length, experiment.id).toBeGreaterThan(0);
  });

  it('names each row once, and its calibrations are fewer than its predictions', () => {
    const rows = experiments.flatMap(({ experiment }) => experiment.rows.map(({ kind }) => kind));
    const calibrated = rows.filter((kind) => kind === 'calibrated').length;
    expect(rows.length - calibrated).toBeGreaterThan(calibrated);
  });
});

describe('experiment files', () => {
  const broken = (change: (text: string) => string) => {
    const file = join(folder, 'broken.experiment.json');
    writeFileSync(
      file,
      change(readFileSync(join(PUBLISHED_FOLDER, 'li-2020-vmcall.experiment.json'), 'utf8')),
    );
    return () => readExperiment(file);
  };

  it.each([
    ['"calibrated"', '"fitted"', /rows\.0\.kind: is "fitted" .allowed: "calibrated", "predicted"/],
    ['"value": 1559', '"value": "1559"', /rows\.0\.published/],
    ['"mean"', '"mode"', /rows\.0\.metric\.measure: is "mode"/],
    ['"hardware"', '"hardwear"', /hardwear: no such field.*hardware/],
    ['"mean"', '"gain"', /rows\.0\.against: is missing/],
  ])('%s instead of %s is told with its place', (from, to, message) => {
    const attempt = broken((text) => text.replace(from, to));
    expect(attempt).toThrow(message);
    expect(attempt).toThrow(/broken\.experiment\.json:\d+:\d+/);
  });

  it('an unknown id is told with the one that was meant', () => {
    expect(() => chooseExperiments(['li-2020-vmcal'])).toThrow(
      /no experiment "li-2020-vmcal".*"li-2020-vmcall"/,
    );
  });

  it('a setting that the scenario does not have is an error of the scenario', async () => {
    const file = join(folder, 'setting.experiment.json');
    const text = readFileSync(join(PUBLISHED_FOLDER, 'li-2020-vmcall.experiment.json'), 'utf8');
    writeFileSync(file, text.replace('host.kvm.enable_apicv=true', 'host.kvm.apic=true'));
    const error = await scoreboard([readExperiment(file)], { seeds: 1 }).catch(
      (caught) => caught as UserError,
    );
    expect(error).toMatchObject({ code: 'scenario-invalid' });
  });
});

const row = (changes: Partial<ExperimentRow>): ExperimentRow => ({
  id: 'row',
  what: 'a row',
  set: [],
  metric: { measure: 'mean', unit: 'cycles' },
  published: { value: 1000 },
  tolerance: { percent: 10 },
  kind: 'predicted',
  ...changes,
});
const gain = (published: number, values: number[]) =>
  judge('e', row({ metric: { measure: 'gain', unit: 'cycles' }, published: { value: published } }), {
    scenarioHashes: [],
    values,
  });
const score = (changes: Partial<ExperimentRow>, ...values: number[]) =>
  judge('e', row(changes), { scenarioHashes: [], values });

describe('judge', () => {
  it('takes the median and half the range', () => {
    expect(score({}, 900, 1300, 1010, 1030)).toMatchObject({
      median: 1020,
      spread: 200,
      withinTolerance: true,
    });
    expect(score({}, 1100).errorPercent).toBeCloseTo(10);
    expect(score({}, 1101).withinTolerance).toBe(false);
  });

  it('measures against the nearest point of a range', () => {
    const published = { from: 900, to: 1000 };
    expect(score({ published }, 950)).toMatchObject({ errorPercent: 0, withinTolerance: true });
    expect(score({ published }, 810).errorPercent).toBeCloseTo(-10);
    expect(score({ published }, 1200).errorPercent).toBeCloseTo(20);
  });

  it('knows the sign of effects only, and an error that has the direction of the effect', () => {
    expect(score({}, 1000).signRight).toBeNull();
    expect(gain(-20, [-30])).toMatchObject({ signRight: true });
    expect(gain(-20, [-30]).errorPercent).toBeCloseTo(-50);
    expect(gain(-20, [10])).toMatchObject({ signRight: false });
  });

  it('has tolerances in percent, in the unit, and as a factor', () => {
    expect(score({ tolerance: { absolute: 5 } }, 1005).withinTolerance).toBe(true);
    expect(score({ tolerance: { absolute: 5 } }, 994).withinTolerance).toBe(false);
    expect(score({ tolerance: { factor: 2 } }, 500).withinTolerance).toBe(true);
    expect(score({ tolerance: { factor: 2 } }, 2001).withinTolerance).toBe(false);
  });
});

describe('reports', () => {
  const scores = [score({}, 1050), gain(100, [-10])];

  it('tell a wrong sign and a row that left its tolerance', () => {
    expect(scoreboardTable(scores, false)).toMatch(
      /a row +100 cycles +-10 ± 0 +-110\.0 % +wrong +predicted +OUT/,
    );
    expect(scoreboardTable(scores, false)).toContain(
      '2 predicted: median error 57.5 %, 1 with the wrong sign, 1 outside their tolerance',
    );
    expect(scoreboardMarkdown(scores)).toContain('| predicted, **outside its tolerance** |');
  });

  it('come back from JSON as they went', () => {
    expect(parseScoreboard(scoreboardJson(committed, 10), experiments)).toEqual(committed);
  });
});
