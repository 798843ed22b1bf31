import { parseResult } from '../../measurement/serialize.ts';
import type { Format } from '../format.ts';

/** The documents that `run`, `record` and `import` write. */
export const resultJson: Format = {
  name: 'kvmtimer',
  description: 'result documents of kvmtimer itself',
  detect: (text) => (/"document"\s{0,20}:\s{0,20}"kvmtimer-result"/.test(text) ? 1 : 0),
  read: (text, { file }) => [parseResult(text, file)],
};
