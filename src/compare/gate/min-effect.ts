import { UserError } from '../../user-error.ts';
import { parseDurationNs } from './parse.ts';
import type { MinEffect } from './subject.ts';

/** "1%" of the baseline's value, or a latency such as "0.5us". */
export function parseMinEffect(text: string): MinEffect {
  const percent = /^\s*(\d+(?:\.\d+)?)\s*%\s*$/.exec(text);
  if (percent !== null) return { unit: 'share', value: Number(percent[1]) / 100 };
  try {
    return { unit: 'ns', value: parseDurationNs(text) };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const message = 'is no effect size';
    throw new UserError('gate-invalid', {
      path: `"${text}"`,
      message,
      hint: 'a part of the baseline, 1%, or a latency, 0.5us',
    });
  }
}
