import { type Annotation, writeAnnotations } from '../../formats/github/annotations.ts';
import { writeJunit } from '../../formats/junit/write.ts';
import { visible } from '../../user-error.ts';
import { cell } from '../report/markdown.ts';
import { type Palette, PLAIN } from '../report/palette.ts';
import type { GateReport, RuleResult, Verdict } from './result.ts';

const WORDS: Readonly<Record<Verdict, string>> = {
  passed: 'passed',
  failed: 'FAILED',
  undecided: 'UNDECIDED',
};

/** One line per rule, and the verdict. */
export function renderGate(report: GateReport, palette: Palette = PLAIN): string {
  const paint = { passed: palette.better, failed: palette.worse, undecided: palette.worse };
  const lines = report.results.map((result) => {
    const word = WORDS[result.verdict].padEnd(9);
    const text = visible(`${place(result)}${result.rule}: ${result.reason}`);
    return `${paint[result.verdict](word)}  ${text}\n`;
  });
  return `${lines.join('')}${paint[report.verdict](`gate ${WORDS[report.verdict]}`)}: ${tally(report)}\n`;
}

/** The report for programs. */
export function gateDocument({ verdict, results }: GateReport): object {
  return { document: 'kvmtimer-gate', schema_version: 1, verdict, results };
}

export function renderGateJson(report: GateReport): string {
  return `${JSON.stringify(gateDocument(report), null, 2)}\n`;
}

export function renderGateMarkdown(report: GateReport): string {
  const rows = report.results.map(({ verdict, rule, candidate, thread, actual, limit, reason }) =>
    [WORDS[verdict], rule, candidate, thread, actual, limit, reason].map(cell),
  );
  const head = ['verdict', 'rule', 'candidate', 'thread', 'actual', 'limit', 'reason'];
  const lines = [head, head.map(() => ':--'), ...rows].map((cells) => `| ${cells.join(' | ')} |\n`);
  return `## Gate ${WORDS[report.verdict]}\n\n${lines.join('')}`;
}

/** What is undecided is an error in JUnit's sense: the rule could not be judged. */
export function renderGateJunit(report: GateReport): string {
  const outcomes = { passed: 'passed', failed: 'failure', undecided: 'error' } as const;
  const cases = report.results.map((result) => ({
    classname: `kvmtimer.${result.candidate}${result.thread === '' ? '' : `.${result.thread}`}`,
    name: result.rule,
    outcome: outcomes[result.verdict],
    message: result.reason,
    details: `file: ${result.file}\nactual: ${result.actual}\nlimit: ${result.limit}\n${result.reason}`,
  }));
  return writeJunit('kvmtimer gate', cases);
}

/** Annotations for what did not pass, and a notice when all did. */
export function renderGateAnnotations(report: GateReport): string {
  const open = report.results.filter((result) => result.verdict !== 'passed');
  const annotations: Annotation[] = open.map((result) => ({
    level: 'error',
    title: `gate ${WORDS[result.verdict]}: ${place(result)}${result.rule}`,
    message: `${result.reason} (${result.file})`,
  }));
  const level = report.verdict === 'passed' ? 'notice' : 'error';
  const summary: Annotation = { level, title: `gate ${WORDS[report.verdict]}`, message: tally(report) };
  return writeAnnotations([...annotations, summary]);
}

function place({ candidate, thread }: RuleResult): string {
  return `${candidate}${thread === '' ? '' : ` ${thread}`}: `;
}

function tally({ results }: GateReport): string {
  const count = (verdict: Verdict) => results.filter((result) => result.verdict === verdict).length;
  const parts = (['passed', 'failed', 'undecided'] as const).filter((verdict) => count(verdict) > 0);
  const rules = results.length === 1 ? '1 rule' : `${results.length} rules`;
  return `${rules}: ${parts.map((verdict) => `${count(verdict)} ${verdict}`).join(', ') || 'none judged'}`;
}
