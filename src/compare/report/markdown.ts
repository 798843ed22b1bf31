import { visible } from '../../user-error.ts';
import type { Comparison, ThreadComparison } from '../comparison.ts';
import { metricName } from '../metric.ts';
import { changeCells, formatEstimate, formatP } from './numbers.ts';

/** The comparison as GitHub-flavoured Markdown, for job summaries and comments. Latencies are in µs. */
export function renderMarkdown(comparison: Comparison): string {
  const tables = comparison.threads.map((thread) => {
    const title = comparison.threads.length > 1 ? `### Thread ${cell(thread.name)}\n\n` : '';
    return `${title}${table(comparison, thread)}${tests(comparison, thread)}`;
  });
  const notes = comparison.footnotes.map((note) => `- ${cell(note)}\n`).join('');
  return `${tables.join('\n')}${notes === '' ? '' : `\n${notes}`}`;
}

function table({ sides }: Comparison, thread: ThreadComparison): string {
  const [baseline, ...others] = sides.map(({ label }) => cell(label));
  const head = ['µs', baseline!, ...others.flatMap((label) => [label, `${label} vs ${baseline}`])];
  const body = thread.rows.map(({ metric, estimates, changes }) => {
    const [first, ...rest] = estimates.map((estimate) => formatEstimate(metric, estimate, thread.binWidthNs));
    const changed = (index: number) => {
      const [delta, percent, p] = changeCells(metric, changes[index]!, thread.binWidthNs);
      const text = [delta, percent, p].filter((part) => part !== '').join(' ');
      return changes[index]?.significant ? `**${text}**` : text;
    };
    return [metricName(metric), first!, ...rest.flatMap((text, index) => [text, changed(index)])];
  });
  const rule = head.map((_, column) => (column === 0 ? ':--' : '--:'));
  return [head, rule, ...body].map((cells) => `| ${cells.join(' | ')} |\n`).join('');
}

function tests({ sides }: Comparison, thread: ThreadComparison): string {
  return thread.tests
    .map((one, index) => {
      if ('reason' in one) return '';
      const { mannWhitney, kolmogorovSmirnov, andersonDarling } = one;
      const label = cell(sides[index + 1]!.label);
      const slower = `P(slower) = ${mannWhitney.superiority.toFixed(3)}`;
      return (
        `\nDistribution of ${label}: ${slower}, Mann-Whitney ${formatP(mannWhitney.p)}, ` +
        `Kolmogorov-Smirnov ${formatP(kolmogorovSmirnov.p)}, Anderson-Darling ${formatP(andersonDarling.p)}.\n`
      );
    })
    .join('');
}

/** Text of the user in a table cell: nothing in it is markup. */
export function cell(text: string): string {
  return visible(text)
    .replaceAll('\n', ' ')
    .replace(/[\\`|<>_[\]#~*&]/g, (character) => `\\${character}`);
}
