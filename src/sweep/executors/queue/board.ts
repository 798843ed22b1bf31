import type { Redis } from 'ioredis';
import { VERSION } from '../../../version.ts';
import type { SweepDefinition } from '../../plan/plan.ts';

/** All keys in Redis begin with this. */
export const KEY_PREFIX = 'kvmtimer';

/** Workers of one version never see the jobs of another. */
export function queueName(version: string = VERSION): string {
  return `sweep-${version}`;
}

/** What a job of the queue holds: points of a plan that is kept beside the queue. */
export interface BatchJob {
  readonly plan_hash: string;
  readonly points: readonly number[];
}

const DEFINITION_SECONDS = 24 * 3600;
const ANNOUNCED_SECONDS = 30;

/** What coordinators tell the workers beside the jobs. */
export class Board {
  readonly #redis: Redis;

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  async publish(planHash: string, definition: SweepDefinition): Promise<void> {
    const text = JSON.stringify(definition);
    await this.#redis.set(`${KEY_PREFIX}:definition:${planHash}`, text, 'EX', DEFINITION_SECONDS);
  }

  async definition(planHash: string): Promise<SweepDefinition | undefined> {
    const text = await this.#redis.get(`${KEY_PREFIX}:definition:${planHash}`);
    return text === null ? undefined : JSON.parse(text);
  }

  /** Says, for half a minute, that a sweep of this version is going on. */
  async announce(planHash: string, version: string): Promise<void> {
    await this.#redis.set(`${KEY_PREFIX}:active:${planHash}`, version, 'EX', ANNOUNCED_SECONDS);
  }

  async withdraw(planHash: string): Promise<void> {
    await this.#redis.del(`${KEY_PREFIX}:active:${planHash}`);
  }

  /** Versions of the sweeps that are going on. */
  async activeVersions(): Promise<string[]> {
    const versions = new Set<string>();
    let cursor = '0';
    do {
      const [next, keys] = await this.#redis.scan(cursor, 'MATCH', `${KEY_PREFIX}:active:*`, 'COUNT', 1000);
      const values = keys.length === 0 ? [] : await this.#redis.mget(keys);
      for (const version of values) if (version !== null) versions.add(version);
      cursor = next;
    } while (cursor !== '0');
    return [...versions].sort();
  }
}
