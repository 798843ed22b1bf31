import { parseResults } from '../../measurement/serialize.ts';
import type { Format } from '../format.ts';
import { parsedJson } from '../reading/json-blocks.ts';

/** The documents that `run`, `record` and `import` write: one, or a list of them. */
export const resultJson: Format = {
  name: 'kvmtimer',
  description: 'result documents of kvmtimer itself',
  detect: (text) => (/"document"\s{0,20}:\s{0,20}"kvmtimer-result"/.test(text) ? 1 : 0),
  read(text, { file }) {
    parsedJson(text, { file, line: 1 }); // Knows the line of a syntax error.
    return parseResults(text, file);
  },
};
