import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * A function that collects all garbage of this thread at once. For work that leaves little garbage but goes on for
 * minutes: V8 would let it lie until the process has grown by some ten MiB. The flag holds for all threads and stays.
 */
export function garbageCollector(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}
