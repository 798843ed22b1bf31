import { ExitCode, UserError } from '../../user-error.ts';
import type { Levels } from '../change.ts';
import { assertComparable } from '../comparable.ts';
import { DEFAULT_ALPHA, DEFAULT_CONFIDENCE } from '../compare.ts';
import type { Side } from '../side.ts';
import { matchThreads, type ThreadOptions } from '../threads.ts';
import { judgeExactness } from './exact-rule.ts';
import { needsBaseline, type Rule } from './expression.ts';
import { judgeLimit } from './limit-rule.ts';
import { type GateReport, gateReport, type RuleResult } from './result.ts';
import { judgeSignificance } from './significant-rule.ts';
import type { MinEffect, Subject } from './subject.ts';

export interface GateOptions extends ThreadOptions, Partial<Levels> {
  readonly vary?: readonly string[];
  readonly minEffect?: MinEffect;
  /** Demand identity with the baseline: simulated runs of equal seed. */
  readonly exact?: boolean;
}

export const DEFAULT_MIN_EFFECT: MinEffect = { unit: 'share', value: 0.01 };

/**
 * Judges every rule for every candidate and thread. Throws a UserError with exit code 3 when there is nothing to
 * judge or the candidates are not comparable with the baseline.
 */
export function evaluateGate(
  baseline: Side | null,
  candidates: readonly Side[],
  rules: readonly Rule[],
  options: GateOptions = {},
): GateReport {
  assertSomethingToJudge(baseline, candidates, rules, options.exact ?? false);
  const sides = baseline === null ? candidates : [baseline, ...candidates];
  if (baseline !== null) assertComparable(sides, options.vary ?? []);
  const results = candidates.flatMap((candidate) => [
    ...(options.exact ? exactResults(baseline!, candidate) : []),
    ...(rules.length > 0 ? ruleResults(baseline, candidate, rules, options) : []),
  ]);
  return gateReport(results);
}

/** Exit code of a judged gate. */
export function gateExitCode({ verdict }: GateReport): ExitCode {
  if (verdict === 'passed') return ExitCode.success;
  return verdict === 'failed' ? ExitCode.gateFailed : ExitCode.notComparable;
}

function ruleResults(
  baseline: Side | null,
  candidate: Side,
  rules: readonly Rule[],
  options: GateOptions,
): RuleResult[] {
  const sides = baseline === null ? [candidate] : [baseline, candidate];
  const { threads } = matchThreads(sides, options);
  return threads.flatMap((thread) => {
    const subject: Subject = {
      candidate: candidate.label,
      file: candidate.runs[0]!.file,
      thread: thread.name,
      runs: thread.sides.at(-1)!,
      baselineRuns: baseline === null ? null : thread.sides[0]!,
      repeated: !options.pool && sides.some((side) => side.runs.length > 1),
      levels: { confidence: options.confidence ?? DEFAULT_CONFIDENCE, alpha: options.alpha ?? DEFAULT_ALPHA },
      minEffect: options.minEffect ?? DEFAULT_MIN_EFFECT,
    };
    return rules.map((rule) => {
      const outcome = rule.kind === 'limit' ? judgeLimit(rule, subject) : judgeSignificance(subject);
      const { candidate: label, file, thread: name } = subject;
      return { rule: rule.text, candidate: label, file, thread: name, ...outcome };
    });
  });
}

/** Runs are matched in their order; a missing partner is a difference, too. */
function exactResults(baseline: Side, candidate: Side): RuleResult[] {
  const count = Math.max(baseline.runs.length, candidate.runs.length);
  return Array.from({ length: count }, (_, index) => {
    const [before, after] = [baseline.runs[index], candidate.runs[index]];
    if (before !== undefined && after !== undefined) return judgeExactness(before, after, candidate.label);
    const runs = `${baseline.runs.length} and ${candidate.runs.length} runs`;
    return {
      rule: 'exact',
      candidate: candidate.label,
      file: (after ?? candidate.runs[0]!).file,
      thread: '',
      verdict: 'undecided',
      actual: runs,
      limit: 'as many runs',
      reason: `${runs} cannot be matched one by one`,
    };
  });
}

function assertSomethingToJudge(
  baseline: Side | null,
  candidates: readonly Side[],
  rules: readonly Rule[],
  exact: boolean,
): void {
  const nothing = (message: string, hint: string) =>
    new UserError('nothing-compared', { message, hint }, ExitCode.notComparable);
  if (candidates.length === 0) throw nothing('there is no candidate to judge', 'give a result file');
  if (rules.length === 0 && !exact) throw nothing('there are no rules to judge by', '--gate "p99.9 < 40us"');
  const dependent = exact ? '--exact' : rules.find(needsBaseline)?.text;
  if (baseline === null && dependent !== undefined) {
    throw nothing(`"${dependent}" needs a baseline, and there is none`, '--baseline FILE');
  }
}
