import { UserError } from '../user-error.ts';
import type { Format } from './format.ts';
import { FORMATS } from './formats.ts';
import { unusable } from './reading/problem.ts';

/** The format that `text` is of. Throws a UserError when it is of none. */
export function formatOf(text: string, file: string): Format {
  const [best] = FORMATS.map((format) => ({ format, confidence: format.detect(text) })).sort(
    (a, b) => b.confidence - a.confidence,
  );
  if (best.confidence > 0) return best.format;
  if (text.trim() === '') throw unusable('input-empty', file, 'is empty');
  const [message, hint] = unknownText(text);
  throw unusable('format-unknown', file, message, hint);
}

/** The format called `name`. Throws a UserError that lists them all when there is none. */
export function formatNamed(name: string): Format {
  const format = FORMATS.find((candidate) => candidate.name === name);
  if (format !== undefined) return format;
  const message = `there is no format "${name}"`;
  throw new UserError('format-unknown', {
    path: '--from',
    message,
    hint: FORMATS.map((row) => row.name).join(', '),
  });
}

/** Looks at the beginning only: what the file is, not what it says. */
function unknownText(text: string): readonly [message: string, hint: string] {
  const head = text.slice(0, 64 * 1024);
  if (/^Usage:/m.test(head) && /^cyclictest <options>/m.test(head)) {
    return ['holds the usage text of cyclictest, no results', 'did cyclictest refuse its options?'];
  }
  if (/[\0\ufffd]/.test(head)) return ['is not text', 'a compressed file must be unpacked first'];
  return ['is of no known format', `--from NAME with one of ${FORMATS.map(({ name }) => name).join(', ')}`];
}
