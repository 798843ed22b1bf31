import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { folderWith } from '../../testing/folder.ts';
import { UserError } from '../../user-error.ts';
import { type LoadSweepOptions, loadSweep } from './load.ts';

const BASE = { name: 'base', workload: { tool: 'cyclictest', loops: 100 } };

async function refusal(sweep: object | string, options: LoadSweepOptions = {}): Promise<string[]> {
  const folder = folderWith({ 'sweep.json': sweep, 'base.json': BASE });
  const error = await loadSweep(`${folder}/sweep.json`, options).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(UserError);
  return (error as UserError).message.replaceAll(`${folder}/`, '').split('\n');
}

const sweep = (more: object) => ({ ...more, name: 'demo', base: BASE });

describe('loadSweep', () => {
  it('reads the base from the file beside the sweep', async () => {
    const folder = folderWith({
      'sweep.json': { name: 'demo', base: 'base.json', vary: { 'guest.idle': ['poll', 'hlt'] } },
      'base.json': BASE,
    });
    const { plan } = await loadSweep(`${folder}/sweep.json`, { set: ['workload.loops=7'] });
    expect(plan.size).toBe(2);
    expect(plan.scenario(plan.point(1))).toMatchObject({ guest: { idle: 'hlt' }, workload: { loops: 7 } });
  });

  it('reads standard input', async () => {
    const stdin = Readable.from([JSON.stringify(sweep({ vary: { 'guest.idle': ['hlt'] } }))]);
    expect((await loadSweep('-', { stdin })).plan.size).toBe(1);
  });

  const cases: [string, object | string, string][] = [
    ['an unknown field', sweep({ varry: {} }), 'sweep.json:2:3: varry: no such field (did you mean "vary"?)'],
    [
      'an unknown path',
      sweep({ vary: { 'host.kvm.halt_pol_ns': [0] } }),
      'sweep.json:3:5: host.kvm.halt_pol_ns: no such field (did you mean "halt_poll_ns"?)',
    ],
    [
      'a value that the field does not take',
      sweep({ vary: { 'guest.idle': ['poll', 'holt'] } }),
      'sweep.json:5:7: guest.idle: is "holt" (did you mean "hlt"? ',
    ],
    [
      'an empty list',
      sweep({ vary: { 'guest.idle': [] } }),
      'sweep.json:3:19: vary.guest.idle: is [] (a list of values, or a range',
    ],
    [
      'neither list nor range',
      sweep({ vary: { 'guest.idle': 'poll' } }),
      'sweep.json:3:19: vary.guest.idle: is "poll" (a list of values, or a range',
    ],
    [
      'an empty range',
      sweep({ vary: { 'workload.interval_us': { from: 9, to: 3, points: 2 } } }),
      'sweep.json:5:13: vary.workload.interval_us.to: the range is empty: 9 to 3 (`to` is larger',
    ],
    [
      'a step of 0',
      sweep({ vary: { 'workload.interval_us': { from: 1, to: 3, step: 0 } } }),
      'sweep.json:6:15: vary.workload.interval_us.step: is 0 (a number above 0)',
    ],
    [
      'a range out of bounds',
      sweep({ vary: { 'workload.interval_us': { from: 0, to: 3, step: 1 } } }),
      'sweep.json:3:29: workload.interval_us: is 0 (allowed: a whole number from 1',
    ],
    [
      'zip lists of unequal length',
      sweep({ zip: [{ 'guest.idle': ['poll'], 'guest.load': ['none', 'busy'] }] }),
      'sweep.json:7:21: zip.0.guest.load: has 2 values, and guest.idle has 1 (',
    ],
    [
      'a field varied twice',
      sweep({ vary: { guest: [{}], 'guest.idle': ['poll'] } }),
      'sweep.json:6:5: vary.guest.idle: overlaps with guest (each field',
    ],
    [
      'a rule about a field that is not varied',
      sweep({ vary: { 'guest.idle': ['poll'] }, exclude: [{ 'guest.idel': 1 }] }),
      'sweep.json:9:7: exclude.0.guest.idel: is not varied here (did you mean "guest.idle"?)',
    ],
    [
      'a sample of nothing',
      sweep({ sample: { method: 'sobol', points: 3 } }),
      'sweep.json:2:13: sample: there is nothing to sample (fill `vary`)',
    ],
    [
      'too many points',
      sweep({ seeds: 1000, vary: { 'workload.interval_us': { from: 1, to: 2000, step: 1 } } }),
      'sweep.json:3:11: vary: these are 2,000,000 points, more than 1,000,000 (vary less, take a `sample`, or say --yes)',
    ],
    [
      'a base that is not there',
      { name: 'demo', base: 'bse.json' },
      'sweep.json:3:11: base: bse.json: no such file (did you mean "base.json"?)',
    ],
    [
      'a base that is no scenario',
      { name: 'demo', base: { nam: 'x' } },
      'sweep.json:4:5: nam: no such field (did you mean "name"?)',
    ],
    [
      'a base outside the folder',
      { name: 'demo', base: '../base.json' },
      'sweep.json:3:11: base: "../base.json" lies outside the folder of the sweep (--allow-outside permits it)',
    ],
    [
      'an unknown profile',
      sweep({ vary: { 'host.cpu': ['xeon-e5-2699-v4'] } }),
      'sweep.json:4:7: host.cpu: there is no profile "xeon-e5-2699-v4" (did you mean "xeon-e5-2699-v3"?)',
    ],
    ['no JSON', '{"name": }', 'sweep.json:1:10: is not valid JSON:'],
  ];
  it.each(cases)('refuses %s in one clear line', async (_, file, expected) => {
    const [first, ...more] = await refusal(file);
    expect(first.replace(/(?<=base: ).*?(?=bse\.json:)/, '')).toContain(expected);
    expect(more.filter((line) => !line.startsWith('sweep.json'))).toEqual([]);
  });

  it('refuses a combination of valid values that is no scenario', async () => {
    const vary = {
      'host.noise.smi': [{ per_second: 1, duration_us: [1, 2] }],
      'host.noise.smi.per_second': [1],
    };
    expect((await refusal(sweep({ vary })))[0]).toContain('overlaps with host.noise.smi');
  });

  it('refuses --set of a varied field, and a setting that is none', async () => {
    const file = sweep({ vary: { 'guest.idle': ['poll'] } });
    expect(await refusal(file, { set: ['guest.idle=hlt'] })).toEqual([
      '--set guest.idle=hlt: guest.idle is varied by the sweep (set a field that is not varied)',
    ]);
    expect((await refusal(file, { set: ['guest.idle'] }))[0]).toContain('is no setting');
  });

  it('takes more than a million points when they are meant', async () => {
    const vary = { 'workload.interval_us': { from: 1, to: 2000, step: 1 } };
    const folder = folderWith({ 'sweep.json': sweep({ seeds: 1000, vary }) });
    expect((await loadSweep(`${folder}/sweep.json`, { allowLarge: true })).plan.size).toBe(2_000_000);
  });

  it('takes profiles from files along', async () => {
    const folder = folderWith({
      'sweep.json': sweep({ vary: { 'host.cpu': ['./mine.json'] } }),
      'mine.json': '{}',
    });
    const error = await loadSweep(`${folder}/sweep.json`).catch((caught: unknown) => caught);
    expect((error as UserError).problems[0].file).toBe('./mine.json');
  });
});
