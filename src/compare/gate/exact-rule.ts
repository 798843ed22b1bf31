import type { Json, ResultDocument } from '../../measurement/result-document.ts';
import { shown } from '../comparable.ts';
import { differingLeaves } from '../differences.ts';
import type { Run } from '../side.ts';
import type { RuleResult } from './result.ts';

/** Parts of a document that equal scenario and seed determine. */
const DETERMINED = ['partial', 'scenario_hash', 'seed', 'measurements'] as const;

/**
 * Demands that two simulated runs of equal scenario and seed are identical to the last sample. Runs that need not
 * be identical leave it undecided.
 */
export function judgeExactness(baseline: Run, candidate: Run, label: string): RuleResult {
  const base = {
    rule: 'exact',
    candidate: label,
    file: candidate.file,
    thread: '',
    limit: `identical to ${baseline.file}`,
  };
  const reason = whyNotExact(baseline.document, candidate.document);
  if (reason !== null) return { ...base, verdict: 'undecided', actual: 'unknown', reason };
  const pick = (document: ResultDocument) =>
    Object.fromEntries(DETERMINED.map((key) => [key, document[key]])) as unknown as Json;
  const found = differingLeaves(pick(baseline.document), pick(candidate.document));
  if (found.length === 0)
    return { ...base, verdict: 'passed', actual: 'identical', reason: 'every sample is the same' };
  const [{ path, before, after }] = found as [(typeof found)[number]];
  const first = `${path} is ${shown(after, before)}, not ${shown(before, after)}`;
  const more = found.length > 1 ? `, and ${found.length - 1} more differences` : '';
  return { ...base, verdict: 'failed', actual: `${found.length} differences`, reason: `${first}${more}` };
}

function whyNotExact(a: ResultDocument, b: ResultDocument): string | null {
  if (a.origin !== 'simulated' || b.origin !== 'simulated') return 'only simulated runs repeat exactly';
  if (a.scenario_hash !== b.scenario_hash) return 'the scenarios differ';
  return a.seed === b.seed ? null : `the seeds differ: ${shown(a.seed)} and ${shown(b.seed)}`;
}
