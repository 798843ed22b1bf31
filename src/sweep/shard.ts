import { UserError } from '../user-error.ts';

/** Part `index` (1-based) of `count`: the points whose place in the plan is index - 1 modulo count. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/** Interleaved, so that dear and cheap regions of the space are shared out evenly. */
export function isInShard({ index, count }: Shard, point: number): boolean {
  return point % count === index - 1;
}

export function shardSize({ index, count }: Shard, points: number): number {
  return Math.ceil(Math.max(0, points - index + 1) / count);
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * `i/n`, or what the job scheduler says: `auto` where it tells the number of jobs, too (Slurm array, GitLab), and
 * `auto/n` where it does not (Kubernetes Indexed Job). Throws a UserError ("shard-invalid").
 */
export function parseShard(text: string, env: Environment): Shard {
  const auto = /^auto(?:\/(\d{1,7}))?$/.exec(text);
  if (auto) return checked(text, fromScheduler(env, auto[1] === undefined ? undefined : Number(auto[1])));
  const parts = /^(\d{1,7})\/(\d{1,7})$/.exec(text);
  if (parts === null) throw invalid(text, 'is no shard');
  return checked(text, { index: Number(parts[1]), count: Number(parts[2]) });
}

function checked(text: string, { index, count }: Shard): Shard {
  if (count < 1) throw invalid(text, 'cannot be split into 0 shards');
  if (index < 1 || index > count) throw invalid(text, `there is no shard ${index} of ${count}`);
  return { index, count };
}

function invalid(text: string, message: string): UserError {
  const hint = 'i/n with i from 1 to n, as in 3/8; or auto, auto/n under a job scheduler';
  return new UserError('shard-invalid', { path: `--shard ${text}`, message, hint });
}

/** Slurm may begin an array anywhere; Kubernetes counts from 0; GitLab and others count from 1. */
function fromScheduler(env: Environment, given: number | undefined): Shard {
  const number = (name: string) => (/^\d{1,7}$/.test(env[name] ?? '') ? Number(env[name]) : undefined);
  const task = number('SLURM_ARRAY_TASK_ID');
  if (task !== undefined) {
    const first = number('SLURM_ARRAY_TASK_MIN') ?? 0;
    const stride = number('SLURM_ARRAY_TASK_STEP') ?? 1;
    return {
      index: (task - first) / Math.max(1, stride) + 1,
      count: needed(given ?? number('SLURM_ARRAY_TASK_COUNT')),
    };
  }
  const completion = number('JOB_COMPLETION_INDEX');
  if (completion !== undefined)
    return { index: completion + 1, count: needed(given ?? number('JOB_COMPLETIONS')) };
  const node = number('CI_NODE_INDEX');
  if (node !== undefined) return { index: node, count: needed(given ?? number('CI_NODE_TOTAL')) };
  throw new UserError('shard-invalid', {
    path: '--shard auto',
    message: 'no job scheduler says which shard this is',
    hint: 'SLURM_ARRAY_TASK_ID, JOB_COMPLETION_INDEX or CI_NODE_INDEX is looked for; or give i/n',
  });
}

function needed(count: number | undefined): number {
  if (count !== undefined) return count;
  throw new UserError('shard-invalid', {
    path: '--shard auto',
    message: 'the job scheduler does not say how many shards there are',
    hint: 'give the number: --shard auto/8',
  });
}
