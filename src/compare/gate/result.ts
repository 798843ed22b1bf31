/**
 * - `undecided`: the data cannot answer (a percentile that the sample does not support, censored samples). It makes
 *   the gate exit with 3: a rule that was not judged must not look like one that passed.
 */
export type Verdict = 'passed' | 'failed' | 'undecided';

/** What became of one rule for one candidate and thread. */
export interface RuleResult {
  readonly rule: string;
  readonly candidate: string;
  readonly file: string;
  readonly thread: string;
  readonly verdict: Verdict;
  /** The candidate's figure, as shown to people. */
  readonly actual: string;
  /** What it was held against. */
  readonly limit: string;
  /** Why the verdict is what it is, in one sentence. */
  readonly reason: string;
}

export interface GateReport {
  /** Failed if any rule failed, else undecided if any was, else passed. */
  readonly verdict: Verdict;
  readonly results: readonly RuleResult[];
}

/** Sums up the rules. No results is no pass. */
export function gateReport(results: readonly RuleResult[]): GateReport {
  const has = (verdict: Verdict) => results.some((result) => result.verdict === verdict);
  const verdict = has('failed')
    ? 'failed'
    : has('undecided') || results.length === 0
      ? 'undecided'
      : 'passed';
  return { verdict, results };
}
