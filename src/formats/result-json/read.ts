import { parseResults } from '../../measurement/serialize.ts';
import type { Format } from '../format.ts';
import { assertShallow, parsedJson } from '../reading/json-blocks.ts';

/** The documents that `run`, `record` and `import` write: one, or a list of them. */
export const resultJson: Format = {
  name: 'kvmtimer',
  description: 'result documents of kvmtimer itself',
  detect: (text) => (/"document"\s{0,20}:\s{0,20}"kvmtimer-result"/.test(text) ? 1 : 0),
  read(text, { file }) {
    const place = { file, line: 1 };
    parsedJson(text, place); // Knows the line of a syntax error.
    assertShallow(text, place);
    return parseResults(text, file);
  },
};
