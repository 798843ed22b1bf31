import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { serializeResult } from '../measurement/serialize.ts';
import { folderWith } from '../testing/folder.ts';
import { sampledRun } from '../testing/sampled-runs.ts';
import { ExitCode, UserError } from '../user-error.ts';
import { expandGlob } from './glob.ts';
import { readSides, splitInput } from './inputs.ts';

const text = (seed: number) => serializeResult(sampledRun(seed, 20));
const files = {
  'old/1.json': text(1),
  'old/2.json': text(2),
  'new/1.json': text(3),
  'new/note.txt': 'x',
  'a=b.json': text(4),
};
const labels = (inputs: string[]) => readSides(inputs).map(({ label, runs }) => [label, runs.length]);

describe('readSides', () => {
  it('makes one side of a label, a pattern and a file each', () => {
    const folder = folderWith(files);
    const at = (path: string) => join(folder, path);
    expect(labels([at('old/1.json'), at('new/1.json')])).toEqual([
      ['old/1', 1],
      ['new/1', 1],
    ]); // prettier-ignore
    expect(labels([at('old/1.json'), at('old/2.json')])).toEqual([
      ['1', 1],
      ['2', 1],
    ]); // prettier-ignore
    expect(labels([`x=${at('old/*.json')}`, `y=${at('new/1.json')}`])).toEqual([
      ['x', 2],
      ['y', 1],
    ]); // prettier-ignore
    expect(labels([`x=${at('old/1.json')}`, `y=${at('new/1.json')}`, `x=${at('old/2.json')}`])).toEqual([
      ['x', 2],
      ['y', 1],
    ]); // prettier-ignore
    expect(labels([at('old/?.json')])).toEqual([['?', 2]]);
  });

  it('takes a file whose name has an equals sign as it is', () => {
    const folder = folderWith(files);
    expect(splitInput(join(folder, 'a=b.json'))).toMatchObject({ label: null });
    expect(labels([join(folder, 'a=b.json')])).toEqual([['a=b', 1]]);
  });

  it('gives every side a label of its own', () => {
    const folder = folderWith(files);
    const at = (path: string) => join(folder, path);
    const same = [at('old/1.json'), at('old/1.json')];
    const [first, second] = labels(same).map(([label]) => label);
    expect(second).toBe(`${first} (2)`);
    expect(labels([`1=${at('new/1.json')}`, at('old/1.json')])).toEqual([
      ['1', 1],
      ['old/1', 1],
    ]); // prettier-ignore
  });

  it('refuses a pattern that names nothing, and a scenario', () => {
    const folder = folderWith({ 'scenario.json': { name: 'x', workload: { tool: 'cyclictest' } } });
    expect(() => readSides([join(folder, '*.txt')])).toThrow(
      expect.objectContaining({ exitCode: ExitCode.notComparable }) as UserError,
    );
    const scenario = join(folder, 'scenario.json');
    expect(() => readSides([scenario])).toThrow(
      `${scenario}: is a scenario, not a result (run it first: kvmtimer run`,
    );
    expect(() => readSides([join(folder, 'absent.json')])).toThrow(UserError);
  });
});

describe('expandGlob', () => {
  it('does not cross folders, nor match hidden files or special characters', () => {
    const folder = folderWith({ 'a/x.json': '', 'a/b/y.json': '', 'a/.z.json': '', 'a/x+json': '' });
    const names = (pattern: string) =>
      expandGlob(join(folder, pattern)).map((path) => path.slice(folder.length + 1));
    expect(names('a/*.json')).toEqual(['a/x.json']);
    expect(names('*/*/*.json')).toEqual(['a/b/y.json']);
    expect(names('a/?+json')).toEqual(['a/x+json']);
    expect(names('a/[x-z].json')).toEqual(['a/x.json']);
    expect(names('a/[!x].json')).toEqual([]);
    expect(names('a/x[+].json')).toEqual([]);
    expect(names('a/x[+]json')).toEqual(['a/x+json']);
    expect(names('none/*')).toEqual([]);
  });
});
