import type { z as zod } from 'zod';

/** No control characters, and no separators or overrides that garble a line. */
const PRINTABLE = /^[^\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]*$/;

/** A text of `min` to `max` characters that may reach a terminal as it is. */
export function printableText(z: Pick<typeof zod, 'string'>, min: number, max: number): zod.ZodString {
  return z.string().min(min).max(max).regex(PRINTABLE, 'contains a control character');
}
