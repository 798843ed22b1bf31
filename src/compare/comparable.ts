import type { Json, ResultDocument } from '../measurement/result-document.ts';
import { ExitCode, type Problem, UserError } from '../user-error.ts';
import { type Difference, differences } from './differences.ts';
import type { Run, Side } from './side.ts';

/** A difference between the baseline and another side that the user declared to be the experiment. */
export interface DeclaredDifference extends Difference {
  readonly label: string;
}

/**
 * Makes sure that a comparison means something and returns the declared differences. Throws a UserError with exit
 * code 3 that lists every difference that is not the experiment. `vary` holds paths; a path covers all below it.
 */
export function assertComparable(sides: readonly Side[], vary: readonly string[]): DeclaredDifference[] {
  const problems: Problem[] = [];
  const declared: DeclaredDifference[] = [];
  for (const side of sides) problems.push(...mixedRuns(side), ...repeatedRuns(side));
  const [baseline, ...others] = sides;
  for (const other of others) {
    for (const difference of differences(baseline!.runs[0]!.document, other.runs[0]!.document)) {
      if (vary.some((path) => covers(path, difference.path)))
        declared.push({ ...difference, label: other.label });
      else problems.push(undeclared(baseline!.label, other, difference));
    }
  }
  if (problems.length > 0) throw new UserError('not-comparable', problems, ExitCode.notComparable);
  for (const path of vary) assertKnownPath(path, sides, declared);
  return declared;
}

function undeclared(baseline: string, side: Side, { path, before, after }: Difference): Problem {
  return {
    file: side.runs[0]!.file,
    path,
    message: `is ${shown(after, before)}, but ${shown(before, after)} in ${baseline}`,
    hint: `if this is the experiment: --vary ${path}`,
  };
}

/** The runs of one side must be repetitions of one experiment. */
function mixedRuns({ label, runs }: Side): Problem[] {
  return runs.slice(1).flatMap((run) =>
    differences(runs[0]!.document, run.document).map(({ path, before, after }) => ({
      file: run.file,
      path,
      message: `is ${shown(after, before)}, but ${shown(before, after)} in ${runs[0]!.file}, which is also "${label}"`,
      hint: 'give it a label of its own: label=path',
    })),
  );
}

/** A simulated run counted twice would feign more samples than there are. */
function repeatedRuns({ label, runs }: Side): Problem[] {
  return runs.flatMap((run, index) => {
    const twin = runs.slice(0, index).find((earlier) => isSameRun(earlier.document, run.document));
    if (twin === undefined) return [];
    const message = `has the seed ${shown(run.document.seed)} of ${twin.file}: it is the same run of "${label}" again`;
    return [{ file: run.file, message, hint: 'repetitions need seeds of their own' }];
  });
}

function isSameRun(a: ResultDocument, b: ResultDocument): boolean {
  return a.seed !== null && a.seed === b.seed && a.scenario_hash === b.scenario_hash;
}

/** A mistyped --vary would quietly allow nothing. */
function assertKnownPath(path: string, sides: readonly Side[], declared: readonly Difference[]): void {
  if (declared.some((difference) => covers(path, difference.path)) || path === 'origin') return;
  const runs = sides.flatMap((side) => side.runs);
  if (runs.some((run) => isField(path, run))) return;
  throw new UserError('unknown-field', {
    path: '--vary',
    message: `no input has a field "${path}"`,
    hint: 'a path like host.kvm.enable_hv_timer or facts.kernel',
  });
}

function isField(path: string, { document }: Run): boolean {
  const roots: unknown[] = [document.scenario, { facts: document.facts }];
  return roots.some((root) => {
    let value = root;
    for (const key of path.split('.')) {
      if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return false;
      value = (value as Record<string, unknown>)[key];
    }
    return true;
  });
}

export function covers(path: string, field: string): boolean {
  return field === path || field.startsWith(`${path}.`);
}

/** A value in a message, short: of a long text the part around where it begins to differ from the other value. */
export function shown(value: Json | undefined, other?: Json): string {
  if (value === undefined) return 'absent';
  const text = JSON.stringify(value);
  if (text.length <= LONGEST) return text;
  const compared = JSON.stringify(other) ?? '';
  let same = 0;
  while (same < text.length && text[same] === compared[same]) same++;
  const start = Math.max(0, Math.min(same - LONGEST / 2, text.length - LONGEST));
  const end = start + LONGEST;
  return `${start > 0 ? '...' : ''}${text.slice(start, end)}${end < text.length ? '...' : ''}`;
}

const LONGEST = 60;
