import { visible } from '../../user-error.ts';
import { durationName } from '../metric.ts';
import { formatPercent } from '../report/numbers.ts';
import type { BaselineFinding, BaselineStatus, Move } from './check.ts';

const WORDS: Readonly<Record<BaselineStatus, string>> = {
  same: 'same',
  moved: 'MOVED',
  missing: 'MISSING',
  stale: 'STALE',
};

/** What is not as accepted, figure by figure, and how many scenarios were looked at. */
export function renderFindings(findings: readonly BaselineFinding[]): string {
  const open = findings.filter((finding) => finding.status !== 'same');
  const count = (status: BaselineStatus) => findings.filter((finding) => finding.status === status).length;
  const counts = (['same', 'moved', 'missing', 'stale'] as const).filter((status) => count(status) > 0);
  const tally = counts.map((status) => `${count(status)} ${status}`).join(', ');
  const scenarios = findings.length === 1 ? '1 scenario' : `${findings.length} scenarios`;
  return `${open.map(renderFinding).join('')}${scenarios}: ${tally}\n`;
}

export function renderFindingsJson(findings: readonly BaselineFinding[]): string {
  return `${JSON.stringify({ document: 'kvmtimer-baseline-check', schema_version: 1, findings }, null, 2)}\n`;
}

function renderFinding({ scenario, status, scenarioChanged, moves }: BaselineFinding): string {
  const changed = scenarioChanged ? ' (the scenario or its profile was changed)' : '';
  const lines = moves.map((move) => `  thread ${visible(move.thread)}: ${renderMove(move)}\n`);
  return `${WORDS[status]} ${visible(scenario)}${changed}\n${lines.join('')}`;
}

function renderMove({ figure, before, after }: Move): string {
  if (figure === 'digest') return 'no figure, but single samples, stages or worst cases moved';
  if (typeof before !== 'number' || typeof after !== 'number') return `${figure} ${before} -> ${after}`;
  const inNs = figure.endsWith('_ns');
  const shown = (value: number) => (inNs ? durationName(value) : String(value));
  const percent = before === 0 ? '' : ` (${formatPercent(((after - before) / before) * 100)})`;
  return `${inNs ? figure.slice(0, -3) : figure} ${shown(before)} -> ${shown(after)}${percent}`;
}
