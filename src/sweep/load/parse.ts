import { z } from 'zod';
import { FieldCatalogue, type FieldSchema } from '../../scenario/field-catalogue.ts';
import type { JsonPath, JsonSource } from '../../scenario/json-source.ts';
import { pathText } from '../../scenario/merge.ts';
import { describeIssues, type Locate } from '../../scenario/problems.ts';
import { type Problem, UserError } from '../../user-error.ts';
import { type SweepFile, sweepSchema } from '../schema.ts';
import { type Fault, findFaults } from './check.ts';

let catalogue: FieldCatalogue | undefined;

/** Checks a sweep file as far as it goes without the scenario. Throws a UserError ("sweep-invalid"). */
export function parseSweep(source: JsonSource): SweepFile {
  const locate: Locate = (path, part) => ({
    file: source.file,
    ...source.locate(path, part),
    path: pathText(path),
  });
  const parsed = sweepSchema.safeParse(source.value);
  if (!parsed.success) {
    catalogue ??= new FieldCatalogue(z.toJSONSchema(sweepSchema, { io: 'input' }) as FieldSchema);
    const issues = parsed.error.issues.flatMap((issue) => chosenBranch(issue));
    const problems = describeIssues(issues, source.value, catalogue, locate);
    throw new UserError(
      'sweep-invalid',
      problems.map((problem) => ({ ...problem, hint: problem.hint ?? hintFor(problem) })),
    );
  }
  const faults = findFaults(parsed.data);
  if (faults.length > 0) throw sweepInvalid(source, faults);
  return parsed.data;
}

/** The catalogue knows named fields; values by field path are described here. */
function hintFor({ path = '' }: Problem): string | undefined {
  if (/^(vary|zip)\b.*\.step$/.test(path)) return 'a number above 0';
  if (/^(vary|zip)\b.*\.points$/.test(path)) return 'a whole number from 2 to 1000000';
  if (/^(vary|zip)\b/.test(path)) return 'a list of values, or a range: {"from": 0, "to": 100, "step": 10}';
  if (/^exclude\b/.test(path)) return 'a value, a list of values, or {"min": 0, "max": 100}';
  return undefined;
}

export function sweepInvalid(source: JsonSource, faults: readonly Fault[]): UserError {
  return new UserError(
    'sweep-invalid',
    faults.map((fault) => problemAt(source, fault)),
  );
}

function problemAt(source: JsonSource, { at, part, message, hint }: Fault): Problem {
  return { file: source.file, ...source.locate(at, part), path: pathText(at as JsonPath), message, hint };
}

/** Of a list or a range, the one that was meant: its own issues say more than "neither fits". */
function chosenBranch(issue: z.core.$ZodIssue): z.core.$ZodIssue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const meant = issue.errors.find((branch) => !branch.some(isOfAnotherKind));
  if (meant === undefined) return [issue];
  return meant.flatMap((inner) => chosenBranch({ ...inner, path: [...issue.path, ...inner.path] }));
}

function isOfAnotherKind(issue: z.core.$ZodIssue): boolean {
  return issue.code === 'invalid_type' && issue.path.length === 0;
}
