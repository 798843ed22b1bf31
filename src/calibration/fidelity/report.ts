import { Chalk } from 'chalk';
import Table from 'cli-table3';
import { BORDERLESS } from '../../report/table/borderless.ts';
import { figuresOf, HEADINGS, type ScoreFigures, summaryText } from './figures.ts';
import { type Score, summarise } from './judge.ts';

export const KINDS = ['predicted', 'calibrated'] as const;

/** The scoreboard for people: experiments with their rows, then how well each kind of row comes out. */
export function scoreboardTable(scores: readonly Score[], color: boolean): string {
  const chalk = new Chalk({ level: color ? 1 : 0 });
  const table = new Table({
    head: [...HEADINGS],
    colAligns: ['left', 'right', 'right', 'right', 'left', 'left', 'left'],
    chars: { ...BORDERLESS, middle: '' },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2 },
  });
  for (const [experiment, rows] of byExperiment(scores)) {
    table.push([{ content: chalk.bold(experiment), colSpan: HEADINGS.length }]);
    for (const row of rows) {
      const verdict = row.verdict === '' ? '' : chalk.red(row.verdict);
      const sign = row.sign === 'wrong' ? chalk.red(row.sign) : row.sign;
      table.push([`  ${row.what}`, row.published, row.model, row.error, sign, row.kind, verdict]);
    }
  }
  const text = table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
  return `${text}\n\n${summaries(scores).join('\n')}\n`;
}

/** The same as GitHub's Markdown. */
export function scoreboardMarkdown(scores: readonly Score[]): string {
  const lines = [
    '| experiment | what | published | kvmtimer | error | sign | kind |',
    '| --- | --- | ---: | ---: | ---: | --- | --- |',
    ...scores.map(figuresOf).map((row) => {
      const kind = row.verdict === '' ? row.kind : `${row.kind}, **outside its tolerance**`;
      return `| ${[row.experiment, row.what, row.published, row.model, row.error, row.sign, kind].join(' | ')} |`;
    }),
  ];
  return `${lines.join('\n')}\n\n${summaries(scores)
    .map((line) => `- ${line}`)
    .join('\n')}\n`;
}

function summaries(scores: readonly Score[]): string[] {
  return KINDS.map((kind) => [kind, summarise(scores, kind)] as const)
    .filter(([, { rows }]) => rows > 0)
    .map(([kind, summary]) => summaryText(kind, summary));
}

function byExperiment(scores: readonly Score[]): Map<string, ScoreFigures[]> {
  const groups = new Map<string, ScoreFigures[]>();
  for (const score of scores) {
    const group = groups.get(score.experiment) ?? [];
    groups.set(score.experiment, [...group, figuresOf(score)]);
  }
  return groups;
}
