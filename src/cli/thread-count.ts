import { InvalidArgumentError } from './commander.ts';

const MAX_THREADS = 1024;

/** Argument of `--jobs`. */
export function threadCount(text: string): number {
  const count = Number(text);
  if (/^\d+$/.test(text) && count >= 1 && count <= MAX_THREADS) return count;
  throw new InvalidArgumentError(`A whole number from 1 to ${MAX_THREADS} is expected.`);
}
