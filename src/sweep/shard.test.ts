import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isInShard, parseShard, shardSize } from './shard.ts';

describe('parseShard', () => {
  it('takes i/n', () => {
    expect(parseShard('3/8', {})).toEqual({ index: 3, count: 8 });
  });
  it.each([
    ['0/0', 'cannot be split into 0 shards'],
    ['5/4', 'there is no shard 5 of 4'],
    ['0/4', 'there is no shard 0 of 4'],
    ['1', 'is no shard'],
    ['-1/4', 'is no shard'],
    ['1/4/2', 'is no shard'],
    ['a/b', 'is no shard'],
    ['', 'is no shard'],
  ])('refuses %s', (text, message) => {
    expect(() => parseShard(text, {})).toThrow(`--shard ${text}: ${message} (i/n with i from 1 to n`);
  });
  it('asks the job scheduler', () => {
    const slurm = { SLURM_ARRAY_TASK_ID: '7', SLURM_ARRAY_TASK_MIN: '5', SLURM_ARRAY_TASK_COUNT: '4' };
    expect(parseShard('auto', slurm)).toEqual({ index: 3, count: 4 });
    const strided = { SLURM_ARRAY_TASK_ID: '4', SLURM_ARRAY_TASK_STEP: '2', SLURM_ARRAY_TASK_COUNT: '4' };
    expect(parseShard('auto', strided)).toEqual({ index: 3, count: 4 });
    expect(parseShard('auto/8', { JOB_COMPLETION_INDEX: '0' })).toEqual({ index: 1, count: 8 });
    expect(parseShard('auto', { CI_NODE_INDEX: '2', CI_NODE_TOTAL: '5' })).toEqual({ index: 2, count: 5 });
  });
  it('says what the scheduler does not', () => {
    expect(() => parseShard('auto', {})).toThrow('no job scheduler says which shard this is');
    expect(() => parseShard('auto', { JOB_COMPLETION_INDEX: '0' })).toThrow(
      'give the number: --shard auto/8',
    );
    expect(() => parseShard('auto/2', { JOB_COMPLETION_INDEX: '2' })).toThrow('there is no shard 3 of 2');
  });
});

describe('isInShard', () => {
  it('puts each point into exactly one shard, and shardSize counts them', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.nat(500), (count, points) => {
        const shards = Array.from({ length: count }, (_, index) => ({ index: index + 1, count }));
        const sizes = shards.map(() => 0);
        for (let point = 0; point < points; point++) {
          const owners = shards.filter((shard) => isInShard(shard, point));
          expect(owners).toHaveLength(1);
          sizes[owners[0].index - 1]++;
        }
        expect(shards.map((shard) => shardSize(shard, points))).toEqual(sizes);
      }),
    );
  });
});
