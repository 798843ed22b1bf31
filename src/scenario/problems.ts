import type { z } from 'zod';
import type { Problem } from '../user-error.ts';
import { type FieldCatalogue, likelyWord } from './field-catalogue.ts';
import type { JsonPath } from './json-source.ts';
import { pathText, valueAt } from './merge.ts';
import { nearest } from './suggest.ts';

/** Where a value stands: the part of a Problem that names the place. */
export type Locate = (
  path: JsonPath,
  part: 'key' | 'value',
) => Pick<Problem, 'file' | 'line' | 'column' | 'path'>;

/** Names that people know a field by, and the name it has here. */
const ALIASES: Readonly<Record<string, string>> = {
  preemption_timer: 'enable_hv_timer',
  hv_timer: 'enable_hv_timer',
  lapic_timer_advance: 'lapic_timer_advance_ns',
  avic: 'enable_apicv',
  apicv: 'enable_apicv',
  cpu_pm: 'disable_exits',
  interval: 'interval_us',
  distance: 'distance_us',
  histogram: 'histogram_us',
  prio: 'priority',
};

const SHORT_LIST = 12;

/** Every issue that zod found, as a user reads it. */
export function describeIssues(
  issues: readonly z.core.$ZodIssue[],
  value: unknown,
  catalogue: FieldCatalogue,
  locate: Locate,
): Problem[] {
  return issues.flatMap((issue): Problem[] => {
    const path = issue.path as JsonPath;
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({
        ...locate([...path, key], 'key'),
        message: 'no such field',
        hint: likelyField(key, path, catalogue),
      }));
    }
    const actual = valueAt(value, path);
    if (actual === undefined) {
      return [{ ...locate(path, 'value'), message: 'is missing', hint: catalogue.allowedAt(path) }];
    }
    const message =
      issue.code === 'custom' || issue.code === 'invalid_format' ? issue.message : `is ${shown(actual)}`;
    return [{ ...locate(path, 'value'), message, hint: likelyValue(actual, path, catalogue) }];
  });
}

/** The word that was probably meant, and what is allowed, unless that is a long list. */
function likelyValue(actual: unknown, path: JsonPath, catalogue: FieldCatalogue): string | undefined {
  const words = catalogue.wordsAt(path);
  const meant = typeof actual === 'string' ? likelyWord(actual, words) : undefined;
  if (meant !== undefined && words.length > SHORT_LIST) return meant;
  const allowed = catalogue.allowedAt(path);
  return meant === undefined ? allowed : `${meant} ${allowed}`;
}

/**
 * The field of this object that was probably meant, or the same field where it belongs, or what there is.
 */
function likelyField(key: string, path: JsonPath, catalogue: FieldCatalogue): string {
  const here = catalogue.keysAt(path);
  const alias = Object.hasOwn(ALIASES, key) ? ALIASES[key] : undefined;
  const name = alias !== undefined && here.includes(alias) ? alias : nearest(key, here);
  if (name !== undefined) return `did you mean "${name}"?`;
  const [elsewhere] = catalogue.pathsTo(alias ?? key);
  if (elsewhere !== undefined) return `did you mean "${elsewhere}"?`;
  return here.length === 0 ? `${pathText(path)} has no fields` : `allowed: ${here.join(', ')}`;
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
